"""The page of one part of a listing: a form to fill in, and what to do when two people changed the same thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.audit import Edit
from guide.directory.needs import terms_by_taxonomy
from guide.directory.timetable import DAYS
from guide.editing import listings, proposals, taking_up
from guide.editing.addresses import settled
from guide.editing.listings import TEXTS, Record, is_team, value_at, with_values
from guide.editing.proposals import Saved, Sheet
from guide.editing.revisions import HiddenStreetError, RecordValidationError
from guide.languages import LANGUAGES, Language, LocalText, other
from guide.model import Account, Publication, Service
from guide.records.paths import FieldPath, field_of, path_to, side_of
from guide.records.three_way_merge import Change
from guide.web.desk import plan_links
from guide.web.desk.listing_view import as_number, needed_sheet, reference_of, title_of, who
from guide.web.desk.part_forms import (
    FORMS,
    SLUGS,
    FormSection,
    ForWhomForm,
    part_named,
    part_paths,
    places_of,
)
from guide.web.security.access_control import actor
from guide.web.ui import record_labels
from guide.web.ui.fields import Ranked
from guide.web.ui.forms import sent
from guide.web.ui.request_context import needs, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader

pages = Blueprint("edit", __name__)


TAKEN_UP = "reprise"
"""The field that says which kept text the form began with."""

MORE, CLEAR = "_encore", "_vider"
COPIES = {"_copier": DAYS[1:5], "_copier_tous": DAYS[1:]}
"""Buttons that change the form and save nothing: more lines, no hours, Monday's hours on these other days."""

LONGEST_WHY = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form showed when it was first opened, and which fields its author was asked to choose between.

    `asked`: path → what stood there before both changed it.
    """

    values: dict[FieldPath, Any]
    asked: dict[FieldPath, Any]

    @property
    def record(self) -> Record:
        return with_values({}, self.values)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed, in words: before, theirs, mine; and what its author chose so far."""

    path: FieldPath
    before: list[LocalText]
    theirs: list[LocalText]
    mine: list[LocalText]
    choice: str

    @property
    def control(self) -> str:
        return f"choix-{self.path.replace('.', '-')}"


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/<part>",
    "/mijn-vereniging/diensten/<ref>/<part>",
    methods=("GET", "POST"),
)
def part(lang: Language, ref: str, part: str) -> str | Response | AnyResponse:
    """One part of a listing, to read or to save."""
    name = part_named(part, lang)
    if name is None:
        abort(404)
    sheet = needed_sheet(session(), who(), ref)
    g.alternate_values = {"part": SLUGS[name][other(lang)]}
    posted = request.method == "POST"
    archived = sheet.service is not None and sheet.service.publication is Publication.ARCHIVED
    if not posted and (archived or ref != reference_of(sheet)):
        return redirect(url_for("desk.listing.listing", ref=reference_of(sheet)), 303)
    if name == "plan":
        return plan_links.plan(sheet)
    seen, form = _begun(sheet, name)
    if not sent() or _only_changes_the_form(form):
        return _page(sheet, name, form, seen)
    return _saved(sheet, name, form, seen)


def _begun(sheet: Sheet, name: str) -> tuple[Seen, FormSection]:
    """What the form saw, and the form: as it was sent, else with what stands there or with a kept text."""
    seen = _seen(sheet, name)
    shown: Mapping[FieldPath, Any] = {}
    if request.method != "POST":
        seen, shown = _taken_up(sheet, seen)
    today, places = now().date(), places_of(sheet.record)
    # A kept text may name an address that is gone by now.
    beside = {} if path_to("addresses") in seen.values else {"addresses": sheet.record.get("addresses", [])}
    begun = settled({**beside, **with_values(seen.record, shown)})
    form = FORMS[name](
        request.form if request.method == "POST" else None,
        data=FORMS[name].shown(begun, today, places),
        today=today,
        places=places,
    )
    _offer(form)
    if sheet.record.get("address_confidential") and "addresses" in form:
        del form["addresses"]
    called = sheet.service is not None and sheet.service.is_called
    if called and "accepts_relay" in form:
        del form["accepts_relay"], form["relay_email"]
    return seen, form


