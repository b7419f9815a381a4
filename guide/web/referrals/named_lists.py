"""The lists of a social worker: made, named, put in order, with notes that stay on this side.

What a client gets is the public form of "my list", made of the codes alone: no note and no title leaves.
"""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField

from guide.directory.listings import services_by_key
from guide.editing import named_lists
from guide.languages import Language
from guide.model import Account, NamedList, NamedListEntry, Service
from guide.web.security import access_control
from guide.web.ui import forms
from guide.web.ui.cards import cards
from guide.web.ui.forms import N_, GuideForm, at_most, needed, tidy
from guide.web.ui.list_cookie import parse_codes
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.sharing import share_links
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value

pages = Blueprint("named_lists", __name__)


class TitleForm(GuideForm):
    title = StringField(
        label=N_("Nom de la liste"),
        validators=[
            needed(lambda: _("Donnez un nom à la liste, par exemple « Logement et énergie ».")),
            at_most(named_lists.LONGEST_TITLE),
        ],
    )


@bilingual_page(pages, "/listes/", "/lijsten/", methods=("GET", "POST"))
def index(lang: Language) -> str | Response | AnyResponse:
    """My lists, and a new one; with codes in the address, the one these services go into."""
    codes = parse_codes(query_value("list", lang))
    form = TitleForm(request.form if request.method == "POST" else None)
    if forms.sent() and form.validate():
        try:
            with writing() as db_session:
                made = named_lists.create(
                    db_session, access_control.actor(db_session), form.title.data or "", now()
                )
                named_lists.add(made, _coded(db_session, codes), now())
                number = made.id
            return redirect(url_for("referrals.named_lists.show", number=number), 303)
        except named_lists.NumberInTextError:
            form.title.errors = [_no_number()]
        except named_lists.TooManyListsError:
            form.problems.append(_("Vous avez déjà beaucoup de listes. Effacez-en une d’abord."))
    page = render_template(
        "referrals/named_lists/index.html",
        lists=named_lists.lists_of(session(), _me()),
        adding=_coded(session(), codes),
        codes=",".join(codes),
        form=form,
    )
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(
    pages, "/listes/<int(max=9999999):number>", "/lijsten/<int(max=9999999):number>", methods=("GET", "POST")
)
def show(lang: Language, number: int) -> str | Response | AnyResponse:
    """One list: its services with their notes; one small form each."""
    kept = named_lists.list_of(session(), _me(), number)
    if kept is None:
        abort(404)
    what = request.form.get("quoi", "") if request.method == "POST" else ""
    form = TitleForm(request.form if what == "nom" else None, data={"title": kept.title})
    note_error: tuple[int, str, str] | None = None
    if forms.sent() and (what != "nom" or form.validate()):
        try:
            with writing() as db_session:
                mine = named_lists.list_of(db_session, access_control.actor(db_session), number)
                if mine is None:
                    abort(404)
                if what == "effacer":
                    named_lists.delete(db_session, mine)
                else:
                    _do(db_session, mine, what, form)
            if what == "effacer":
                return redirect(url_for("referrals.named_lists.index", fait="efface"), 303)
            return redirect(url_for("referrals.named_lists.show", number=number, fait=what), 303)
        except named_lists.NumberInTextError:
            if what == "nom":
                form.title.errors = [_no_number()]
            else:
                note_error = _note_refused(_no_number())
        except named_lists.TextTooLongError:
            length = len(tidy(request.form.get("note", "")))
            note_error = _note_refused(forms.too_long(length, named_lists.LONGEST_NOTE))
        except named_lists.TooManyListsError:
            form.problems.append(_("Une liste a %(most)s services au plus.", most=named_lists.MOST_ENTRIES))
    entries = named_lists.shown_entries(session(), kept)
    shown = cards(services_by_key(session(), [entry.service.key for entry in entries]))
    codes = query_string({"list": ",".join(card.service.short_code for card in shown)}, lang)
    wrong = bool(form.has_errors or note_error)
    page = render_template(
        "referrals/named_lists/show.html",
        kept=kept,
        form=form,
        rows=list(zip(entries, shown, strict=True)),
        gone=[entry for entry in kept.entries if entry not in entries],
        note_error=note_error,
        share=share_links([card.service for card in shown]),
        public_url=url_for("public.my_list.show") + codes,
        print_url=url_for("public.my_list.print_sheet") + codes,
        longest_note=named_lists.LONGEST_NOTE,
        wrong=wrong,
    )
    return make_response(page, 422 if wrong else 200)


def _do(db_session: Session, mine: NamedList, what: str, form: TitleForm) -> None:
    """What a small form of the page says; nothing when its entry is gone."""
    if what == "nom":
        named_lists.rename(mine, form.title.data or "", now())
        return
    if what == "ajouter":
        named_lists.add(mine, _coded(db_session, parse_codes(request.form.get("codes", ""))), now())
        return
    entry = _entry(mine)
    if entry is None:
        return
    if what == "note":
        named_lists.set_note(mine, entry, tidy(request.form.get("note", "")), now())
    elif what == "enlever":
        named_lists.remove(mine, entry, now())
    elif what in ("monter", "descendre"):
        named_lists.move(mine, entry, -1 if what == "monter" else 1, now())


def _note_refused(why: str) -> tuple[int, str, str]:
    """Whose note it is, what was typed, and what is wrong with it: nothing is lost."""
    typed = request.form.get("entree", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    return number, tidy(request.form.get("note", "")), why


def _entry(mine: NamedList) -> NamedListEntry | None:
    named = request.form.get("entree", "")
    return next((entry for entry in mine.entries if str(entry.id) == named), None)


def _coded(db_session: Session, codes: list[str]) -> list[Service]:
    """The public services of these short codes, in their order; codes of nothing are passed over."""
    named = select(Service.short_code, Service.key).where(Service.short_code.in_(codes))
    keys = {row.short_code: row.key for row in db_session.execute(named)}
    return services_by_key(db_session, [keys[code] for code in codes if code in keys])


def _me() -> Account:
    account = access_control.signed_in()
    assert account is not None, "the policy lets in social workers only"
    return account


def _no_number() -> str:
    return _("Il y a un numéro national dans ce texte. Enlevez-le : il ne va pas dans le guide.")
