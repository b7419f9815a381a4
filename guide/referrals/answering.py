"""The receiver's side, without an account: a link, a code to the address on file, a visit of half an hour.

A link that is wrong, used, too old or of a referral that is over gets the same answer in the same time: "if we
know this link, we have written to the service's address". To a good link that mail brings a code; to a used or
an old one of a referral that still waits, a fresh link. Where nothing is mailed the same work is done and undone,
so that the time tells nothing. Only digests are kept.
"""

import hmac
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from guide import audit, mail
from guide.audit import AuditVerb
from guide.clock import lasts
from guide.crypto import digest, token_digest
from guide.model import DeclineReason
from guide.model.referrals import Referral, ReferralLink
from guide.referrals import links, sealing
from guide.referrals.content import Answer, Content, SealedSection, refuse_numbers
from guide.referrals.erasing import erased_from
from guide.referrals.finding import consent_ends_before_appointment, consent_lapsed
from guide.referrals.life import OPEN, Event, InvalidTransitionError, Party, transition
from guide.referrals.telling import Notice, receiver_language_of, tell_receiver, tell_sender

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
VISIT_LIFE = timedelta(minutes=30)
PAUSE = timedelta(minutes=10)
"""A fresh link or code is mailed at most so often: whoever holds a link can neither flood nor go on guessing."""


def ask(session: Session, token: str, now: datetime) -> None:
    """Somebody pressed the button of a link: a code, a fresh link, or nothing is mailed to the address on file.

    Gives nothing back: the page says the same whatever the token was.
    """
    link = links.of_token(session, token)
    code = f"{secrets.randbelow(1_000_000):06d}"
    keyed = _code_digest(session, token, code)
    if link is None or not _alive(link.referral, now) or _just_written(link, now):
        _as_much_work(session, code, now)
        return
    with session.begin_nested():
        if link.used_at is not None or not links.lives(link, now):
            # The old row stays as long as its visit does, and tells of the pause.
            link.code_expires_at = now + PAUSE
            links.send(session, link.referral, now, again=True)
            return
        link.code_digest, link.code_expires_at, link.code_tries = keyed, now + CODE_LIFE, 0
        session.flush()
        ends = link.code_expires_at
        notice = Notice("referral_code", {"code": code}, expires_at=ends)
        tell_receiver(session, link.referral, notice, now)


def enter(session: Session, token: str, code: str, now: datetime) -> tuple[str, Referral] | None:
    """A right code opens a visit: (token of the visit, the referral); the link is then used. None for all else.

    Five tries, ten minutes; a wrong one is counted, so the caller commits in either case.
    """
    link = links.of_token(session, token)
    keyed = _code_digest(session, token, code.strip())
    known = link.code_digest if link is not None and link.code_digest else "0" * 64
    same = hmac.compare_digest(known.encode(), keyed.encode())
    if link is None or not _takes_codes(link, now):
        _count_try(session, 0)
        return None
    if not same:
        _count_try(session, link.id)
        return None
    visit = secrets.token_urlsafe(32)
    link.used_at, link.code_digest, link.code_expires_at = now, None, None
    link.visit_digest, link.visit_ends_at = token_digest(visit), now + VISIT_LIFE
    session.flush()
    return visit, link.referral


def visited(session: Session, visit: str, now: datetime) -> Referral | None:
    """The referral that this visit was opened for, while it lasts."""
    link = session.scalar(
        select(ReferralLink)
        .where(ReferralLink.visit_digest == token_digest(visit))
        .options(joinedload(ReferralLink.referral).joinedload(Referral.service))
    )
    if link is None or link.visit_ends_at is None or not lasts(link.visit_ends_at, now, VISIT_LIFE):
        return None
    return link.referral if erased_from(link.referral) > now else None


def leave(session: Session, visit: str) -> None:
    """The visitor is done: her visit ends."""
    session.execute(
        update(ReferralLink)
        .where(ReferralLink.visit_digest == token_digest(visit))
        .values(visit_digest=None, visit_ends_at=None)
        .execution_options(synchronize_session="fetch")
    )


