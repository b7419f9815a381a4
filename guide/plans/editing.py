"""What the coordinator does to plans: states and figures of actions, who is responsible, lineage, a new plan.

The caller commits; every change stands in the audit log and renews the pages that show it.
"""

import csv
import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.languages import LANGUAGES, Bilingual, other
from guide.model import (
    Action,
    ActionBody,
    ActionLineage,
    ActionStanding,
    Indicator,
    IndicatorFigure,
    LineageKind,
    Organization,
    Plan,
    SourceDocument,
    Theme,
    YesNo,
)
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import ACTION, PLAN
from guide.records.values import holds_bank_account
from guide.search import analysis

COLUMNS = ("theme_number", "theme_fr", "theme_nl", "number", "text_fr", "text_nl")
MOST_ROWS = 1000


class PlanValidationError(Exception):
    """What was given cannot stand in an action; `paths` say where ("standings[0].url")."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(", ".join(paths))
        self.paths = list(paths)


def set_standing(session: Session, action: Action, standing: ActionStanding, edit: Edit) -> ActionStanding:
    """Adds what became of an action (a new standing, with its evidence); what was said before stays."""
    standing.position = _next(action.standings)
    action.standings.append(standing)
    _record(session, action, AuditVerb.ACTION_STATE_SET, edit, standing.progress.value)
    return standing


def set_service_expected(session: Session, action: Action, expected: YesNo | None, edit: Edit) -> None:
    """Says whether a service can be expected to fulfil this action at all."""
    action.service_expected = expected
    _record(session, action, AuditVerb.SERVICE_EXPECTED_SET, edit, str(expected or "unknown"))


def add_indicator(session: Session, action: Action, indicator: Indicator, edit: Edit) -> Indicator:
    """Something of an action that is counted from now on: a new indicator, without figures yet."""
    indicator.position = _next(action.indicators)
    action.indicators.append(indicator)
    _record(session, action, AuditVerb.INDICATOR_ADDED, edit)
    return indicator


def remove_indicator(session: Session, action: Action, indicator: Indicator, edit: Edit) -> None:
    """Something of an action is no longer counted; its figures go with it."""
    action.indicators.remove(indicator)
    _record(session, action, AuditVerb.INDICATOR_REMOVED, edit)


def set_figure(
    session: Session, action: Action, indicator: Indicator, figure: IndicatorFigure, edit: Edit
) -> None:
    """The figure of a year; a second one of the same year takes the first one's place."""
    known = next((other for other in indicator.figures if other.year == figure.year), None)
    if known is None:
        indicator.figures.append(figure)
    else:
        known.value, known.source = figure.value, figure.source
    _record(session, action, AuditVerb.FIGURE_SET, edit, str(figure.year))


def add_body(
    session: Session, action: Action, organization: Organization | None, name: Bilingual, edit: Edit
) -> None:
    """Somebody responsible for an action: an organisation of the guide, else a name."""
    action.bodies.append(
        ActionBody(
            position=_next(action.bodies),
            organization=organization,
            name=Bilingual() if organization is not None else name,
        )
    )
    _record(session, action, AuditVerb.BODY_ADDED, edit)


def remove_body(session: Session, action: Action, body: ActionBody, edit: Edit) -> None:
    """Somebody is no longer responsible for an action."""
    action.bodies.remove(body)
    _record(session, action, AuditVerb.BODY_REMOVED, edit)


def set_ancestors(
    session: Session, later: Action, add: Collection[Action], remove: Collection[Action], edit: Edit
) -> bool:
    """What an action of a later plan comes from: these more, those no longer; the others keep their links.

    True when something changed.
    """
    known = {link.from_action_id: link for link in later.comes_from}
    gone = [known[action.id] for action in remove if action.id in known]
    new = [action for action in add if action.id not in known and action.id != later.id]
    if not gone and not new:
        return False
    for link in gone:
        session.delete(link)
    last = session.scalar(select(func.max(ActionLineage.position))) or 0
    for place, action in enumerate(new, start=last + 1):
        session.add(
            ActionLineage(
                position=place,
                from_action_id=action.id,
                to_action_id=later.id,
                kind=LineageKind.CONTINUES,
            )
        )
    session.flush()
    session.expire(later, ["comes_from"])
    _record(session, later, AuditVerb.LINEAGE_SET, edit, f"{len(new)} added, {len(gone)} removed")
    return True


