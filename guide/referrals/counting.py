"""Figures for the yearly report: counts and nothing else, and none below five.

They come from the traces, so they are the same before and after an erasure. A coordinator sees these and never a
referral. A figure that is hidden must not be found by taking the others from a total: where it could, the next
ones are hidden too (`masked`), and an action is counted only where all its services show their own figure.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.model import (
    Action,
    AuditEntry,
    Fulfilment,
    FulfilmentState,
    PaperReferralCount,
    ReferralState,
    Service,
    TaxonomyTerm,
)
from guide.model.referrals import Referral, ReferralTrace

SMALLEST = 5
"""A figure below this one is shown as "< 5": few people are soon recognised."""


class Hidden(StrEnum):
    """Why a figure is not shown: it is below five, or it would give away one beside it that is."""

    SMALL = "small"
    BESIDE = "beside"


Shown = int | Hidden
"""A figure as it may be shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what is counted (a term, a service, an action), and each column's figure."""

    label: object
    sent: Shown
    accepted: Shown
    declined: Shown
    met: Shown


@dataclass(frozen=True, slots=True)
class Emergency:
    """One that was sent without the person's agreement: the day and the service, for whoever looks into each."""

    day: date
    service: Service


@dataclass(frozen=True, slots=True)
class Figures:
    """A year of referrals: by theme, by service, by plan action, by outcome and by reason.

    The most first, then those without a figure in the order of their keys, which tells nothing. An action's
    referrals count for each action that the service fulfils, so its column has no total. `emergencies` are
    those that still live: each is looked at, so they are not masked. `emergencies_in_all` counts what was sent so in
    the year, from the audit log, so that none is undone by withdrawing it. `paper`: sheets made for each service.
    """

    year: int
    total: Shown
    by_theme: list[Row]
    by_service: list[Row]
    by_action: list[Row]
    outcomes: list[tuple[str, Shown]]
    reasons: list[tuple[str, Shown]]
    states: list[tuple[str, Shown]]
    emergencies: list[Emergency]
    emergencies_in_all: int
    paper: list[tuple[Service, Shown]]
    paper_total: Shown


def figures(session: Session, year: int) -> Figures:
    """What was sent in the weeks of this year (a week counts to the year of its Monday)."""
    traces = [trace for trace in _traces(session) if _sent_in(trace) == year]
    actions = _actions(session, {trace.service_id for trace in traces if trace.service_id is not None})
    by_service = _rows(traces, lambda trace: trace.service)
    terms = {
        term.key: term
        for term in session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs"))
    }
    on_paper = _on_paper(session, year)
    return Figures(
        year=year,
        total=shown(len(traces)),
        by_theme=_rows(traces, lambda trace: terms.get(trace.theme, trace.theme)),
        by_service=by_service,
        by_action=_action_rows(traces, actions, by_service),
        outcomes=_counted(trace.outcome for trace in traces),
        reasons=_counted(trace.reason for trace in traces),
        states=_counted(_last(trace) for trace in traces),
        emergencies=_emergencies(session, year),
        emergencies_in_all=_emergencies_in_all(session, year),
        paper=sorted(
            zip(on_paper, masked(list(on_paper.values()), 1), strict=True),
            key=lambda pair: _place(pair[1], pair[0]),
        ),
        paper_total=shown(sum(on_paper.values())),
    )


def years(session: Session) -> list[int]:
    """The years in which something was sent or made on paper, newest first."""
    found = {year for trace in _traces(session) if (year := _sent_in(trace)) is not None}
    found |= {int(month[:4]) for month in session.scalars(select(PaperReferralCount.month).distinct())}
    return sorted(found, reverse=True)


def shown(figure: int) -> Shown:
    """The figure, or Hidden.SMALL for one that is below five."""
    return figure if figure >= SMALLEST else Hidden.SMALL


def masked(counts: Sequence[int], least: int = 0) -> list[Shown]:
    """The parts of a total that is known, as they may be shown.

    Below five none is; and so many more are hidden, the smallest first, that the hidden ones together are five
    at least and that none of them follows from the total. `least`: what any part is known to be at least.
    """
    hidden = {place for place, count in enumerate(counts) if count < SMALLEST}
    others = sorted(set(range(len(counts))) - hidden, key=lambda place: counts[place])
    while hidden and others and not _keeps_quiet(counts, hidden, least):
        hidden.add(others.pop(0))
    return [
        shown(count) if place not in hidden or count < SMALLEST else Hidden.BESIDE
        for place, count in enumerate(counts)
    ]


def _keeps_quiet(counts: Sequence[int], hidden: set[int], least: int) -> bool:
    """Does what is left of the total leave every hidden part open?

    Whoever reads knows of a part "below five" that it is `least` to four, and of one hidden beside it that it is
    five to the smallest one shown. It stays open when two parts or more may vary and their sum is neither the
    lowest nor the highest possible.
    """
    small = [place for place in hidden if counts[place] < SMALLEST]
    beside = len(hidden) - len(small)
    top = min((count for place, count in enumerate(counts) if place not in hidden), default=sum(counts) + 1)
    total = sum(counts[place] for place in hidden)
    lowest = least * len(small) + SMALLEST * beside
    highest = (SMALLEST - 1) * len(small) + top * beside
    varying = len(small) + (beside if top > SMALLEST else 0)
    # Nobody at all is no small group: where all the hidden ones are nought, nobody is told of.
    return total == 0 or (varying > 1 and total >= SMALLEST and lowest < total < highest)


_COLUMNS = ("sent", "accepted", "declined", "met")


