"""Asking the people of an organisation whether their listings are still right.

From the first working Wednesday of a month on, each of them gets at most one mail, with everything that waits
for her. What nobody looks after comes on the coordinator's list. Nothing is ever hidden or archived by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from guide import audit, mail
from guide.accounts import links
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.directory.figures import short_date
from guide.directory.freshness import Freshness, asks_to_be_archived, freshness
from guide.directory.public_holidays import is_public_holiday
from guide.directory.wording import in_words
from guide.languages import Bilingual, Language
from guide.model import (
    Account,
    AccountState,
    Citation,
    LinkPurpose,
    Membership,
    Organization,
    Proposal,
    ProposalState,
    Publication,
    Reminder,
    Role,
    Service,
    ServiceState,
)

MOST_IN_FULL = 5
"""So many listings stand in a mail with all they say; the others are named, with their link."""
DRAFT_RESTS = timedelta(days=7)
WEDNESDAY = 2


@dataclass(slots=True)
class Due:
    """What waits for one person: listings to confirm, longest waiting first, and drafts left for a week."""

    account: Account
    listings: list[Service] = field(default_factory=list)
    drafts: list[Proposal] = field(default_factory=list)


@dataclass(slots=True)
class Reminded:
    """What a run did. `begins`: the day of this month from which reminders go out."""

    begins: date
    mails: int = 0
    listings: int = 0
    without_editor: list[Organization] = field(default_factory=list)
    to_archive: list[Service] = field(default_factory=list)


def first_working_wednesday(day: date) -> date:
    """The first Wednesday of this day's month that is no public holiday."""
    first = day.replace(day=1)
    found = first + timedelta(days=(WEDNESDAY - first.weekday()) % 7)
    while is_public_holiday(found):
        found += timedelta(days=7)
    return found


def to_confirm(session: Session, whole: bool = False) -> list[Service]:
    """The published listings that can be confirmed: all but those of what has ended. In the order of keys.

    `whole`: with their sources and organisations, for a page that shows how old each is (two queries).
    """
    query = (
        select(Service)
        .where(Service.publication == Publication.PUBLISHED, Service.state != ServiceState.ENDED)
        .order_by(Service.key)
    )
    if whole:
        query = query.options(
            selectinload(Service.citations).joinedload(Citation.source), joinedload(Service.organization)
        )
    return list(session.scalars(query))


def due(session: Session, today: date) -> list[Due]:
    """For each active editor with something to do, what waits for her; in the order of accounts."""
    listings: dict[int, list[Service]] = defaultdict(list)
    for service in to_confirm(session):
        if service.organization_id is not None and freshness(service, today) is not Freshness.FRESH:
            listings[service.organization_id].append(service)
    drafts = _resting_drafts(session, today)
    found = []
    for account in _editors(session):
        waiting = Due(account)
        for membership in account.memberships:
            waiting.listings += listings[membership.organization_id]
            waiting.drafts += drafts[membership.organization_id]
        waiting.listings.sort(key=lambda service: (service.assured_date or date.max, service.key))
        if waiting.listings or waiting.drafts:
            found.append(waiting)
    return found


def remind(session: Session, now: datetime) -> Reminded:
    """Writes this month's mails to whoever has not had hers; a second run in the month writes none.

    The mail and the note that it was written stand in the caller's one transaction.
    """
    today = now.astimezone(BRUSSELS).date()
    report = Reminded(
        first_working_wednesday(today),
        without_editor=organizations_without_editor(session),
        to_archive=ask_to_archive(session, today),
    )
    if today < report.begins:
        return report
    month = f"{today:%Y-%m}"
    reminded = set(session.scalars(select(Reminder.account_id).where(Reminder.month == month)))
    for waiting in due(session, today):
        if waiting.account.id in reminded or not _note(session, waiting.account, month):
            continue
        _write(session, waiting, now, asked_for=False)
        report.mails += 1
        report.listings += len(waiting.listings)
    return report


@dataclass(slots=True)
class RemindedNow:
    """What a coordinator's own reminder did: people written to, people who had their mail of this month,
    and organisations without anybody to write to, or with nothing to ask."""

    mails: int = 0
    already: int = 0
    alone: int = 0
    nothing: int = 0


def remind_now(
    session: Session, organizations: Collection[Organization], actor: Account, now: datetime
) -> RemindedNow:
    """Writes this month's mail to the editors of these organisations, now; to each at most one a month.

    The mail holds whatever waits for her, of all her organisations. `remind` then leaves her in peace this month.
    """
    today = now.astimezone(BRUSSELS).date()
    month = f"{today:%Y-%m}"
    alone = {organization.id for organization in organizations_without_editor(session)}
    asked = {organization.id: organization for organization in organizations}
    found, met = RemindedNow(), set()
    reminded = set(session.scalars(select(Reminder.account_id).where(Reminder.month == month)))
    for waiting in due(session, today):
        own = {membership.organization_id for membership in waiting.account.memberships} & asked.keys()
        if not own:
            continue
        met |= own
        if waiting.account.id in reminded or not _note(session, waiting.account, month):
            found.already += 1
            continue
        _write(session, waiting, now, asked_for=False, actor=actor)
        found.mails += 1
        for number in sorted(own):
            audit.record(
                session,
                f"account:{actor.id}",
                AuditVerb.EDITOR_REMINDED,
                f"organization:{asked[number].key}",
                f"account {waiting.account.id}",
                now=now,
            )
    left = asked.keys() - met
    found.alone = len(left & alone)
    found.nothing = len(left - alone)
    return found


