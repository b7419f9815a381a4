"""What counts as covered. One definition for pages, filters, figures and exports.

An action is covered when its text is held and at least one confirmed link comes from a record that
exists, is published and is not stale (an unverified record counts, and is labelled so). The classes
are exclusive and sum to the declared number of actions.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guide.directory.freshness import Freshness, freshness
from guide.model import (
    Action,
    Fulfilment,
    FulfilmentState,
    Plan,
    Service,
    ServiceState,
    TextStatus,
    Theme,
    YesNo,
)


class ActionClass(StrEnum):
    """Where an action stands, best first. Every action is in exactly one class."""

    COVERED = "covered"
    PROPOSED_ONLY = "proposed_only"
    ANNOUNCED_ONLY = "announced_only"
    NONE = "none"
    NO_SERVICE_EXPECTED = "no_service_expected"
    TEXT_NOT_HELD = "text_not_held"


class LinkStanding(StrEnum):
    """How a link is shown: an announced or ended record's link is shown as such and never counts."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ThemeCoverage:
    """The figures of a theme: how many of its actions are of each class."""

    theme: Theme
    counts: dict[ActionClass, int]

    @property
    def total(self) -> int:
        """Its actions, whatever their class."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PlanCoverage:
    """The figures of a plan: by class (they sum to `total`) and by theme, in the plan's order."""

    plan: Plan
    counts: dict[ActionClass, int]
    themes: list[ThemeCoverage]
    classes: dict[str, ActionClass]
    """Class of each action, by its reference."""

    @property
    def total(self) -> int:
        """Its actions, whatever their class."""
        return sum(self.counts.values())

    @property
    def held(self) -> int:
        """Actions whose text we hold: the denominator of the coverage."""
        return self.total - self.counts[ActionClass.TEXT_NOT_HELD]


def link_standing(link: Fulfilment) -> LinkStanding:
    """How this link is shown, whatever its own state says of a record that does not exist."""
    return standing_of(link.service.state, link.state)


def standing_of(service: ServiceState, link: FulfilmentState) -> LinkStanding:
    """The same by the states of the record and of its link."""
    if service is ServiceState.ANNOUNCED:
        return LinkStanding.ANNOUNCED
    if service is ServiceState.ENDED:
        return LinkStanding.ENDED
    return LinkStanding.CONFIRMED if link is FulfilmentState.CONFIRMED else LinkStanding.PROPOSED


def is_shown(service: Service) -> bool:
    """May the public see this record?"""
    return service.is_public


def counts(link: Fulfilment, today: date) -> bool:
    """Does this link cover its action?"""
    return (
        link_standing(link) is LinkStanding.CONFIRMED
        and is_shown(link.service)
        and freshness(link.service, today) is not Freshness.STALE
    )


def shown_links(action: Action) -> list[Fulfilment]:
    """The links the public sees: of published records, refused ones left out; confirmed first."""
    order = list(LinkStanding)
    return sorted(
        (
            link
            for link in action.fulfilments
            if link.state is not FulfilmentState.REFUSED and is_shown(link.service)
        ),
        key=lambda link: (order.index(link_standing(link)), link.position),
    )


def classify(action: Action, today: date) -> ActionClass:
    """The one class of an action. An action with a link is never "no service expected".

    A confirmed link of a stale record does not cover and counts as proposed; links of records that were only
    announced, or that have ended, make the action announced only.
    """
    if action.text_status is TextStatus.MISSING:
        return ActionClass.TEXT_NOT_HELD
    links = shown_links(action)
    if any(counts(link, today) for link in links):
        return ActionClass.COVERED
    if any(link_standing(link) in (LinkStanding.CONFIRMED, LinkStanding.PROPOSED) for link in links):
        return ActionClass.PROPOSED_ONLY
    if links:
        return ActionClass.ANNOUNCED_ONLY
    if action.service_expected is YesNo.NO:
        return ActionClass.NO_SERVICE_EXPECTED
    return ActionClass.NONE


def coverage(plan: Plan, today: date) -> PlanCoverage:
    """The figures of a plan today."""
    classes = {action.reference: classify(action, today) for action in plan.actions}
    themes = [
        ThemeCoverage(theme, _tally(classes[action.reference] for action in theme.actions))
        for theme in plan.themes
    ]
    return PlanCoverage(plan, _tally(classes.values()), themes, classes)


def _tally(found: Iterable[ActionClass]) -> dict[ActionClass, int]:
    counted = Counter(found)
    return {kind: counted[kind] for kind in ActionClass}