def study(session: Session, referral: Referral, actor: str, now: datetime) -> None:
    """The receiver looks into it. Raises InvalidTransitionError, also while the person's agreement has run out."""
    _require_agreement(referral, now)
    _answered(session, referral, Event.STUDY, actor, AuditVerb.REFERRAL_UNDER_STUDY, now)
    tell_sender(session, "under_study", referral, now)


def accept(
    session: Session, referral: Referral, actor: str, words: str, appointment: date | None, now: datetime
) -> None:
    """The receiver takes the person on; `words` say where and when she is expected.

    The sender hears at once when the agreement ends before that day. Raises InvalidTransitionError, also while the
    person's agreement has run out, and RefusedTextError.
    """
    refuse_numbers(Content(), ("words", words))
    _require_agreement(referral, now)
    _answered(session, referral, Event.ACCEPT, actor, AuditVerb.REFERRAL_ACCEPTED, now)
    referral.appointment = appointment
    sealing.seal(session, referral, SealedSection.ANSWER, Answer(words))
    beyond = consent_ends_before_appointment(referral)
    tell_sender(session, "accepted_beyond" if beyond else "accepted", referral, now)


def decline(
    session: Session, referral: Referral, actor: str, reason: DeclineReason, words: str, now: datetime
) -> None:
    """The receiver cannot help, for one of the listed reasons; `words` are a sentence beside it.

    Raises InvalidTransitionError, RefusedTextError.
    """
    refuse_numbers(Content(), ("words", words))
    _answered(session, referral, Event.DECLINE, actor, AuditVerb.REFERRAL_DECLINED, now)
    referral.reason = reason
    if referral.trace is not None:
        referral.trace.reason = reason
    sealing.seal(session, referral, SealedSection.ANSWER, Answer(words))
    tell_sender(session, "declined", referral, now)
    links.end_all_but_visits(session, referral)


def _require_agreement(referral: Referral, now: datetime) -> None:
    """Nobody goes on with what may not be read; to refuse needs no reading."""
    if consent_lapsed(referral, now):
        raise InvalidTransitionError("the person's agreement has run out")


def _answered(
    session: Session, referral: Referral, event: Event, actor: str, verb: AuditVerb, now: datetime
) -> None:
    transition(session, referral, event, Party.RECEIVER, now)
    audit.record(session, actor, verb, f"referral:{referral.uid}", now=now)


def _alive(referral: Referral, now: datetime) -> bool:
    return referral.state in OPEN and erased_from(referral) > now


def _just_written(link: ReferralLink, now: datetime) -> bool:
    """A code is still good, or a fresh link was mailed a moment ago: nothing more is mailed."""
    return link.code_expires_at is not None and lasts(link.code_expires_at, now, PAUSE)


def _takes_codes(link: ReferralLink, now: datetime) -> bool:
    """Was a code asked for, and may it still be given: ten minutes, five tries, a link that is not used?"""
    return (
        link.code_digest is not None
        and link.code_expires_at is not None
        and lasts(link.code_expires_at, now, CODE_LIFE)
        and link.code_tries < CODE_TRIES
        and link.used_at is None
        and links.lives(link, now)
        and _alive(link.referral, now)
    )


def _count_try(session: Session, number: int) -> None:
    """One wrong code more for the link of this number; of 0 the same statement, which changes nothing."""
    session.execute(
        update(ReferralLink)
        .where(ReferralLink.id == number)
        .values(code_tries=ReferralLink.code_tries + 1)
        .execution_options(synchronize_session="fetch")
    )


def _as_much_work(session: Session, code: str, now: datetime) -> None:
    """What a code for a good link costs, and nothing of it stays: as many statements, and a mail sealed."""
    trial = session.begin_nested()
    session.execute(update(ReferralLink).where(ReferralLink.id == 0).values(code_tries=0))
    language = receiver_language_of(session, None, None)
    mail.post(
        session,
        mail.NewMail(
            "referral_code",
            "personne@guide.example",
            {"reference": "JR-2026-00000", "service": "", "code": code},
            language=language,
            sealed=True,
            about=f"referral:{'0' * 32}",
            expires_at=now + CODE_LIFE,
        ),
        now,
    )
    trial.rollback()


def _code_digest(session: Session, token: str, code: str) -> str:
    return digest(str(session.info["secret_key"]), "referral-code", f"{token_digest(token)}:{code}")
