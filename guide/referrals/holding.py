"""Who holds a referral: its sender; once her account is closed, the substitute the person agreed to; else nobody.

One that nobody holds waits, sealed: its answers and deadlines go on, the person may take it back, and the
coordinators see that it waits and what came back, never what it says. Whether somebody holds it is
asked of the accounts as they are, so that no way of closing one is forgotten.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from guide import audit
from guide.accounts import people
from guide.audit import AuditVerb
from guide.model import (
    Account,
    AccountState,
    Membership,
    Organization,
    ReferralState,
    Role,
    Service,
    ServiceState,
)
from guide.model.referrals import Referral, ReferralEvent
from guide.referrals.erasing import erased_from
from guide.referrals.life import OPEN, UNFINISHED, Event, Party, transition
from guide.referrals.telling import about, coordinators, tell_of_several, works_here


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing an account does to what it holds.

    `open`: sent and still going on; `unhelped`: declined or expired, and not yet with another service. Of these,
    `handed` go to a substitute and `waiting` wait for the coordinators. `drafts` were never sent: they end by
    themselves.
    """

    open: int = 0
    unhelped: int = 0
    handed: int = 0
    waiting: int = 0
    drafts: int = 0


def colleagues(session: Session, worker: Account) -> list[Account]:
    """Whom the person may be offered as a substitute: social workers of her organisations who can come in."""
    belongs = [membership.organization_id for membership in worker.memberships]
    found = session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.organization_id.in_(belongs),
            Account.id != worker.id,
            Account.role == Role.SOCIAL_WORKER,
            Account.state == AccountState.ACTIVE,
        )
        .order_by(Account.name, Account.id)
    ).unique()
    return list(found)


def substitute_of(referral: Referral) -> Account | None:
    """The colleague who would hold it if its sender's account were closed now.

    None where none was named, and when she has left or can come in no longer: the person agreed to a colleague of
    the same service.
    """
    substitute, sender = referral.substitute, referral.sender
    if substitute is None or sender is None or not works_here(substitute):
        return None
    return substitute if _organization_ids(substitute) & _organization_ids(sender) else None


def foresee(session: Session, account: Account, now: datetime) -> Closing:
    """What closing this account would do now."""
    return _foreseen(_held_by(session, account, now))


def _foreseen(held: list[Referral]) -> Closing:
    unfinished = [each for each in held if each.state in UNFINISHED]
    handed = sum(substitute_of(each) is not None for each in unfinished)
    return Closing(
        open=sum(each.state in OPEN for each in unfinished),
        unhelped=sum(each.state not in OPEN for each in unfinished),
        handed=handed,
        waiting=len(unfinished) - handed,
        drafts=sum(each.state is ReferralState.DRAFT for each in held),
    )


def close_account(session: Session, account: Account, now: datetime, actor: str) -> Closing:
    """Closes an account as `people.disable` does; what it holds goes on, in the same transaction.

    One that is closed already is left as it is: nothing is told twice. Raises LastAdministratorError.
    """
    # Locked before anything is logged, as whoever answers does: else the two would wait for each other.
    _held_by(session, account, now, lock=True)
    if _is_closed(session, account):
        return Closing()
    people.disable(session, account, now, actor)
    return let_go(session, account, now, actor)


def reopen_account(session: Session, account: Account, now: datetime, actor: str) -> int:
    """Lets a closed account in again as `people.enable` does. How much is still hers: she is told of it by mail.

    What went to a substitute stays with her. One that is not closed is left as it is.
    """
    if not _is_closed(session, account):
        return 0
    people.enable(session, account, now, actor)
    held = foresee(session, account, now)
    count = held.open + held.unhelped if works_here(account) else 0
    if count:
        tell_of_several(session, "referral_returned", account, count, now, people.account_of(actor))
    return count


def let_go(session: Session, account: Account, now: datetime, actor: str) -> Closing:
    """What an account that ends holds goes to its substitutes or waits; those whom it concerns are told."""
    held = _held_by(session, account, now, lock=True)
    done = _foreseen(held)
    _hand_over(session, held, now, actor)
    if done.waiting:
        for each in coordinators(session):
            tell_of_several(session, "referral_waiting", each, done.waiting, now, people.account_of(actor))
    return done