def likely_ancestors(
    actions: Sequence[Action], candidates: Sequence[Action], most: int = 5
) -> dict[int, list[Action]]:
    """For each action (by its id), those of an older plan whose text and theme are most like it, the likest first.

    A word counts the more, the fewer candidates have it: "Jette" and "social" tell nothing.
    """
    words = {candidate.id: _stems(candidate) for candidate in candidates}
    held = Counter(word for stems in words.values() for word in stems)
    weight = {word: math.log(1 + len(words) / times) ** 2 for word, times in held.items()}
    length = {key: math.sqrt(sum(weight[word] for word in stems)) for key, stems in words.items()}
    found: dict[int, list[Action]] = {}
    for action in actions:
        mine = _stems(action)
        scored: list[tuple[float, Action]] = []
        for candidate in candidates:
            shared = sum(weight[word] for word in mine & words[candidate.id])
            if shared:
                scored.append((shared / length[candidate.id], candidate))
        scored.sort(key=lambda row: (-row[0], row[1].reference))
        found[action.id] = [candidate for _likeness, candidate in scored[:most]]
    return found


class PlanExistsError(Exception):
    """Another plan has this key already."""


class PlanTableError(Exception):
    """A draft that cannot become a plan."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a line of the file (its number, from 1), in which column; a code the page has words for."""

    line: int
    column: str
    code: str


@dataclass(slots=True)
class PlanDraft:
    """What a file would make: the plan's record, and what is to be mended first."""

    record: dict[str, Any] = field(default_factory=dict)
    errors: list[RowProblem] = field(default_factory=list)

    @property
    def themes(self) -> int:
        """How many themes it would make."""
        return len(self.record.get("themes", []))

    @property
    def actions(self) -> int:
        """How many actions it would make, over all themes."""
        return sum(len(theme.get("actions", [])) for theme in self.record.get("themes", []))


def read_plan(content: bytes | str, head: Mapping[str, Any]) -> PlanDraft:
    """A plan out of a table with the columns COLUMNS, parted by ; or , (UTF-8 or Windows-1252); nothing is written.

    `head` holds key, title, short_title, publisher, starts, ends, source of the plan. Both languages of a theme
    are needed; an action without any text is one whose text is not held.
    """
    draft = PlanDraft()
    rows = _rows(content if isinstance(content, str) else decoded(content), draft)
    if rows is None:
        return draft
    table = _PlanTable(draft)
    for line, cells in rows:
        table.read(line, cells)
    if not table.themes and not draft.errors:
        draft.errors.append(RowProblem(2, "", "empty"))
    ordered = [table.themes[number] for number in sorted(table.themes)]
    draft.record = PLAN.canonical({**head, "declared_themes": len(ordered), "themes": ordered})
    draft.record["declared_actions"] = draft.actions
    draft.record = PLAN.canonical(draft.record)
    return draft


