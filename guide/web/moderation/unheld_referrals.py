"""The fiches-relais that nobody holds any more: the coordinator sees that they wait and whom to call.

She reads the number, the service, the state and its dates; what a fiche says stays sealed to her.
"""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from guide.clock import BRUSSELS
from guide.languages import Language
from guide.model import Organization, Service
from guide.referrals import Referral, deadlines, erasing, holding
from guide.web.ui.request_context import now, session
from guide.web.ui.urls import bilingual_page

pages = Blueprint("unheld_referrals", __name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that the page may say of one; `senders` are the organisations of the closed account, while it is known."""

    reference: str
    state: str
    service: Service
    senders: list[Organization]
    since: date
    expires_on: date | None
    erased_on: date


@bilingual_page(pages, "/moderation/fiches-relais/sans-suivi", "/moderatie/doorverwijzingen/zonder-opvolging")
def referrals(lang: Language) -> str:
    """What waits because its sender's account is closed and no substitute was named."""
    return render_template(
        "moderation/unheld_referrals/referrals.html",
        found=[_waiting(each) for each in holding.unheld(session(), now())],
    )


def _waiting(referral: Referral) -> Waiting:
    return Waiting(
        reference=referral.reference,
        state=str(referral.state),
        service=referral.service,
        senders=referral.sender.organizations if referral.sender is not None else [],
        since=referral.state_since.astimezone(BRUSSELS).date(),
        expires_on=deadlines.expiry(referral),
        erased_on=erasing.erased_from(referral).astimezone(BRUSSELS).date(),
    )
