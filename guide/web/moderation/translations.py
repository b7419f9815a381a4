"""Texts that wait for a translator: both sides beside each other, written here or in a translator's own tool."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField, TextAreaField

from guide.audit import Edit
from guide.editing import proposals, revisions, translating, translations, translator_files
from guide.editing.differences import runs
from guide.editing.translations import Side
from guide.languages import LANGUAGES, Language, other
from guide.model import Publication, Service, TextState
from guide.web.security import access_control
from guide.web.security.signing import sign, signed
from guide.web.ui import forms, record_labels
from guide.web.ui.fields import nothing_private
from guide.web.ui.forms import N_, GuideForm, needed
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value

pages = Blueprint("translations", __name__)

WAITING = (TextState.MISSING, TextState.BEHIND, TextState.DRAFT)
LARGEST = 1024 * 1024


class TextForm(GuideForm):
    words = TextAreaField(
        label=N_("Traduction"),
        validators=[needed(lambda: _("Écrivez la traduction.")), nothing_private],
    )


class FileForm(GuideForm):
    file = FileField(label=N_("Fichier PO"))


@bilingual_page(pages, "/moderation/traductions/", "/moderatie/vertalingen/")
def overview(lang: Language) -> str:
    """Per listing and language: how many texts are missing, behind or a draft."""
    found = translations.overview(session())
    totals = {
        side: {state: sum(counts[side][state] for _one, counts in found) for state in WAITING}
        for side in LANGUAGES
    }
    return render_template(
        "moderation/translations/overview.html",
        found=found,
        totals=totals,
        states=WAITING,
        listing_url=lambda side, key: _index_url(side, key, lang),
    )


@bilingual_page(
    pages, "/moderation/traductions/<any(fr,nl):side>/", "/moderatie/vertalingen/<any(fr,nl):side>/"
)
def index(lang: Language, side: Language) -> str:
    """Every text that is missing, behind or a draft in a language, listing by listing; or of one listing."""
    key = query_value("listing", lang)
    waiting = translations.to_translate(session(), side)
    found = [text for text in waiting if text.service.key == key] if key else waiting
    return render_template(
        "moderation/translations/index.html",
        found=found,
        side=side,
        by_state={state: sum(text.state is state for text in found) for state in WAITING},
        one=_published(key) if key else None,
        other_list=_index_url(other(side), key, lang),
    )


@bilingual_page(
    pages,
    "/moderation/traductions/<any(fr,nl):side>/<key>/<field>",
    "/moderatie/vertalingen/<any(fr,nl):side>/<key>/<field>",
    methods=("GET", "POST"),
)
def text(lang: Language, side: Language, key: str, field: str) -> str | Response | AnyResponse:
    """One text: the other side with what changed in it, and the words to write; or "still right"."""
    service = _published(key)
    if service is None or field not in translations.PUBLIC_TEXTS:
        abort(404)
    found = translations.side_of(session(), service, field, side)
    form = TextForm(request.form if request.method == "POST" else None, data={"words": found.words or ""})
    seen = _seen(found)
    theirs: Side | None = None
    right = request.form.get("quoi") == "juste"
    if forms.sent() and (right or form.validate()):
        try:
            with writing() as db_session:
                me = access_control.actor(db_session)
                if right:
                    translating.call_right(db_session, found, seen, Edit(me, now()))
                else:
                    translating.write(db_session, found, form.words.data or "", seen, Edit(me, now()))
            return redirect(url_for("moderation.translations.index", side=side, fait="oui"), 303)
        except translating.TextChangedError:
            session().expire_all()
            service = session().get_one(Service, service.id)
            found = theirs = translations.side_of(session(), service, field, side)
            seen = _both(found)
            form.problems.append(
                _("Quelqu’un a changé un de ces deux textes entre-temps. Relisez-les : vos mots sont gardés.")
            )
        except revisions.HiddenStreetError as secret:
            form.words.errors = [record_labels.hidden_street(secret.written_in)]
        except revisions.RecordValidationError:
            form.words.errors = [_("Ce texte ne va pas : il est trop long, ou contient des signes spéciaux.")]
    page = render_template(
        "moderation/translations/text.html",
        text=found,
        words=runs(found.was, found.other_text) if found.was and found.was != found.other_text else [],
        form=form,
        theirs=theirs,
        seen=sign(_purpose(found), list(seen)),
        waits=proposals.open_for(session(), service),
        list_url=_index_url(side, key, lang),
    )
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(
    pages, "/moderation/traductions/<any(fr,nl):side>.po", "/moderatie/vertalingen/<any(fr,nl):side>.po"
)
def po(lang: Language, side: Language) -> Response:
    """The texts of a language that wait, as a PO file."""
    answer = make_response(translator_files.to_po(session(), side, now()))
    answer.headers["Content-Type"] = "text/x-gettext-translation; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="guide-{side}-{now():%Y-%m-%d}.po"'
    return answer


@bilingual_page(
    pages,
    "/moderation/traductions/<any(fr,nl):side>/fichier",
    "/moderatie/vertalingen/<any(fr,nl):side>/bestand",
    methods=("GET", "POST"),
)
def upload(lang: Language, side: Language) -> str | Response | AnyResponse:
    """A translator's file comes back: first what it would change, then, agreed to, the change."""
    form = FileForm(request.form if request.method == "POST" else None)
    reading = None
    content = _file_sent(side) if request.method == "POST" else None
    if forms.sent() and not content:
        form.file.errors = [_("Choisissez le fichier du traducteur.")]
    elif content:
        try:
            if forms.sent() and request.form.get("quoi") == "prendre":
                done = _take(side, content)
                if done is not None:
                    return redirect(
                        url_for(
                            "moderation.translations.index", side=side, fait="oui", textes=len(done.taken)
                        ),
                        303,
                    )
                form.problems.append(
                    _("Des textes ont changé entre-temps. Voici ce que ce fichier change maintenant.")
                )
            reading = translator_files.read(session(), side, content)
        except translator_files.NotPoError:
            form.file.errors = [
                _("Nous n’avons pas pu lire ce fichier. Enregistrez-le comme PO, en UTF-8, et réessayez.")
            ]
        except translator_files.OtherLanguageError:
            form.file.errors = [
                _("Ce fichier est pour l’autre langue. Chargez-le sur la page de cette langue.")
            ]
    page = render_template(
        "moderation/translations/upload.html",
        side=side,
        form=form,
        reading=reading,
        content=sign(f"po:{side}", content.decode("utf-8-sig")) if reading and content else "",
        agreed=sign(f"agreed:{side}", reading.summary) if reading else "",
        runs=runs,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _file_sent(side: Language) -> bytes:
    """The chosen file, or the one that was read before and went through the page."""
    given = request.files.get("file")
    if given and given.filename:
        return bytes(given.read(LARGEST))
    kept = signed(f"po:{side}", request.form.get("contenu", ""), forms.FORM_LIFE)
    return str(kept).encode() if kept else b""


def _take(side: Language, content: bytes) -> translator_files.Reading | None:
    """Publishes what was shown; None, and nothing is done, when it would be something else by now."""
    agreed: Any = signed(f"agreed:{side}", request.form.get("vu", ""), forms.FORM_LIFE)
    with writing() as db_session:
        if translator_files.read(db_session, side, content).summary != agreed:
            return None
        return translator_files.take(db_session, side, content, Edit(access_control.actor(db_session), now()))


def _published(key: str) -> Service | None:
    return session().scalar(
        select(Service).where(Service.key == key, Service.publication == Publication.PUBLISHED)
    )


def _seen(found: Side) -> tuple[str, str]:
    """The two texts as the form showed them first; nothing that ever stood when a form does not say it."""
    if request.method != "POST":
        return _both(found)
    given = signed(_purpose(found), request.form.get("vu", ""), forms.FORM_LIFE)
    return (str(given[0]), str(given[1])) if given else ("\0", "\0")


def _both(found: Side) -> tuple[str, str]:
    return found.words or "", found.other_text


def _purpose(found: Side) -> str:
    return f"seen:translation:{found.service.key}.{found.path}"


def _index_url(side: Language, key: str, lang: Language) -> str:
    """The list of a language, of one listing when its key is given."""
    return url_for("moderation.translations.index", side=side) + query_string({"listing": key}, lang)