def _saved(sheet: Sheet, name: str, form: FormSection, seen: Seen) -> str | Response | AnyResponse:
    """Saves, and goes back to the check page; or shows the form again with what is to mend or to choose."""
    sound = form.validate()
    values = form.values(seen.record) if sound else {}
    for path, choice in _choices(seen).items():
        if choice == "theirs":
            values[path] = value_at(seen.record, path)
        elif not choice:
            form.problems.append(
                _("Choisissez un des deux textes : %(field)s.", field=record_labels.field_label(path))
            )
    if not sound or form.problems or (sheet.service is not None and form.complain(sheet.record, values)):
        return make_response(_page(sheet, name, form, seen), 422)
    try:
        saved = _save(reference_of(sheet), values, seen)
    except HiddenStreetError as found:
        form.problems.append(record_labels.hidden_street(found.written_in))
        return make_response(_page(sheet, name, form, seen), 422)
    except RecordValidationError as found:
        fields = dict.fromkeys(path.partition("[")[0].partition(".")[0] for path, _words in found.errors)
        form.problems += [
            _(
                "Cette réponse ne peut pas être gardée : %(field)s.",
                field=record_labels.field_label(path_to(field)),
            )
            for field in fields
        ]
        return make_response(_page(sheet, name, form, seen), 422)
    if isinstance(saved, int):
        # The listing left the guide while she was typing: her words are kept, with the way to take them up.
        there = (
            url_for("desk.unpublished.kept_text", number=saved) if saved else url_for("desk.listing.index")
        )
        return redirect(there, 303)
    if saved.conflicts:
        return _conflict_page(sheet, name, form, seen, saved.conflicts)
    changed = ",".join([*saved.live, *saved.waiting, *saved.standing])
    done = query_string({"saved": changed or "-"}, reader())
    return redirect(url_for("desk.listing.listing", ref=reference_of(sheet)) + done, 303)


def _save(ref: str, values: Mapping[FieldPath, Any], seen: Seen) -> Saved | int:
    """What became of the save; where the listing left the guide meanwhile, the number of what is kept (or 0)."""
    minor = [
        path
        for path in map(FieldPath, request.form.getlist("petite"))
        if _is_alone(path, values, seen.record)
    ]
    with writing() as db_session:
        account = actor(db_session)
        held = _held(db_session, account, ref)
        if isinstance(held, Sheet):
            return proposals.save_new(
                db_session, held, proposals.Typed(values, seen.values), Edit(account, now())
            )
        if held.publication is Publication.ARCHIVED:
            kept = taking_up.keep_typed(
                db_session, held, proposals.Typed(values, seen.values), Edit(account, now())
            )
            return kept.id if kept is not None else 0
        why = request.form.get("pourquoi", "")[:LONGEST_WHY] if is_team(account) else ""
        saved = proposals.save(
            db_session,
            held,
            proposals.Typed(values, seen.values, minor=minor),
            Edit(account, now(), " ".join(why.split())),
        )
        number = _reprise()
        if number and not saved.conflicts:
            taking_up.taken(db_session, account, number, held, values)
        return saved


def _held(db_session: Session, account: Account, ref: str) -> Service | Sheet:
    """The listing with this reference, or the sheet of one that is still new; nobody else changes it meanwhile.

    Of a listing no record is made: saving makes it.
    """
    service = listings.find(db_session, account, ref)
    if service is not None:
        return listings.locked(db_session, service.id)
    sheet = needed_sheet(db_session, account, ref, hold=True)
    return sheet.service or sheet


def _is_alone(path: FieldPath, values: Mapping[FieldPath, Any], seen: Record) -> bool:
    """Did this side of a text change while the other stands? Only then it can be a small correction."""
    name, side = field_of(path), side_of(path)
    if name not in TEXTS or side not in LANGUAGES or path not in values:
        return False
    other_path = path_to(name, "nl" if side == "fr" else "fr")
    return bool(values[path] != value_at(seen, path) and values.get(other_path) == value_at(seen, other_path))


def _conflict_page(
    sheet: Sheet, name: str, form: FormSection, seen: Seen, conflicts: Iterable[Change]
) -> Response:
    """Both texts of each field that two people changed; the form goes on from what stands there now."""
    conflicts = list(conflicts)
    asked = seen.asked | {found.path: found.base for found in conflicts}
    current = seen.values | {found.path: found.theirs for found in conflicts}
    mine = {found.path: found.mine for found in conflicts}
    for path in set(asked) - set(mine):
        mine[path] = form.values(seen.record).get(path)
    return make_response(_page(sheet, name, form, Seen(current, asked), mine), 409)


