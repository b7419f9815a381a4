"""The sender's side: keep a draft, send with the person's agreement, renew it, withdraw, hand on, close."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit, mail
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.crypto import digest
from guide.languages import Language
from guide.model import Account, ConsentWay, Outcome, ReferralState, Service, Urgency, YesNo
from guide.model.referrals import Referral, ReferralTrace
from guide.referrals import deliveries, sealing, telling
from guide.referrals.content import Content, Motive, SealedSection
from guide.referrals.content import RefusedTextError as RefusedTextError
from guide.referrals.content import refuse_numbers as refuse_numbers
from guide.referrals.erasing import erase
from guide.referrals.finding import longest_consent, may_hand_on, undelivered_now
from guide.referrals.holding import colleagues
from guide.referrals.life import WAITING, Event, InvalidTransitionError, Party, allowed, transition
from guide.referrals.links import announce, drop_links
from guide.referrals.receivers import can_receive

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a reference: none that is taken for another on paper or on the telephone."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The person's agreement: how, when, explained in which language, until when, copy given.

    `conditions`: the five conditions of shared professional secrecy, each confirmed by the worker: the person is
    informed; she agrees; the receiver is bound by secrecy; both work to the same end; only what is needed is told.
    `substitute`: the account of the colleague, named to her, who takes over once the worker's account is closed.
    """

    way: ConsentWay
    day: date
    language: Language
    expires: date
    copy: bool
    conditions: tuple[bool, ...] = ()
    substitute: int | None = None


CONDITIONS = 5


class ConsentMissingError(Exception):
    """The agreement lacks something: nothing was stored. `what`: motive, conditions, date, expires, substitute."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class CannotReceiveError(Exception):
    """This service takes no fiche-relais (any more); nothing was stored."""


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What a social worker writes on the form: to which service, from her, what it says.

    `draft` is one she kept before, which is written over; `previous` the declined one of hers that is handed on.
    `uid` is the form's own, so that a form sent twice can make one referral only (see `finding.of_form`).
    """

    service: Service
    sender: Account
    content: Content
    theme: str
    urgency: Urgency = Urgency.NORMAL
    draft: Referral | None = None
    previous: Referral | None = None
    uid: str = ""


def keep_draft(session: Session, new: NewReferral, now: datetime) -> Referral:
    """Keeps a draft, sealed, on the worker's own click and after the oral agreement. Raises RefusedTextError."""
    refuse_numbers(new.content)
    made = _write(session, new, now)
    _audited(session, new.sender, AuditVerb.REFERRAL_DRAFT_KEPT, made, now)
    return made


def send(
    session: Session,
    new: NewReferral,
    consent: Consent | None,
    now: datetime,
    motive: str = "",
    copy_by_mail: bool = False,
) -> Referral:
    """Sends a referral to a service: sealed, with its agreement, its trace, the mail to the receiver, in one go.

    Without `consent` a `motive` is needed (grave and imminent danger): it is flagged. `copy_by_mail`: the person
    wants her own copy by mail. A receiver who is not bound by secrecy gets what `Content.cut_for` leaves. Raises
    ConsentMissingError, RefusedTextError, CannotReceiveError, InvalidTransitionError; nothing is stored then.
    """
    if not can_receive(new.service):
        raise CannotReceiveError
    _require(consent, motive, now)
    substitute = _substitute(session, new.sender, consent)
    refuse_numbers(new.content, ("motive", motive))
    if new.draft is not None and not allowed(new.draft, Event.SEND, Party.SENDER):
        raise InvalidTransitionError("the draft was sent already")
    previous, undelivered = _hand_on(session, new.previous, new.sender, now)
    cut = new.content.cut_for(is_bound(new.service))
    made = _write(session, replace(new, content=cut, previous=previous), now)
    made.receiver_organization_id = new.service.organization_id
    _agree(made, consent, cut)
    made.substitute = substitute
    made.emergency = consent is None
    made.trace = ReferralTrace(service_id=new.service.id, theme=new.theme, steps=[])
    if motive:
        sealing.seal(session, made, SealedSection.MOTIVE, Motive(motive))
    transition(session, made, Event.SEND, Party.SENDER, now)
    made.sent_at = now
    announce(session, made, now)
    # Without her agreement nothing is written to her: others may read her mail.
    if copy_by_mail and consent is not None:
        _copy_to_person(session, made, cut, now)
    verb = AuditVerb.REFERRAL_SENT_IN_EMERGENCY if made.emergency else AuditVerb.REFERRAL_SENT
    _audited(session, new.sender, verb, made, now)
    if undelivered is not None:
        # Last: the ledger's file is not undone with the transaction, and would erase it though nothing was sent.
        session.flush()
        withdraw(session, undelivered, Party.SENDER, f"account:{new.sender.id}", now)
    return made


