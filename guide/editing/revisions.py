"""What was accepted: writing a whole record to a listing, its history, comparing and restoring.

Every change of a listing passes `apply`: it keeps the version, the states of the texts, where facts come
from, the search index (by its outbox) and the audit log true, in the caller's one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from guide import audit
from guide.clock import BRUSSELS
from guide.directory.indexing import note_change
from guide.editing import translations
from guide.editing.listings import Record, differing, field_of, locked, record_of
from guide.editing.protection import exposing, followed, hidden_streets
from guide.languages import Bilingual
from guide.model import Account, LoadedRecord, Proposal, Revision, Role, Service, SourceDocument
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import SERVICE

NEVER_RESTORED = ("key", "short_code", "organization", "publication", "merged_into", "assured_date")
"""What an old revision does not bring back: printed addresses, whose it is, whether and since when it holds."""

_FACTS = {
    "phones": "phone",
    "email": "email",
    "website": "website",
    "addresses": "address",
    "fees": "fees",
    "eligibility": "eligibility",
    "languages": "languages",
    "schedules": "hours",
}
"""Field of the record → the name its citations bear."""


class UnsoundRecord(Exception):
    """The record would break a rule of the guide; `faults` are pairs (path, words in English)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {words}" for path, words in faults))
        self.faults = list(faults)


class HiddenStreetError(UnsoundRecord):
    """The listing hides its address, and its street is written in what was changed (the paths of `faults`)."""

    def __init__(self, written_in: Sequence[str]) -> None:
        super().__init__([(path, "the street of an address that is kept secret") for path in written_in])


def apply(
    session: Session,
    service: Service,
    record: Mapping[str, Any],
    *,
    actor: Account | None,
    why: str,
    now: datetime,
    minor: Collection[str] = (),
    drafts: Collection[str] = (),
    proposal: Proposal | None = None,
    to_see: bool = False,
    sure: bool = False,
) -> Revision | None:
    """Makes this record the listing: a new version and its revision; None when nothing differs.

    `minor` and `drafts` are paths of texts (see `translations.follow`); `to_see` puts the revision on the
    coordinator's list of changes that went live by themselves. A fact that changed is from then on told as
    said by whoever changed it. Raises UnsoundRecord (HiddenStreetError unless a coordinator was asked and is
    `sure`), and nothing is written.
    """
    before = record_of(service)
    changed = differing(before, record)
    if not changed:
        return None
    today = now.astimezone(BRUSSELS).date()
    sourced = dict(record)
    if actor is not None and record.get("citations") == before.get("citations"):
        sourced = with_sources(session, before, record, actor, today)
    ordered = SERVICE.canonical(sourced)
    lookup = DatabaseLookup(session)
    faults = list(SERVICE.faults(ordered, lookup.knows, lookup.follow))
    if faults:
        raise UnsoundRecord(faults)
    if before.get("address_confidential") and not sure:
        written_in = exposing(before, ordered, ordered, hidden_streets(session, service))
        if written_in:
            raise HiddenStreetError(written_in)
    _remember_the_first(session, service, before, now)
    with session.no_autoflush:
        SERVICE.fill(service, ordered, lookup)
    service.version += 1
    session.flush()
    translations.follow(session, service, before, ordered, minor, today, drafts)
    revision = Revision(
        service_id=service.id,
        number=service.version,
        at=now,
        account_id=actor.id if actor else None,
        proposal_id=proposal.id if proposal else None,
        why=why[:400],
        fields=changed,
        record=ordered,
        to_see=to_see,
    )
    session.add(revision)
    session.flush()
    note_change(session, f"service:{service.key}")
    audit.record(
        session,
        f"account:{actor.id}" if actor else "command",
        "listing_changed",
        f"service:{service.key}",
        f"version {service.version}: {', '.join(changed)}",
        now=now,
    )
    return revision


def begin(
    session: Session, service: Service, *, proposal: Proposal, reviewer: Account, why: str, now: datetime
) -> Revision:
    """The first revision of a new listing that was just made of an accepted proposal."""
    today = now.astimezone(BRUSSELS).date()
    service.version, service.assured_date = 1, today
    service.text_state = translations.summary_state(session, service, record_of(service))
    session.flush()
    revision = Revision(
        service_id=service.id,
        number=1,
        at=now,
        account_id=proposal.author_id,
        proposal_id=proposal.id,
        why=why[:400],
        fields=differing({}, record_of(service)),
        record=record_of(service),
    )
    session.add(revision)
    session.flush()
    note_change(session, f"service:{service.key}")
    audit.record(session, f"account:{reviewer.id}", "listing_published", f"service:{service.key}", now=now)
    return revision


def confirm(
    session: Session, service: Service, *, actor: Account, now: datetime, by_link: bool = False
) -> None:
    """Somebody of the organisation (or the coordinator) says that the listing is right, today in Jette."""
    today = now.astimezone(BRUSSELS).date()
    service = locked(session, service.id)
    if service.assured_date != today:
        _remember_the_first(session, service, record_of(service), now)
        service.assured_date = today
        service.version += 1
        session.flush()
        session.add(
            Revision(
                service_id=service.id,
                number=service.version,
                at=now,
                account_id=actor.id,
                why="",
                fields=["assured_date"],
                record=record_of(service),
            )
        )
        session.flush()
        note_change(session, f"service:{service.key}")
    audit.record(
        session,
        f"{'link' if by_link else 'account'}:{actor.id}",
        "listing_confirmed",
        f"service:{service.key}",
        now=now,
    )


