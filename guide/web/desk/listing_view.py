"""A listing as the desk's pages show it: found for who may edit it, then part by part and line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, url_for
from sqlalchemy.orm import Session

from guide.directory.freshness import USUAL_INTERVAL
from guide.editing import fulfilments, listings, proposals, translations
from guide.editing.listings import PARTS, TEXTS, Record, value_at
from guide.editing.proposals import Sheet
from guide.languages import LANGUAGES, LocalText
from guide.model import Account, Fulfilment, FulfilmentState, Service, TextState
from guide.records.paths import FieldPath, path_to
from guide.web.desk.part_forms import SLUGS
from guide.web.security.access_control import signed_in
from guide.web.ui import record_labels
from guide.web.ui.request_context import session
from guide.web.ui.urls import reader

NEW = "nouvelle-"
"""A new listing has no key yet: its reference is this word and the number of its proposal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a line as it will stand, and as the public reads it now where that differs.

    `side` is the language of a text ('' for other values); `state` is that of this side ('missing', 'behind',
    'draft' or '').
    """

    path: str
    side: str
    lines: list[LocalText]
    changed: bool
    before: list[LocalText]
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the listing, and where to change it ('' when that is not the association's to do)."""

    name: str
    url: str
    entries: list[Entry]

    @property
    def empty(self) -> bool:
        return not any(entry.lines for entry in self.entries)

    @property
    def untouched(self) -> bool:
        """Nothing stands there, and no change waits."""
        return self.empty and not any(entry.changed for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the seven parts with its lines; `state` is 'done', 'half', 'todo' or 'later'."""

    name: str
    url: str
    state: str
    lines: list[Line]
    links: list[Fulfilment]


def who() -> Account:
    """The person at the desk, as she stood when the request began."""
    account = signed_in()
    if account is None:
        abort(403)
    return account


def number_of(ref: str) -> int | None:
    """The number of a new listing's proposal; None when the reference is a key."""
    digits = ref.removeprefix(NEW)
    fine = ref.startswith(NEW) and digits.isascii() and digits.isdigit() and len(digits) < 10
    return int(digits) if fine else None


def as_number(text: str) -> int:
    """A whole number as an address or a form holds it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def find_sheet(db_session: Session, account: Account, ref: str, hold: bool = False) -> Sheet | None:
    """The listing with this reference if this account may edit it; None tells nothing of why not.

    A new listing that was published meanwhile is found as the listing it became. With `hold` nobody else
    changes it until this transaction ends.
    """
    service = listings.find(db_session, account, ref)
    number = number_of(ref)
    if service is None and number is not None:
        sheet = proposals.new_sheet(db_session, account, number, hold=hold)
        if sheet is not None:
            return sheet
        former = proposals.former(db_session, account, number)
        if former is not None and former.service_id is not None:
            service = db_session.get(Service, former.service_id)
    if service is None or not listings.may_edit(account, service):
        return None
    return proposals.sheet_of(db_session, listings.locked(db_session, service.id) if hold else service)


def needed_sheet(db_session: Session, account: Account, ref: str, hold: bool = False) -> Sheet:
    """As `find_sheet`; 404 when it finds none."""
    sheet = find_sheet(db_session, account, ref, hold)
    if sheet is None:
        abort(404)
    return sheet


def service_of(db_session: Session, account: Account, ref: str) -> Service:
    """The published or archived listing with this key; 404 unless this account may edit it."""
    service = listings.find(db_session, account, ref)
    if service is None:
        abort(404)
    return service


def reference_of(sheet: Sheet) -> str:
    """What stands in the address of a listing's pages."""
    if sheet.service is not None:
        return sheet.service.key
    assert sheet.proposal is not None
    return f"{NEW}{sheet.proposal.id}"


def title_of(sheet: Sheet) -> LocalText:
    """The listing's name; '' when a new one has none yet."""
    lines = record_labels.lines(f"name.{reader()}", value_at(sheet.record, path_to("name", reader())))
    lines = lines or record_labels.lines("name", sheet.record.get("name"))
    return lines[0] if lines else LocalText("", reader())


def part_url(ref: str, part: str, field: str = "") -> str:
    """The page of a part, at the field when one is named."""
    path = url_for("desk.edit.part", ref=ref, part=SLUGS[part][reader()])
    return f"{path}#champ-{field}" if field else path


def parts_of(sheet: Sheet) -> list[Part]:
    """The seven parts of a listing."""
    ref = reference_of(sheet)
    states = _text_states(sheet)
    found = []
    for part in PARTS:
        links = fulfilments.of(session(), sheet.service) if part == "plan" and sheet.service else []
        links = [link for link in links if not fulfilments.taken_back(link)]
        lines = [_line(sheet, ref, part, name, states) for name in PARTS[part]]
        found.append(Part(part, part_url(ref, part), _state(sheet, part, links), lines, links))
    return found


def waiting_paths(sheet: Sheet) -> list[str]:
    """The paths that an association edits and that differ from what is public."""
    known = set(listings.paths())
    return [path for path in sheet.changed if path in known] if sheet.service is not None else []


def _state(sheet: Sheet, part: str, links: Sequence[Fulfilment]) -> str:
    if part == "plan":
        if sheet.service is None:
            return "later"
        return "done" if any(link.state is not FulfilmentState.REFUSED for link in links) else "todo"
    return listings.part_state(sheet.record, part)


def _line(sheet: Sheet, ref: str, part: str, name: str, states: dict[str, str]) -> Line:
    hidden = name == "addresses" and bool(sheet.record.get("address_confidential"))
    paths = listings.paths([name])
    changed = set(waiting_paths(sheet))
    entries = [
        Entry(
            path,
            path.partition(".")[2],
            record_labels.lines(path, _value(sheet.record, path), sheet.record),
            path in changed,
            record_labels.lines(path, value_at(sheet.public, path), sheet.public) if path in changed else [],
            "" if path in changed else states.get(path, ""),
        )
        for path in paths
    ]
    return Line(name, "" if hidden else part_url(ref, part, name), entries)


def _value(record: Record, path: FieldPath) -> object:
    """The usual interval is not written in the record of a listing, but it holds."""
    if path == "review_interval_months" and "key" in record:
        return record.get(path, USUAL_INTERVAL)
    return value_at(record, path)


def _text_states(sheet: Sheet) -> dict[str, str]:
    """Path → 'missing', 'behind' or 'draft', for texts that are not current in one language."""
    if sheet.service is not None:
        known = translations.states_of(session(), sheet.service)
        return {path: state.value for path, state in known.items() if state is not TextState.CURRENT}
    return {
        f"{name}.{side}": "missing"
        for name in TEXTS
        if name != "professional_note" and sheet.record.get(name)
        for side in LANGUAGES
        if not value_at(sheet.record, path_to(name, side))
    }
