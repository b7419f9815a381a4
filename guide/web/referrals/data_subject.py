"""The person's own pages of a fiche-relais: taking her agreement back without an account, and what is kept.

The page of her code is the same whatever the code is, and shows nothing of the referral: a telephone is often
shared. Looking changes nothing; the button erases at once.
"""

from contextlib import suppress
from datetime import timedelta

from flask import Blueprint, Response, current_app, g, make_response, render_template
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as AnyResponse

from guide.accounts import throttle
from guide.languages import Language
from guide.referrals import erasing, finding, sending
from guide.web.ui.forms import sent
from guide.web.ui.request_context import client_ip_bucket, guide, now, session, writing
from guide.web.ui.urls import bilingual_page

pages = Blueprint("data_subject", __name__)

MOST_OF_A_PLACE = 20
WINDOW = timedelta(hours=1)


@bilingual_page(
    pages,
    "/relais/mon-accord/<reference>/<code>",
    "/doorverwijzing/mijn-akkoord/<reference>/<code>",
    methods=("GET", "POST"),
)
def agreement(lang: Language, reference: str, code: str) -> AnyResponse:
    """One button: sent, the referral of this code is withdrawn and erased, and both sides are told."""
    g.personal = True
    if not sent():
        return _kept_by_nobody(render_template("referrals/data_subject/agreement.html", wait=0))
    with writing() as db_session:
        wait = throttle.attempt(
            db_session, f"relay-person-from:{client_ip_bucket()}", MOST_OF_A_PLACE, WINDOW, now()
        )
        if not wait:
            secret_key = current_app.config["SECRET_KEY"]
            found = sending.by_person_code(db_session, secret_key, reference, code)
            if found is not None:
                # Another click has erased it between the two: what she asked for is done.
                with suppress(NoResultFound):
                    sending.take_back(db_session, finding.hold(db_session, found), now())
    if wait:
        answer = _kept_by_nobody(render_template("referrals/data_subject/agreement.html", wait=wait), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    # For every code: what was erased must not stay in the journal, and the time must tell nothing. A reading that
    # this request began itself would keep it there.
    session().rollback()
    erasing.shred(guide().engine)
    g.without_alternate = True
    return _kept_by_nobody(render_template("referrals/data_subject/done.html"))


@bilingual_page(pages, "/relais/vos-donnees", "/doorverwijzing/uw-gegevens")
def your_data(lang: Language) -> str:
    """What a fiche-relais keeps, for how long, who sees it, her rights, and whom to complain to."""
    return render_template(
        "referrals/data_subject/your_data.html",
        days_after_end=erasing.KEPT_AFTER_END.days,
        days_at_most=erasing.NEVER_LONGER.days,
    )


def _kept_by_nobody(page: str, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