def send_again(session: Session, address: str, now: datetime) -> bool:
    """A mail with fresh links, because somebody asked for it: only to an active editor for whom something waits.

    What it gives is for tests and counts; a page says the same whatever it is.
    """
    asked = address.strip().lower()
    waiting = [found for found in due(session, now.astimezone(BRUSSELS).date()) if found.listings]
    for found in waiting:
        if found.account.email == asked:
            _write(session, found, now, asked_for=True)
            return True
    if waiting:
        # The same work for an address that is nobody's, and undone: the time it takes tells nothing (C13).
        undone = session.begin_nested()
        _write(session, waiting[len(asked) % len(waiting)], now, asked_for=True)
        undone.rollback()
    return False


def organizations_without_editor(session: Session) -> list[Organization]:
    """Organisations with a published listing that no active editor looks after, in the order of keys."""
    looked_after = (
        select(Membership.organization_id)
        .join(Membership.account)
        .where(Account.role == Role.EDITOR, Account.state == AccountState.ACTIVE)
    )
    listed = select(Service.organization_id).where(
        Service.publication == Publication.PUBLISHED, Service.organization_id.is_not(None)
    )
    return list(
        session.scalars(
            select(Organization)
            .where(Organization.id.in_(listed), Organization.id.not_in(looked_after))
            .order_by(Organization.key)
        )
    )


def ask_to_archive(session: Session, today: date) -> list[Service]:
    """Listings that have been stale for more than a year: the coordinator is asked, nothing is archived."""
    return [service for service in to_confirm(session) if asks_to_be_archived(service, today)]


def _editors(session: Session) -> Iterable[Account]:
    return session.scalars(
        select(Account)
        .where(Account.role == Role.EDITOR, Account.state == AccountState.ACTIVE)
        .options(selectinload(Account.memberships))
        .order_by(Account.id)
    ).all()


def _resting_drafts(session: Session, today: date) -> dict[int, list[Proposal]]:
    """Drafts and questions that nobody has touched for more than a week, by organisation."""
    resting: dict[int, list[Proposal]] = defaultdict(list)
    for proposal in session.scalars(
        select(Proposal)
        .where(Proposal.state.in_((ProposalState.DRAFT, ProposalState.CORRECTION)))
        .options(selectinload(Proposal.service))
        .order_by(Proposal.id)
    ):
        owner = proposal.service.organization_id if proposal.service else proposal.organization_id
        if owner is not None and proposal.changed_at.astimezone(BRUSSELS).date() < today - DRAFT_RESTS:
            resting[owner].append(proposal)
    return resting


def _note(session: Session, account: Account, month: str) -> bool:
    """Notes that she is reminded this month; False when another process was first."""
    try:
        with session.begin_nested():
            session.add(Reminder(account_id=account.id, month=month))
    except IntegrityError:
        return False
    return True


def _write(
    session: Session, waiting: Due, now: datetime, asked_for: bool, actor: Account | None = None
) -> None:
    account, today = waiting.account, now.astimezone(BRUSSELS).date()
    lang: Language = "nl" if account.language == "nl" else "fr"
    listings = [
        _listing(service, lang, today, in_full=place < MOST_IN_FULL)
        | {"token": links.issue(session, account, LinkPurpose.CONFIRM, now, service=service)}
        for place, service in enumerate(waiting.listings)
    ]
    mail.post(
        session,
        mail.NewMail(
            "reminder",
            account,
            {
                "listings": listings[:MOST_IN_FULL],
                "others": listings[MOST_IN_FULL:],
                "drafts": [draft_name(proposal, lang) for proposal in waiting.drafts],
                "asked_for": asked_for,
            },
            sealed=True,
            expires_at=now + links.LIFE[LinkPurpose.CONFIRM],
            actor_id=actor.id if actor is not None else None,
        ),
        now,
    )


def _listing(service: Service, lang: Language, today: date, in_full: bool) -> dict[str, Any]:
    """What the mail says of a listing, as words."""
    words = in_words(service, lang, today)
    said = {
        "name": words.name.words,
        "assured": short_date(service.assured_date, lang) if service.assured_date else "",
    }
    if not in_full:
        return said
    facts = [[fact.question, [line.words for line in fact.lines]] for fact in words.facts]
    return said | {"summary": words.summary.words, "facts": facts}


def draft_name(proposal: Proposal, lang: Language) -> str:
    """How a draft is called: by the name it was given, else the listing's; '' when it has none yet."""
    sides = proposal.record.get("name") or {}
    name = Bilingual(sides.get("fr"), sides.get("nl")).localized(lang).words
    return name or (proposal.service.name.localized(lang).words if proposal.service else "")
