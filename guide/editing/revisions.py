"""What was accepted: writing a whole record to a listing, its history, comparing and restoring.

Every change of a listing passes `apply`: it keeps the version, the states of the texts, where facts come
from, the search index (by its outbox) and the audit log true, in the caller's one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.clock import BRUSSELS
from guide.editing import translations
from guide.editing.addresses import settled
from guide.editing.listings import Record, differing, locked, record_of
from guide.editing.protection import exposing, followed, hidden_streets
from guide.languages import Bilingual
from guide.model import LoadedRecord, Proposal, Revision, Role, Service, SourceDocument
from guide.records.lookup import DatabaseLookup
from guide.records.paths import FieldPath, field_of
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


@dataclass(frozen=True, slots=True)
class Review:
    """What a coordinator has to do with a change that becomes public.

    `proposal`: she accepted it as a part of this one; `sure`: she was asked about a hidden street that is written
    in it, and publishes it all the same; `to_see`: it goes live by itself, and stands on her list to look at.
    """

    proposal: Proposal | None = None
    sure: bool = False
    to_see: bool = False


UNREVIEWED = Review()


class RecordValidationError(Exception):
    """The record would break a rule of the guide; `errors` are pairs (path, words in English)."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {words}" for path, words in errors))
        self.errors = list(errors)


class HiddenStreetError(RecordValidationError):
    """The listing hides its address, and its street is written in what was changed (`written_in`: the paths)."""

    def __init__(self, written_in: Sequence[FieldPath]) -> None:
        super().__init__([(path, "the street of an address that is kept secret") for path in written_in])
        self.written_in = list(written_in)


def apply(
    session: Session,
    service: Service,
    record: Mapping[str, Any],
    edit: Edit,
    marks: translations.TextMarks = translations.UNMARKED,
    review: Review = UNREVIEWED,
) -> Revision | None:
    """Makes this record the listing: a new version and its revision; None when nothing differs.

    Hours and phones follow the addresses (`settled`). A fact that changed is from then on told as said by whoever
    changed it. Raises RecordValidationError (HiddenStreetError unless a coordinator was asked and is sure), and
    nothing is written.
    """
    before, record = record_of(service), settled(record)
    changed = differing(before, record)
    if not changed:
        return None
    sourced = dict(record)
    if edit.by is not None and record.get("citations") == before.get("citations"):
        sourced = with_sources(session, before, record, edit)
    ordered = SERVICE.canonical(sourced)
    lookup = DatabaseLookup(session)
    errors = list(SERVICE.errors(ordered, lookup.knows, lookup.follow))
    if errors:
        raise RecordValidationError(errors)
    if before.get("address_confidential") and not review.sure:
        written_in = exposing(before, ordered, ordered, hidden_streets(session, service))
        if written_in:
            raise HiddenStreetError(written_in)
    _remember_the_first(session, service, before, edit.at)
    with session.no_autoflush:
        SERVICE.fill(service, ordered, lookup)
    service.version += 1
    session.flush()
    translations.follow(session, service, before, ordered, marks, edit.day)
    revision = Revision(
        service_id=service.id,
        number=service.version,
        at=edit.at,
        account_id=edit.account_id,
        proposal_id=review.proposal.id if review.proposal else None,
        why=edit.why[:400],
        fields=changed,
        record=ordered,
        to_see=review.to_see,
    )
    session.add(revision)
    session.flush()
    audit.record(
        session,
        edit.actor,
        AuditVerb.LISTING_CHANGED,
        f"service:{service.key}",
        f"version {service.version}: {', '.join(changed)}",
        now=edit.at,
    )
    return revision


def begin(session: Session, service: Service, proposal: Proposal, edit: Edit) -> Revision:
    """The first revision of a new listing that was just made of a proposal, accepted by this edit."""
    service.version, service.assured_date = 1, edit.day
    service.text_state = translations.summary_state(session, service, record_of(service))
    session.flush()
    revision = Revision(
        service_id=service.id,
        number=1,
        at=edit.at,
        account_id=proposal.author_id,
        proposal_id=proposal.id,
        why=edit.why[:400],
        fields=differing({}, record_of(service)),
        record=record_of(service),
    )
    session.add(revision)
    session.flush()
    audit.record(session, edit.actor, AuditVerb.LISTING_PUBLISHED, f"service:{service.key}", now=edit.at)
    return revision