def _count(traces: Iterable[ReferralTrace]) -> dict[str, int]:
    """The figure of each column for these."""
    found = dict.fromkeys(_COLUMNS, 0)
    for trace in traces:
        reached = {step.state for step in trace.steps}
        found["sent"] += 1
        found["accepted"] += ReferralState.ACCEPTED in reached
        found["declined"] += ReferralState.DECLINED in reached
        found["met"] += trace.outcome == "met"
    return found


def _rows(traces: Iterable[ReferralTrace], label: Callable[[ReferralTrace], object]) -> list[Row]:
    """A table whose lines part what was sent; a referral without a label (its service is gone) has no line."""
    groups: dict[object, list[ReferralTrace]] = {}
    for trace in traces:
        groups.setdefault(label(trace), []).append(trace)
    counts = {one: _count(group) for one, group in groups.items()}
    columns = {
        name: dict(
            zip(counts, masked([count[name] for count in counts.values()], name == "sent"), strict=True)
        )
        for name in _COLUMNS
    }
    rows = [Row(one, **{name: columns[name][one] for name in _COLUMNS}) for one in counts if one is not None]
    return sorted(rows, key=lambda row: _place(row.sent, row.label))


def _action_rows(
    traces: Iterable[ReferralTrace], actions: dict[int, list[Action]], by_service: list[Row]
) -> list[Row]:
    """The actions: each figure is the sum over its services, and shown only when it tells nothing more."""
    groups: dict[Action, list[ReferralTrace]] = {}
    for trace in traces:
        for action in actions.get(trace.service_id or 0, []):
            groups.setdefault(action, []).append(trace)
    of_services = {row.label: row for row in by_service}
    rows = []
    for action, group in groups.items():
        services = {trace.service for trace in group}
        counts = _count(group)
        figures: dict[str, Shown] = {}
        for name in _COLUMNS:
            parts = [getattr(of_services[service], name) for service in services]
            open_to_all = all(not isinstance(part, Hidden) for part in parts)
            hidden = Hidden.SMALL if counts[name] < SMALLEST else Hidden.BESIDE
            figures[name] = counts[name] if open_to_all else hidden
        rows.append(Row(action, **figures))
    return sorted(rows, key=lambda row: _place(row.sent, row.label))


def _place(figure: Shown, label: object) -> tuple[bool, int, str]:
    """The most first; where no figure is shown its size does not decide."""
    name = getattr(label, "key", None) or getattr(label, "reference", None) or str(label)
    return (True, 0, name) if isinstance(figure, Hidden) else (False, -figure, name)


def _counted(values: Iterable[object]) -> list[tuple[str, Shown]]:
    counts = Counter(str(value) for value in values if value is not None)
    pairs = zip(counts, masked(list(counts.values()), 1), strict=True)
    return sorted(pairs, key=lambda pair: _place(pair[1], pair[0]))


def _traces(session: Session) -> list[ReferralTrace]:
    return list(
        session.scalars(
            select(ReferralTrace)
            .order_by(ReferralTrace.id)
            .options(selectinload(ReferralTrace.steps), joinedload(ReferralTrace.service))
        )
    )


def _sent_in(trace: ReferralTrace) -> int | None:
    week: date | None = next((step.week for step in trace.steps if step.state is ReferralState.SENT), None)
    return week.year if week is not None else None


def _last(trace: ReferralTrace) -> ReferralState | None:
    return trace.steps[-1].state if trace.steps else None


def _actions(session: Session, services: set[int]) -> dict[int, list[Action]]:
    """The actions each service fulfils by a confirmed link: what a referral to it counts for."""
    found: dict[int, list[Action]] = {}
    query = (
        select(Fulfilment)
        .join(Service, Fulfilment.service_id == Service.id)
        .where(Fulfilment.service_id.in_(services), Fulfilment.state == FulfilmentState.CONFIRMED)
        .options(joinedload(Fulfilment.action))
        .order_by(Fulfilment.id)
    )
    for link in session.scalars(query):
        found.setdefault(link.service_id, []).append(link.action)
    return found


def _on_paper(session: Session, year: int) -> dict[Service, int]:
    """The sheets of paper that were made for each service in the months of this year."""
    counts = session.execute(
        select(PaperReferralCount.service_id, func.sum(PaperReferralCount.count))
        .where(PaperReferralCount.month.like(f"{year:04d}-%"), PaperReferralCount.count > 0)
        .group_by(PaperReferralCount.service_id)
    )
    many = {number: int(total) for number, total in counts}
    services = session.scalars(select(Service).where(Service.id.in_(many)).order_by(Service.key))
    return {service: many[service.id] for service in services}


def _emergencies_in_all(session: Session, year: int) -> int:
    """How often the log says that one was sent without agreement; it keeps two years, whatever was erased."""
    moments = session.scalars(
        select(AuditEntry.at).where(AuditEntry.verb == AuditVerb.REFERRAL_SENT_IN_EMERGENCY.value)
    )
    return sum(datetime.fromisoformat(at).astimezone(BRUSSELS).year == year for at in moments)


def _emergencies(session: Session, year: int) -> list[Emergency]:
    """Those that still live and were sent without the person's agreement, the newest first."""
    rows = session.execute(
        select(Referral.sent_at, Service)
        .join(Service, Service.id == Referral.service_id)
        .where(Referral.emergency, Referral.sent_at.is_not(None))
    ).all()
    found = [Emergency(moment.astimezone(BRUSSELS).date(), service) for moment, service in rows if moment]
    return sorted(
        (one for one in found if one.day.year == year),
        key=lambda one: (one.day, one.service.key),
        reverse=True,
    )