def _rows(text: str, draft: PlanDraft) -> list[tuple[int, dict[str, str]]] | None:
    """The rows of a table that say something: their line, from 1, and column → cell. None, with a fault in the draft,
    when it is no such table.
    """
    lines = text.replace("\x00", "").lstrip("\ufeff").splitlines()
    if not any(line.strip() for line in lines):
        draft.errors.append(RowProblem(1, "", "empty"))
        return None
    while not lines[0].strip():
        del lines[0]
    parting = max(";,\t", key=lines[0].count)
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=parting))
    except csv.Error:
        draft.errors.append(RowProblem(1, "", "unreadable"))
        return None
    header = [cell.strip().lower() for cell in rows[0]]
    draft.errors += [RowProblem(1, name, "column_missing") for name in COLUMNS if name not in header]
    if not draft.errors and len(rows) > MOST_ROWS + 1:
        draft.errors.append(RowProblem(MOST_ROWS + 2, "", "too_many"))
    if draft.errors:
        return None
    told = (
        (line, dict(zip(header, (_tidy(cell) for cell in row), strict=False)))
        for line, row in enumerate(rows[1:], start=2)
    )
    return [(line, cells) for line, cells in told if any(cells.values())]


def add_plan(session: Session, draft: PlanDraft, publisher: Bilingual, edit: Edit) -> Plan | None:
    """Makes the plan of a sound draft, with its source; None when this very plan is here already.

    Raises PlanExistsError when another plan has its key, PlanTableError when the draft cannot stand; the caller then
    commits nothing.
    """
    record = draft.record
    key = str(record["key"])
    known = session.scalar(select(Plan).where(Plan.key == key))
    if known is not None:
        if _as_in_file(PLAN.write(known)) == record:
            return None
        raise PlanExistsError(key)
    source = session.scalar(select(SourceDocument).where(SourceDocument.key == record["source"]))
    if source is None:
        last = max(session.scalars(select(SourceDocument.position)), default=0)
        source = SourceDocument(
            key=record["source"],
            position=last + 1,
            kind="plan",
            title=Bilingual(**record["title"]),
            publisher=publisher,
            date=str(record["starts"]),
        )
        session.add(source)
        session.flush()
    lookup = DatabaseLookup(session)
    unsound = [path for path, _words in PLAN.errors(record, lookup.knows, lookup.follow)]
    if draft.errors or unsound:
        raise PlanTableError(", ".join(unsound) or key)
    plan = Plan()
    with session.no_autoflush:
        PLAN.fill(plan, record, lookup)
        place = 0
        for theme in plan.themes:
            for action in theme.actions:
                action.reference, action.position = f"{key}/{action.key}", place
                place += 1
    session.add(plan)
    session.flush()
    audit.record(
        session,
        edit.actor,
        AuditVerb.PLAN_ADDED,
        f"plan:{key}",
        f"{draft.themes} themes, {draft.actions} actions",
        now=edit.at,
    )
    return plan


def plan_key(short_title: str) -> str:
    """'PASAP 2028-2033' → 'pasap-2028-2033'."""
    plain = unicodedata.normalize("NFKD", short_title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:58].strip("-") or "plan"


def actions_of(session: Session, plan: Plan) -> list[Action]:
    """The actions of a plan in their order, each with its theme and what it comes from."""
    return list(
        session.scalars(
            select(Action)
            .join(Action.theme)
            .where(Theme.plan_id == plan.id)
            .order_by(Action.position)
            .options(
                contains_eager(Action.theme).joinedload(Theme.plan),
                selectinload(Action.comes_from).joinedload(ActionLineage.from_action),
            )
        )
    )