def leave_organization(
    session: Session, account: Account, organization_id: int, now: datetime, actor: str
) -> int:
    """She works for this organisation no longer, but still for another; raises OrganizationRequiredError.

    What a colleague of that organisation was to take over goes to her, the rest stays: answers still reach its
    sender. How many went.
    """
    held = _held_by(session, account, now, lock=True)
    before = {each.id: substitute_of(each) for each in held}
    people.leave(session, account, organization_id, now, actor)
    parted = [each for each in held if before[each.id] is not None and substitute_of(each) is None]
    return _hand_over(session, parted, now, actor, before)


def settle(session: Session, now: datetime) -> int:
    """Hands over what a substitute should hold by now, however its sender's account ended; how many."""
    return _hand_over(session, unheld(session, now, lock=True), now, "command")


def taken_over(session: Session, referrals: Iterable[Referral]) -> set[int]:
    """Which of these (their ids) somebody else holds than whoever sent them."""
    ids = [each.id for each in referrals]
    if not ids:
        return set()
    events = select(ReferralEvent.referral_id).where(
        ReferralEvent.referral_id.in_(ids), ReferralEvent.event == Event.HAND_OVER
    )
    return set(session.scalars(events))


@dataclass(frozen=True, slots=True)
class SenderOrganization:
    """An organisation that a referral came from: its number is that of its own public record ('' for none)."""

    organization: Organization
    number: str


def sender_organizations(session: Session, referral: Referral) -> list[SenderOrganization]:
    """Whom its receiver may call about a referral that she can no longer read: where its holder works, or worked.

    Empty once that account is gone. Nobody's own number: only what the public reads too.
    """
    found = referral.sender.organizations if referral.sender is not None else []
    own = select(Service).where(
        Service.key.in_([each.key for each in found]),
        Service.is_public,
        Service.state == ServiceState.EXISTING,
    )
    numbers = {record.key: record.phones[0].number for record in session.scalars(own) if record.phones}
    return [SenderOrganization(each, numbers.get(each.key, "")) for each in found]


def unheld(session: Session, now: datetime, lock: bool = False) -> list[Referral]:
    """What waits because nobody holds it, the longest first: for the coordinators, who see no more than that.

    `lock`: to the end of a writing transaction.
    """
    query = (
        select(Referral)
        .outerjoin(Account, Account.id == Referral.sender_id)
        .where(
            Referral.state.in_(UNFINISHED),
            or_(
                Referral.sender_id.is_(None),
                Account.state != AccountState.ACTIVE,
                Account.role != Role.SOCIAL_WORKER,
            ),
        )
        .options(joinedload(Referral.service), joinedload(Referral.sender))
        .order_by(Referral.state_since, Referral.id)
    )
    rows = session.scalars(query.with_for_update(of=Referral) if lock else query)
    return [row for row in rows if erased_from(row) > now]


def _hand_over(
    session: Session,
    referrals: Iterable[Referral],
    now: datetime,
    actor: str,
    to: dict[int, Account | None] | None = None,
) -> int:
    """Those that have a substitute are hers from now on; each of them is told once. `to`: who it is, by referral."""
    counts: dict[int, int] = {}
    for referral in referrals:
        substitute = to[referral.id] if to is not None else substitute_of(referral)
        if referral.state not in UNFINISHED or substitute is None:
            continue
        transition(session, referral, Event.HAND_OVER, Party.COORDINATION, now)
        referral.sender, referral.substitute = substitute, None
        audit.record(
            session,
            actor,
            AuditVerb.REFERRAL_HANDED_OVER,
            about(referral),
            f"account:{substitute.id}",
            now=now,
        )
        counts[substitute.id] = counts.get(substitute.id, 0) + 1
    session.flush()
    for number, count in counts.items():
        substitute = session.get_one(Account, number)
        tell_of_several(session, "referral_substitute", substitute, count, now, people.account_of(actor))
    return sum(counts.values())


def _held_by(session: Session, account: Account, now: datetime, lock: bool = False) -> list[Referral]:
    """What this account holds, drafts too. `lock`: as it stands now, to the end of a writing transaction."""
    query = select(Referral).where(Referral.sender_id == account.id).order_by(Referral.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    rows = session.scalars(query)
    return [row for row in rows if erased_from(row) > now]


def _is_closed(session: Session, account: Account) -> bool:
    """As it stands now, held: of two clicks at one moment the second finds what the first one did."""
    session.refresh(account, ["state"], with_for_update={"key_share": True})
    return account.state is AccountState.DISABLED


def _organization_ids(account: Account) -> set[int]:
    return {membership.organization_id for membership in account.memberships}