def _write(session: Session, new: NewReferral, now: datetime) -> Referral:
    """The draft or a new referral with what the form says, sealed."""
    made = new.draft or _new(session, new, now)
    made.service_id, made.theme, made.urgency = new.service.id, new.theme, new.urgency
    sealing.seal(session, made, SealedSection.SENDER, new.content.sender)
    sealing.seal(session, made, SealedSection.PERSON, new.content.person)
    sealing.seal(session, made, SealedSection.NEED, new.content.need)
    return made


def _copy_to_person(session: Session, referral: Referral, content: Content, now: datetime) -> None:
    """Her copy to the address she gave, where mail is a way to reach her."""
    referral.copy_by_mail = "mail" in content.person.contact and bool(content.person.mail)
    if referral.copy_by_mail:
        code = person_code(str(session.info["secret_key"]), referral)
        telling.tell_person(session, content.person.mail, referral, code, now)


def _hand_on(
    session: Session, previous: Referral | None, sender: Account, now: datetime
) -> tuple[Referral | None, Referral | None]:
    """The declined referral that goes to another service; or the one whose mail failed, still to be withdrawn."""
    if previous is None:
        return None, None
    if previous.state is ReferralState.DECLINED:
        transition(session, previous, Event.REROUTE, Party.SENDER, now)
        _audited(session, sender, AuditVerb.REFERRAL_REROUTED, previous, now)
        return previous, None
    if not may_hand_on(session, previous, now):
        raise InvalidTransitionError("neither declined nor undelivered")
    return None, previous


def renew(session: Session, referral: Referral, sender: Account, consent: Consent, now: datetime) -> None:
    """The person agrees anew: the content opens again until the new day. Raises ConsentMissingError,
    InvalidTransitionError.

    Her new word says too who takes over, if anybody.
    """
    _require(consent, "", now)
    substitute = _substitute(session, sender, consent)
    transition(session, referral, Event.RENEW, Party.SENDER, now)
    referral.consent_way, referral.consent_date = consent.way, consent.day
    referral.consent_language, referral.consent_expires = consent.language, consent.expires
    referral.consent_copy, referral.substitute = consent.copy, substitute
    # How it was sent stays marked: an agreement that comes later does not undo it.
    _audited(session, sender, AuditVerb.REFERRAL_CONSENT_RENEWED, referral, now)


def announce_again(session: Session, referral: Referral, sender: Account, now: datetime) -> None:
    """The mail to the service has failed: it is written anew, to the address on file now, with a fresh link.

    Raises InvalidTransitionError when it has not failed (any more), or the service has answered; CannotReceiveError
    without an address.
    """
    if referral.state not in WAITING or not undelivered_now(session, referral, now):
        raise InvalidTransitionError("nothing failed")
    if not can_receive(referral.service) or not announce(session, referral, now, instead=True):
        raise CannotReceiveError
    _audited(session, sender, AuditVerb.REFERRAL_MAIL_SENT_AGAIN, referral, now)


def withdraw(session: Session, referral: Referral, who: Party, actor: str, now: datetime) -> None:
    """Withdrawn by the worker or by the person: link and content are gone at once, both sides are told.

    What they are told holds the reference and the service, never a name. A service whose mail has never left, and
    who has not opened it otherwise, does not know of it, and is told nothing. Raises InvalidTransitionError.
    """
    mail.hold_about(session, telling.about(referral))
    delivered = deliveries.deliveries(session, [referral], now)[referral.uid]
    unknown = referral.state is ReferralState.SENT and deliveries.never_left(delivered)
    transition(session, referral, Event.WITHDRAW, who, now)
    audit.record(session, actor, AuditVerb.REFERRAL_WITHDRAWN, f"referral:{referral.uid}", str(who), now=now)
    if not unknown:
        actor_id = referral.sender_id if who is Party.SENDER else None
        ended = telling.Notice("referral_ended", {"what": "withdrawn"}, last=True, actor_id=actor_id)
        telling.tell_receiver(session, referral, ended, now)
    telling.tell_sender(session, "withdrawn", referral, now, last=True)
    erase(session, referral, now)