class _PlanTable:
    """The themes of a table with their actions, read row by row; what is wrong goes to the draft."""

    def __init__(self, draft: PlanDraft) -> None:
        self.themes: dict[int, dict[str, Any]] = {}
        self._draft = draft
        self._keys: set[str] = set()

    def read(self, line: int, cells: Mapping[str, str]) -> None:
        """One action and its theme; a row without sound numbers is left out."""
        number = self._theme_number(line, cells)
        key = None if number is None else self._action_key(line, cells)
        if number is None or key is None:
            return
        self._keys.add(key)
        theme = self._theme(line, number, cells)
        theme["actions"].append(
            {"key": key, "number": cells.get("number", ""), "number_status": "printed"}
            | self._text(line, cells)
        )

    def _error(self, line: int, column: str, code: str) -> None:
        self._draft.errors.append(RowProblem(line, column, code))

    def _theme_number(self, line: int, cells: Mapping[str, str]) -> int | None:
        number = cells.get("theme_number", "")
        if number.isascii() and number.isdigit() and 0 < int(number) < 100:
            return int(number)
        self._error(line, "theme_number", "not_a_number")
        return None

    def _action_key(self, line: int, cells: Mapping[str, str]) -> str | None:
        number = cells.get("number", "")
        if not any(letter.isdigit() for letter in number) or len(number) > 16:
            self._error(line, "number", "number_missing")
            return None
        key = plan_key(number)
        if key in self._keys:
            self._error(line, "number", "twice")
            return None
        return key

    def _theme(self, line: int, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
        """The theme of this number: the first row that has it names it, and no later one may say otherwise."""
        names = {side: cells.get(f"theme_{side}", "") for side in LANGUAGES}
        theme = self.themes.get(number)
        if theme is not None:
            for side, words in theme["name"].items():
                if names[side] not in ("", words):
                    self._error(line, f"theme_{side}", "theme_differs")
            return theme
        for side, words in names.items():
            if not words or len(words) > 120:
                self._error(line, f"theme_{side}", "theme_name")
        made = {"key": f"theme-{number}", "number": number, "name": names, "actions": []}
        self.themes[number] = made
        return made

    def _text(self, line: int, cells: Mapping[str, str]) -> dict[str, Any]:
        """The text of an action in both languages, as its record has it; without any it is one that is not held."""
        text = {side: cells.get(f"text_{side}", "") for side in LANGUAGES}
        filled = [side for side in LANGUAGES if text[side]]
        for side in filled:
            if len(text[side]) > 4000:
                self._error(line, f"text_{side}", "too_long")
            if holds_bank_account(text[side]):
                self._error(line, f"text_{side}", "bank_account")
        if len(filled) == 1:
            self._error(line, f"text_{other(filled[0])}", "other_side_missing")
        return {"text": text, "text_status": "held"} if filled else {"text_status": "missing"}


def _as_in_file(record: Mapping[str, Any]) -> dict[str, Any]:
    """A plan's record without what the coordinator adds to its actions later."""
    later = {"bodies", "standings", "indicators", "service_expected", "note"}
    themes = [
        {
            **theme,
            "actions": [
                {name: value for name, value in action.items() if name not in later}
                for action in theme.get("actions", [])
            ],
        }
        for theme in record.get("themes", [])
    ]
    return PLAN.canonical({**record, "themes": themes})


def _tidy(cell: str) -> str:
    """The words of a cell without the characters that nobody sees."""
    kept = (
        letter if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs") else " "
        for letter in cell
    )
    return re.sub(r"[ \u00a0]{2,}", " ", "".join(kept)).strip()


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark, else Windows-1252 as spreadsheets save it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _next(rows: Sequence[ActionStanding | Indicator | ActionBody]) -> int:
    """A place after the last of these rows, also when one in between went."""
    return max((row.position for row in rows), default=-1) + 1


def _stems(action: Action) -> set[str]:
    """The stems of an action's words, and apart from them those of its theme."""
    theme = {f"theme {stem}" for stem in analysis.terms(action.theme.name.fr or "", "fr")}
    return theme | {stem for stem in analysis.terms(action.text.fr or "", "fr") if len(stem) > 2}


def _record(session: Session, action: Action, verb: AuditVerb, edit: Edit, detail: str = "") -> None:
    """Renews the pages and tells the audit log; raises PlanValidationError when the data file of the plan could not
    be.
    """
    session.flush()
    unsound = [path for path, _words in ACTION.errors(ACTION.write(action), DatabaseLookup(session).knows)]
    if unsound:
        raise PlanValidationError(unsound)
    audit.record(session, edit.actor, verb, f"action:{action.reference}", detail, now=edit.at)
