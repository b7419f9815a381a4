"""A new master key: every referral's own key is wrapped anew; no content is touched."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide.keys import KeyFile
from guide.model.referrals import Referral, ReferralKey

BATCH = 100


def rewrap(writing: Callable[[], AbstractContextManager[Session]], keys: KeyFile) -> int:
    """Wraps every key that an older master key holds with the current one; how many.

    A hundred a transaction (`writing()` opens one and commits): killed half-way, every referral is still
    readable, by the old key or the new, and the next run goes on. Raises UnsealError, KeysMissingError.
    """
    done = 0
    while True:
        with writing() as session:
            current = keys.current()
            rows = session.execute(
                select(ReferralKey, Referral.uid)
                .join(Referral, Referral.id == ReferralKey.referral_id)
                .where(ReferralKey.kid != current)
                .order_by(ReferralKey.referral_id)
                .limit(BATCH)
                .with_for_update()
            ).all()
            for row, uid in rows:
                row.kid, row.wrapped = keys.wrap(keys.unwrap(row.kid, row.wrapped, uid), uid)
        done += len(rows)
        if len(rows) < BATCH:
            return done


def in_use(session: Session) -> dict[str, int]:
    """How many referrals each master key (its kid) wraps."""
    rows = session.execute(select(ReferralKey.kid, func.count()).group_by(ReferralKey.kid))
    return {row[0]: row[1] for row in rows}