def take_back(session: Session, referral: Referral, now: datetime) -> None:
    """The person takes her agreement back: what is open is withdrawn, and in any state it is erased at once."""
    if allowed(referral, Event.WITHDRAW, Party.PERSON):
        withdraw(session, referral, Party.PERSON, "person", now)
        return
    audit.record(session, "person", AuditVerb.REFERRAL_ERASED, f"referral:{referral.uid}", now=now)
    erase(session, referral, now)


def drop_draft(session: Session, referral: Referral, sender: Account, now: datetime) -> None:
    """A draft is thrown away at once. Raises InvalidTransitionError when it was sent."""
    if referral.state is not ReferralState.DRAFT:
        raise InvalidTransitionError("only a draft is thrown away")
    _audited(session, sender, AuditVerb.REFERRAL_DRAFT_DROPPED, referral, now)
    erase(session, referral, now)


def close(
    session: Session, referral: Referral, who: Party, actor: str, outcome: Outcome, now: datetime
) -> None:
    """How it ended: by the sender or the receiver, once accepted. Raises InvalidTransitionError."""
    transition(session, referral, Event.CLOSE, who, now)
    referral.outcome = outcome
    if referral.trace is not None:
        referral.trace.outcome = outcome
    drop_links(session, referral)
    audit.record(session, actor, AuditVerb.REFERRAL_CLOSED, f"referral:{referral.uid}", outcome, now=now)


def is_bound(service: Service) -> bool:
    """Is the receiver bound by professional secrecy? The coordinator says so; not known counts as no."""
    return service.organization is not None and service.organization.bound_by_secrecy is YesNo.YES


def person_code(secret_key: str, referral: Referral) -> str:
    """The code on the person's own copy, with which she withdraws without an account.

    Made from the secret key each time, so that it is stored nowhere and dies with the referral.
    """
    return digest(secret_key, "referral-person", referral.uid)[:32]


def by_person_code(session: Session, secret_key: str, reference: str, code: str) -> Referral | None:
    """The referral of this reference if the code is its person's; None else, and when it is erased."""
    referral = session.scalar(select(Referral).where(Referral.reference == reference))
    right = person_code(secret_key, referral) if referral is not None else "0" * 32
    same = secrets.compare_digest(right.encode(), code.encode())
    if referral is None or not same or referral.state is ReferralState.DRAFT:
        return None
    return referral


def _require(consent: Consent | None, motive: str, now: datetime) -> None:
    if consent is None:
        if not motive.strip():
            raise ConsentMissingError("motive")
        return
    today = now.astimezone(BRUSSELS).date()
    if len(consent.conditions) != CONDITIONS or not all(consent.conditions):
        raise ConsentMissingError("conditions")
    if consent.day > today:
        raise ConsentMissingError("date")
    if not today <= consent.expires <= longest_consent(today):
        raise ConsentMissingError("expires")


def _substitute(session: Session, sender: Account, consent: Consent | None) -> Account | None:
    """The colleague the person agreed to; raises ConsentMissingError when she is none of the sender's any more."""
    if consent is None or consent.substitute is None:
        return None
    found = [each for each in colleagues(session, sender) if each.id == consent.substitute]
    if not found:
        raise ConsentMissingError("substitute")
    return found[0]


def _agree(referral: Referral, consent: Consent | None, content: Content) -> None:
    referral.consent_scope = content.scope()
    if consent is not None:
        referral.consent_way, referral.consent_date = consent.way, consent.day
        referral.consent_language, referral.consent_expires = consent.language, consent.expires
        referral.consent_copy = consent.copy


def _new(session: Session, new: NewReferral, now: datetime) -> Referral:
    made = Referral(
        uid=new.uid or secrets.token_hex(16),
        reference=_reference(session, now),
        service_id=new.service.id,
        sender_id=new.sender.id,
        previous_id=new.previous.id if new.previous is not None else None,
        state=ReferralState.DRAFT,
        theme="",
        urgency=Urgency.NORMAL,
        created_at=now,
        state_since=now,
        consent_scope=[],
        emergency=False,
        copy_by_mail=False,
        reminders=0,
    )
    session.add(made)
    session.flush()
    return made


def _reference(session: Session, now: datetime) -> str:
    year = now.astimezone(BRUSSELS).year
    while True:
        found = f"JR-{year}-{''.join(secrets.choice(ALPHABET) for _ in range(5))}"
        if session.scalar(select(Referral.id).where(Referral.reference == found)) is None:
            return found


def _audited(session: Session, account: Account, verb: AuditVerb, referral: Referral, now: datetime) -> None:
    audit.record(session, f"account:{account.id}", verb, f"referral:{referral.uid}", now=now)
