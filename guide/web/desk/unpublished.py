"""What was not published of a proposal: read again beside what stands there now, taken up again, or erased."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from guide.audit import Edit
from guide.editing import kept, proposals, taking_up
from guide.editing.listings import PARTS, is_team, value_at
from guide.editing.taking_up import KeptText
from guide.languages import Language, LocalText, other
from guide.model import Account, Proposal
from guide.records.paths import FieldPath, field_of
from guide.web.desk.listing_view import NEW, as_number, who
from guide.web.desk.part_forms import SLUGS
from guide.web.security.access_control import actor
from guide.web.ui import record_labels
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.urls import bilingual_page, query_string, reader

pages = Blueprint("unpublished", __name__)


ERASED = "x"
"""In the desk's address after a text was erased."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One path: what stands there now, what was written, and whether somebody changed it since."""

    path: FieldPath
    stands: list[LocalText]
    words: list[LocalText]
    changed_since: bool


@dataclass(frozen=True, slots=True)
class KeptPart:
    """The lines of one part of the listing, and the address of its form with them filled in ('' for none)."""

    name: str
    url: str
    lines: list[KeptLine]


@bilingual_page(
    pages, "/mon-association/textes/<number>", "/mijn-vereniging/teksten/<number>", methods=("GET", "POST")
)
def kept_text(lang: Language, number: str) -> str | AnyResponse:
    """What stays with its author of one proposal, the answer to it, and the ways to take it up again."""
    at = as_number(number)
    if request.method == "POST":
        return _done(at)
    text = taking_up.find(session(), who(), at)
    if text is None:
        abort(404)
    if text.proposal.service_id is None:
        return redirect(url_for("desk.listing.listing", ref=f"{NEW}{at}"), 302)
    return render_template(
        "desk/unpublished/kept.html",
        text=text,
        title=title_of(text.proposal),
        parts=_parts(text),
        may_erase=may_erase(who(), text.proposal),
        back=_listing_url(text),
    )


def kept_url(text: KeptText) -> str:
    """The page of a kept text: its own, or for a new listing the one at which it was written."""
    if text.proposal.service_id is None:
        return url_for("desk.listing.listing", ref=f"{NEW}{text.proposal.id}")
    return url_for("desk.unpublished.kept_text", number=text.proposal.id)


def title_of(proposal: Proposal) -> LocalText:
    """The name of what a proposal is about; '' when it has none yet."""
    lang = reader()
    name = proposal.record.get("name") or {}
    found = next((side for side in (lang, other(lang)) if name.get(side)), None)
    return LocalText(str(name[found]), found, fell_back=found != lang) if found else LocalText("", lang)


def may_erase(account: Account, proposal: Proposal) -> bool:
    """Its author and her organisation's people; a coordinator lets the words of others stand."""
    mine = proposal.author_id == account.id
    return mine or (proposals.belongs(account, proposal) and not is_team(account))


def _done(number: int) -> AnyResponse:
    """Takes the words up again, or erases them for good."""
    verb = request.form.get("quoi", "")
    with writing() as db_session:
        account = actor(db_session)
        text = taking_up.hold(db_session, account, number)
        if text is None:
            # A second click, or a colleague was first: what is there now stands on the desk.
            return redirect(url_for("desk.listing.index"), 303)
        if verb == "effacer" and may_erase(account, text.proposal):
            kept.erase(db_session, text.proposal, Edit(account, now()))
            return redirect(url_for("desk.listing.index") + query_string({"saved": ERASED}, reader()), 303)
        if verb == "reprendre" and text.own and text.proposal.service_id is None:
            draft = taking_up.begin_again(db_session, text, Edit(account, now()))
            return redirect(url_for("desk.listing.listing", ref=f"{NEW}{draft.id}"), 303)
        if verb == "reprendre" and text.own and text.archived and not is_team(account):
            assert text.listing is not None
            taking_up.ask_back(db_session, text, Edit(account, now()))
            return redirect(url_for("desk.listing.listing", ref=text.listing.key), 303)
    abort(404)


def _listing_url(text: KeptText) -> str:
    """The desk's page of the listing it would go to; '' when that is not this account's to see."""
    if text.listing is None or not text.own:
        return ""
    return url_for("desk.listing.listing", ref=text.listing.key)


def _parts(text: KeptText) -> list[KeptPart]:
    """The kept words part by part, in the order of the task list."""
    since = text.clashes
    found = []
    for name, fields in PARTS.items():
        lines = [
            KeptLine(
                path,
                record_labels.lines(path, value_at(text.stands, path), text.stands),
                record_labels.lines(path, words, text.names),
                path in since,
            )
            for path, words in text.words.items()
            if field_of(path) in fields
        ]
        if lines:
            found.append(KeptPart(name, _form_url(text, name, lines), lines))
    return found


def _form_url(text: KeptText, part: str, lines: Iterable[KeptLine]) -> str:
    if text.listing is None or not text.own or text.archived:
        return ""
    page = url_for("desk.edit.part", ref=text.listing.key, part=SLUGS[part][reader()])
    first = field_of(next(iter(lines)).path)
    return f"{page}{query_string({'taken_up': str(text.proposal.id)}, reader())}#champ-{first}"