def from_files(session: Session, service: Service, before: Record, now: datetime) -> None:
    """A later load of the data files changed this listing: its history and the states of its texts follow."""
    after = record_of(service)
    _remember_the_first(session, service, before, now)
    service.version += 1
    session.flush()
    translations.follow(session, service, before, after, (), now.astimezone(BRUSSELS).date())
    session.add(
        Revision(
            service_id=service.id,
            number=service.version,
            at=now,
            why="data files",
            fields=differing(before, after),
            record=after,
        )
    )
    session.flush()


def restore(session: Session, revision: Revision, *, actor: Account, now: datetime) -> Revision | None:
    """The listing as it stood after this revision, as a new one; None when it stands so already.

    What printed sheets and addresses rely on is not brought back (`NEVER_RESTORED`), nor is what would expose a
    listing that is protected now. Raises UnsoundRecord
    when the old record names something that is gone.
    """
    service = locked(session, revision.service_id)
    current = record_of(service)
    record = {name: value for name, value in revision.record.items() if name not in NEVER_RESTORED}
    record |= {name: current[name] for name in NEVER_RESTORED if name in current}
    record = followed(session, current, record)
    return apply(session, service, record, actor=actor, why=f"restored: {revision.number}", now=now)


def history(session: Session, service: Service) -> list[Revision]:
    """The revisions of a listing, newest first."""
    return list(
        session.scalars(
            select(Revision).where(Revision.service_id == service.id).order_by(Revision.number.desc())
        )
    )


def to_see(session: Session) -> list[Revision]:
    """Changes that went live by themselves and that no coordinator has seen, oldest first."""
    return [revision for revision, _before in to_see_with_before(session)]


def to_see_with_before(session: Session) -> list[tuple[Revision, Record]]:
    """The same, each with the listing as it stood before it ({} for its first). One query."""
    earlier, before = aliased(Revision), aliased(Revision)
    last = (
        select(func.max(earlier.number))
        .where(earlier.service_id == Revision.service_id, earlier.number < Revision.number)
        .correlate(Revision)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Revision, before)
        .outerjoin(before, and_(before.service_id == Revision.service_id, before.number == last))
        .where(Revision.to_see)
        .order_by(Revision.at, Revision.id)
        .options(joinedload(Revision.service), joinedload(Revision.account))
    )
    return [(revision, dict(previous.record) if previous else {}) for revision, previous in rows]


def call_seen(session: Session, numbers: Collection[int], actor: Account, now: datetime) -> int:
    """The coordinator has looked at these changes (ids); how many of them nobody had seen before."""
    found = session.scalars(
        select(Revision)
        .where(Revision.id.in_(numbers), Revision.to_see)
        .order_by(Revision.id)
        .options(joinedload(Revision.service))
        .with_for_update(of=Revision)
    ).all()
    for revision in found:
        revision.to_see = False
        audit.record(
            session,
            f"account:{actor.id}",
            "change_seen",
            f"service:{revision.service.key}",
            f"version {revision.number}",
            now=now,
        )
    return len(found)


def statement(session: Session, actor: Account, today: date) -> SourceDocument:
    """The source of what somebody says here this month: the organisation itself, or the guide's own team."""
    own = actor.role in (Role.EDITOR, Role.SOCIAL_WORKER)
    key = f"{'statement' if own else 'coordination'}-{today:%Y-%m}"
    found = session.scalar(select(SourceDocument).where(SourceDocument.key == key))
    if found is None:
        title = (
            Bilingual("Ce que l’organisme dit lui-même", "Wat de organisatie zelf zegt")
            if own
            else Bilingual("Vérifié par l’équipe du guide", "Nagekeken door het team van de gids")
        )
        last = max(session.scalars(select(SourceDocument.position)), default=0)
        found = SourceDocument(
            key=key, position=last + 1, kind="statement", title=title, date=f"{today:%Y-%m}"
        )
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:
            # Somebody else said the first thing of this month a moment before.
            return session.scalars(select(SourceDocument).where(SourceDocument.key == key)).one()
    return found


def with_sources(
    session: Session, before: Mapping[str, Any], record: Mapping[str, Any], actor: Account, today: date
) -> Record:
    """The record in which every changed fact cites who said it, instead of where it was once read."""
    changed = {field_of(path) for path in differing(before, record)}
    facts = {_FACTS[name] for name in changed if name in _FACTS}
    if not facts:
        return dict(record)
    source = statement(session, actor, today).key
    sourced = dict(record)
    kept = [cited for cited in record.get("citations", []) if cited["field"] not in facts]
    present = [_FACTS[name] for name in _FACTS if name in changed and record.get(name)]
    sourced["citations"] = [*kept, *({"field": fact, "source": source} for fact in present)]
    if not sourced["citations"]:
        del sourced["citations"]
    if "schedules" in changed:
        sourced.pop("schedule_source", None)
        if record.get("schedules"):
            sourced["schedule_source"] = source
    return sourced


def _remember_the_first(session: Session, service: Service, record: Record, now: datetime) -> None:
    """A listing's history begins with what it was before its first change here."""
    known = session.scalar(select(Revision.id).where(Revision.service_id == service.id).limit(1))
    if known is not None:
        return
    loaded = session.get(LoadedRecord, ("services", service.key))
    at = loaded.loaded_at if loaded else now
    session.add(
        Revision(
            service_id=service.id,
            number=service.version,
            at=at if at.tzinfo else now,
            why="",
            fields=[],
            record=record,
        )
    )
    session.flush()
