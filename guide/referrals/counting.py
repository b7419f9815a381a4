"""Figures for the yearly report: counts and nothing else, and none below five (PRODUCT.md 4.3).

They come from the traces, so they are the same before and after an erasure. A coordinator sees these and never a
referral.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.model import (
    Action,
    Fulfilment,
    FulfilmentState,
    Referral,
    ReferralState,
    ReferralTrace,
    Service,
    TaxonomyTerm,
)

SMALLEST = 5
"""A figure below this one is shown as "< 5": few people are soon recognised."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what is counted, and for each column a figure, or None where it is below five."""

    label: object
    sent: int | None
    accepted: int | None
    declined: int | None
    met: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A year of referrals: by theme, by service, by plan action, by outcome and by reason; the most first.

    A line below five in all is left out of none of the tables: it is there, without its figure.
    """

    year: int
    total: int | None
    by_theme: list[Row]
    by_service: list[Row]
    by_action: list[Row]
    outcomes: list[tuple[str, int | None]]
    reasons: list[tuple[str, int | None]]
    states: list[tuple[str, int | None]]
    emergencies: int


def figures(session: Session, year: int) -> Figures:
    """What was sent in the weeks of this year (a week counts to the year of its Monday)."""
    traces = [trace for trace in _traces(session) if _sent_in(trace) == year]
    actions = _actions(session, {trace.service_id for trace in traces if trace.service_id is not None})
    terms = {
        term.key: term
        for term in session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs"))
    }
    return Figures(
        year=year,
        total=shown(len(traces)),
        by_theme=_rows(traces, lambda trace: [terms.get(trace.theme, trace.theme)]),
        by_service=_rows(traces, lambda trace: [trace.service] if trace.service is not None else []),
        by_action=_rows(traces, lambda trace: actions.get(trace.service_id or 0, [])),
        outcomes=_counted(trace.outcome for trace in traces),
        reasons=_counted(trace.reason for trace in traces),
        states=_counted(_last(trace) for trace in traces),
        emergencies=_emergencies(session, year),
    )


def years(session: Session) -> list[int]:
    """The years in which something was sent, newest first."""
    found = {year for trace in _traces(session) if (year := _sent_in(trace)) is not None}
    return sorted(found, reverse=True)


def shown(figure: int) -> int | None:
    """The figure, or None for one that is not shown because it is below five."""
    return figure if figure >= SMALLEST else None


def _rows(traces: Iterable[ReferralTrace], labels: Callable[[ReferralTrace], Iterable[object]]) -> list[Row]:
    sent: Counter[object] = Counter()
    accepted: Counter[object] = Counter()
    declined: Counter[object] = Counter()
    met: Counter[object] = Counter()
    for trace in traces:
        reached = {step.state for step in trace.steps}
        for label in labels(trace):
            sent[label] += 1
            accepted[label] += ReferralState.ACCEPTED in reached
            declined[label] += ReferralState.DECLINED in reached
            met[label] += trace.outcome == "met"
    return [
        Row(label, shown(count), shown(accepted[label]), shown(declined[label]), shown(met[label]))
        for label, count in sent.most_common()
    ]


def _counted(values: Iterable[object]) -> list[tuple[str, int | None]]:
    counts = Counter(str(value) for value in values if value is not None)
    return [(value, shown(count)) for value, count in counts.most_common()]


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


def _emergencies(session: Session, year: int) -> int:
    """How many that still live were sent without the person's agreement: each is looked at, so none is masked."""
    rows = session.scalars(select(Referral.sent_at).where(Referral.emergency, Referral.sent_at.is_not(None)))
    return sum(moment is not None and moment.year == year for moment in rows)