def _page(
    sheet: Sheet, name: str, form: FormSection, seen: Seen, mine: Mapping[FieldPath, Any] | None = None
) -> str:
    ref = reference_of(sheet)
    choices = _choices(seen)
    if seen.asked and mine is None:
        mine = form.values(seen.record)
    clashes = [
        Clash(
            path,
            record_labels.lines(path, before, sheet.record),
            record_labels.lines(path, seen.values.get(path), sheet.record),
            record_labels.lines(path, (mine or {}).get(path), sheet.record),
            choices.get(path, ""),
        )
        for path, before in seen.asked.items()
    ]
    return render_template(
        "desk/edit/part.html",
        sheet=sheet,
        ref=ref,
        title=title_of(sheet),
        part=name,
        form=form,
        clashes=clashes,
        seen=_signer(ref, name).dumps({"values": seen.values, "asked": seen.asked}),
        minor=set(request.form.getlist("petite")),
        calendar=_calendar_of(sheet),
        may_be_minor={
            text
            for text in TEXTS
            if sheet.service and all(value_at(seen.record, path_to(text, s)) for s in LANGUAGES)
        },
        team=is_team(who()),
        why=request.form.get("pourquoi", ""),
        longest_why=LONGEST_WHY,
        needs=needs,
        taken_up=_reprise(),
    )


def _calendar_of(sheet: Sheet) -> str:
    """The address of the calendar of the listing's organisation; '' where it has none."""
    owner = sheet.service.organization if sheet.service else sheet.proposal and sheet.proposal.organization
    return url_for("desk.calendar.calendar", key=owner.key) if owner else ""


def _seen(sheet: Sheet, name: str) -> Seen:
    """What the form showed at first: in its own signed field, or what stands there now when it is new.

    A form whose signature is not ours is taken as one that saw nothing: its author is asked, nothing is lost.
    """
    paths = part_paths(name)
    if request.method != "POST":
        return Seen({path: value_at(sheet.record, path) for path in paths}, {})
    try:
        carried = _signer(reference_of(sheet), name).loads(request.form.get("vu", ""))
        return Seen(
            {path: carried["values"].get(path) for path in paths},
            {FieldPath(path): before for path, before in carried["asked"].items() if path in paths},
        )
    except (BadSignature, KeyError, TypeError, AttributeError):
        return Seen(dict.fromkeys(paths), {})


def _taken_up(sheet: Sheet, seen: Seen) -> tuple[Seen, dict[FieldPath, Any]]:
    """What of a kept text the form begins with, path → words; what changed there since is asked about."""
    number = _reprise()
    text = taking_up.find(session(), who(), number) if number else None
    if text is None or text.listing is None or sheet.service is None or text.listing.id != sheet.service.id:
        return seen, {}
    words = {path: value for path, value in text.words.items() if path in seen.values}
    asked = {path: before for path, before in text.clashes.items() if path in words}
    return Seen(seen.values, asked), words


def _reprise() -> int:
    """The number of the kept text that the form began with; 0 for none."""
    return as_number(request.form.get(TAKEN_UP, "") or query_value("taken_up", reader()))


def _choices(seen: Seen) -> dict[FieldPath, str]:
    """For each field that was asked about: 'mine', 'theirs', or '' when nothing was chosen."""
    given = {path: request.form.get(f"choix-{path.replace('.', '-')}", "") for path in seen.asked}
    return {path: choice if choice in ("mine", "theirs") else "" for path, choice in given.items()}


def _offer(form: FormSection) -> None:
    """The terms to tick come from the database."""
    if isinstance(form, ForWhomForm):
        publics = terms_by_taxonomy(session(), "publics")
        form.offer_publics((term.key, term.name.localized(reader()).words) for term in publics)
    for field in form:
        if isinstance(field, Ranked):
            field.offer([term.key for need in needs() for term in (need, *need.topics)])


def _only_changes_the_form(form: FormSection) -> bool:
    """Did a button ask for more lines, for a copy of Monday or for empty hours? It is done, and nothing is saved."""
    asked = {name: request.form.get(name) for name in (MORE, CLEAR, *COPIES)}
    for lines in form.lines:
        if asked[MORE] == lines.name:
            lines.add(2)
    for week in form.weeks:
        if asked[CLEAR] == week.name:
            week.clear()
        for name, days in COPIES.items():
            if asked[name] == week.name:
                week.copy_monday(days)
    return any(value is not None for value in asked.values())


def _signer(ref: str, part: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"desk:{ref}:{part}")
