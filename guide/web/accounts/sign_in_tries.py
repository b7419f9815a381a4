"""How tries to come in are counted: who has a count of her own, and how long the others wait.

Apart from the pages that ask (`sign_in`, `own_address`), since this must be judged as one rule: a stranger who
knows an address may neither guess on at it nor keep its owner out.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, make_response, render_template
from sqlalchemy.orm import Session

from guide.accounts import throttle
from guide.model import Account, PlaceKind
from guide.web.security import known_places
from guide.web.ui.formatting import wait_words
from guide.web.ui.request_context import client_ip_bucket, now

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """How tries at an account are counted, by where they come from.

    by_all            of all strangers together; apart from them those of a browser or network the account knows
    by_crowd          of all strangers together, wherever this one comes from
    by_one            of this machine alone
    from_her_browser  a browser that the account knows: no count that strangers share concerns it
    """

    by_all: str
    by_crowd: str
    by_one: str
    from_her_browser: bool

    @classmethod
    def of(cls, what: str, db_session: Session, account: Account | None, name: str) -> "Tries":
        """Of this request, at what is named so: `what` is the kind of try, `account` None where there is none."""
        place = known_places.known(db_session, account)
        here = place is not None and place.kind is PlaceKind.BROWSER
        return cls(
            f"{what}:{name} {place.name}" if place is not None else f"{what}:{name}",
            f"{what}:{name}",
            f"{what}:{name} {place.name}"
            if place is not None and here
            else f"{what}:{name} from {client_ip_bucket()}",
            here,
        )


def waits(db_session: Session, tries: Tries) -> tuple[int, int]:
    """The seconds to wait before a password may be tried, or 0; and those that strangers must wait together, or 0.

    Whoever guesses waits longer and longer at home, and then takes none of the tries that are left to the owner.
    From a network that the account knows a right password passes while strangers wait; a wrong one is answered as
    theirs are, after as long a look at it: who sits in the same network learns from neither that it is known.
    """
    if tries.from_her_browser:
        return throttle.guess(db_session, tries.by_one, 5, MINUTE, now()), 0
    alone = throttle.attempt(
        db_session, f"sign-in-ip:{client_ip_bucket()}", 20, MINUTE, now()
    ) or throttle.guess(db_session, tries.by_one, 5, MINUTE, now())
    if alone:
        return alone, 0
    crowd = throttle.attempt(db_session, tries.by_crowd, 5, MINUTE, now())
    if tries.by_all == tries.by_crowd:
        return crowd, crowd
    return throttle.attempt(db_session, tries.by_all, 5, MINUTE, now()), crowd


def slow_down(wait: int) -> Response:
    """The page of somebody who tried too often: how many seconds she waits, in words and in the header."""
    answer = make_response(render_template("accounts/slow_down.html", wait=wait_words(wait)), 429)
    answer.headers["Retry-After"] = str(wait)
    return answer