def confirm(session: Session, service: Service, edit: Edit, by_link: bool = False) -> None:
    """Somebody of the organisation (or the coordinator) says that the listing is right, today in Jette.

    `by_link`: she said so from her mail, without signing in.
    """
    service = locked(session, service.id)
    if service.assured_date != edit.day:
        _remember_the_first(session, service, record_of(service), edit.at)
        service.assured_date = edit.day
        service.version += 1
        session.flush()
        session.add(
            Revision(
                service_id=service.id,
                number=service.version,
                at=edit.at,
                account_id=edit.account_id,
                why="",
                fields=["assured_date"],
                record=record_of(service),
            )
        )
        session.flush()
    actor = f"link:{edit.author.id}" if by_link else edit.actor
    audit.record(session, actor, AuditVerb.LISTING_CONFIRMED, f"service:{service.key}", now=edit.at)


def from_files(session: Session, service: Service, before: Record, now: datetime) -> None:
    """A later load of the data files changed this listing: its history and the states of its texts follow."""
    after = record_of(service)
    _remember_the_first(session, service, before, now)
    service.version += 1
    session.flush()
    translations.follow(
        session, service, before, after, translations.UNMARKED, now.astimezone(BRUSSELS).date()
    )
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


def restore(session: Session, revision: Revision, edit: Edit) -> Revision | None:
    """The listing as it stood after this revision, as a new one; None when it stands so already.

    What printed sheets and addresses rely on is not brought back (`NEVER_RESTORED`), nor is what would expose a
    listing that is protected now. The reason of the new one is the number of the old. Raises RecordValidationError
    when the old record names something that is gone.
    """
    service = locked(session, revision.service_id)
    current = record_of(service)
    record = {name: value for name, value in revision.record.items() if name not in NEVER_RESTORED}
    record |= {name: current[name] for name in NEVER_RESTORED if name in current}
    record = followed(session, current, record)
    return apply(session, service, record, edit.because(f"restored: {revision.number}"))


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


def call_seen(session: Session, numbers: Collection[int], edit: Edit) -> int:
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
            edit.actor,
            AuditVerb.CHANGE_SEEN,
            f"service:{revision.service.key}",
            f"version {revision.number}",
            now=edit.at,
        )
    return len(found)


def statement(session: Session, edit: Edit) -> SourceDocument:
    """The source of what somebody says here this month: the organisation itself, or the guide's own team."""
    own = edit.author.role in (Role.EDITOR, Role.SOCIAL_WORKER)
    key = f"{'statement' if own else 'coordination'}-{edit.day:%Y-%m}"
    found = session.scalar(select(SourceDocument).where(SourceDocument.key == key))
    if found is None:
        title = (
            Bilingual("Ce que l’organisme dit lui-même", "Wat de organisatie zelf zegt")
            if own
            else Bilingual("Vérifié par l’équipe du guide", "Nagekeken door het team van de gids")
        )
        last = max(session.scalars(select(SourceDocument.position)), default=0)
        found = SourceDocument(
            key=key, position=last + 1, kind="statement", title=title, date=f"{edit.day:%Y-%m}"
        )
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:
            # Somebody else said the first thing of this month a moment before.
            return session.scalars(select(SourceDocument).where(SourceDocument.key == key)).one()
    return found


def with_sources(
    session: Session, before: Mapping[str, Any], record: Mapping[str, Any], edit: Edit
) -> Record:
    """The record in which every changed fact cites who said it, instead of where it was once read."""
    changed = {field_of(path) for path in differing(before, record)}
    facts = {_FACTS[name] for name in changed if name in _FACTS}
    if not facts:
        return dict(record)
    source = statement(session, edit).key
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
