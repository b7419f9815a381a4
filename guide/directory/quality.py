"""How much of what somebody needs to know a listing tells: points out of a hundred, with a reason each.

Seen by who keeps the listing and by the coordinator, never by the public. A helpline needs no address,
a benefit no hours, a tool no price: only what can be asked of this kind of record counts.
"""

from dataclasses import dataclass
from datetime import date

from guide.directory.freshness import Freshness, freshness, hours_are_current
from guide.directory.hours import shown_hours
from guide.directory.plain_language import easy
from guide.languages import LANGUAGES
from guide.model import Service, ServiceKind, TermRank, TextState, YesNo


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is asked: its code ('phone'), how much it weighs, and whether the listing has it."""

    code: str
    weight: int
    met: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """The points (0 to 100) and every reason that applies, the weightiest first."""

    points: int
    reasons: tuple[Reason, ...]

    @property
    def wanting(self) -> list[Reason]:
        """What would raise the points, the weightiest first."""
        return [reason for reason in self.reasons if not reason.met]


def quality(service: Service, today: date, in_a_plan: bool | None = None) -> Quality:
    """The quality of a listing as it stands. Reads its phones, places, schedules, terms and publics.

    `in_a_plan`: is it known which action of a plan it helps? None: that is not asked.
    """
    helps = service.kind in (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT)
    visited = service.kind is ServiceKind.SERVICE
    given = service.kind in (ServiceKind.SERVICE, ServiceKind.BENEFIT)
    answers = service.kind in (ServiceKind.SERVICE, ServiceKind.HELPLINE)
    asked: list[tuple[str, int, bool, bool]] = [
        ("confirmed", 15, freshness(service, today) is Freshness.FRESH, True),
        ("phone", 12, bool(service.phones), helps),
        ("hours", 12, bool(shown_hours(service, today)) and hours_are_current(service, today), answers),
        ("address", 10, bool(service.service_at_locations) or service.hides_address, visited),
        ("both_languages", 12, _both_current(service), True),
        ("price", 8, bool(service.fees) or service.free is YesNo.YES, helps),
        ("for_whom", 8, bool(service.eligibility) or bool(service.publics), helps),
        ("papers", 5, bool(service.required_documents) or service.papers_needed is not None, given),
        ("how_to_come", 5, bool(service.application) or bool(service.access_modes), given),
        ("easy_to_read", 5, _easy(service), True),
        ("languages", 3, bool(service.languages), helps),
        ("needs", 3, any(filed.rank is TermRank.PRIMARY for filed in service.attributes), helps),
        ("intake", 2, service.intake_status is not None, visited),
        ("in_a_plan", 2, bool(in_a_plan), in_a_plan is not None and service.kind is not ServiceKind.HELPLINE),
    ]
    reasons = sorted(
        (Reason(code, weight, met) for code, weight, met, applies in asked if applies),
        key=lambda reason: -reason.weight,
    )
    total = sum(reason.weight for reason in reasons)
    points = round(100 * sum(reason.weight for reason in reasons if reason.met) / total)
    return Quality(points, tuple(reasons))


def _both_current(service: Service) -> bool:
    return all(
        service.summary.has(side) and service.text_state.side(side) in (TextState.CURRENT, None)
        for side in LANGUAGES
    )


def _easy(service: Service) -> bool:
    return bool(service.summary) and all(easy(words, side) for side, words in service.summary)
