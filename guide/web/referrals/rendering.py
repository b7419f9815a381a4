"""What a fiche-relais says, in words: for the page, for paper, and for the files the person may take along."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.model import Account
from guide.referrals import Referral, finding, holding, reading, rendering, telling
from guide.referrals.content import Answer, Content, Motive, Need, Person, Sender
from guide.referrals.labels import Medium
from guide.referrals.life import OPEN, Event, Party
from guide.web.referrals import labels
from guide.web.ui.formatting import short_date
from guide.web.ui.labels import language_name
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

SENDERS_LOOKS = (AuditVerb.REFERRAL_READ, AuditVerb.REFERRAL_CONTACT_READ)
"""Those of whoever held it then: its sender, or who took over."""

LOOKS = (AuditVerb.REFERRAL_NEED_READ, AuditVerb.REFERRAL_PERSON_READ, *SENDERS_LOOKS)
"""Verbs of the log that say somebody read content."""

MOST_LOOKS = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines of a fiche under one title: pairs (what it is called, what it says)."""

    title: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FullContent:
    """What was unsealed together: the content, the receiver's answer, the motive of an emergency."""

    content: Content
    answer: Answer
    motive: Motive


def with_answer(db_session: Session, referral: Referral, content: Content) -> FullContent:
    """The content with what stands beside it; in the transaction that noted the reading."""
    return FullContent(
        content, reading.read_answer(db_session, referral), reading.read_motive(db_session, referral)
    )


def groups(what: FullContent, reader_is: Party = Party.SENDER) -> list[Group]:
    """The content in words; what is empty is left out.

    Why there was no agreement is for the sender to account for: the receiver, who may not be bound by secrecy,
    does not read it.
    """
    content = what.content
    motive = what.motive.words if reader_is is Party.SENDER else ""
    found = [
        Group(_("La personne"), _lines(content.person)),
        Group(_("Sa demande"), _lines(content.need)),
        Group(_("Qui envoie"), _lines(content.sender)),
        Group(_("Envoyée sans accord : danger grave"), _words(_("Pourquoi"), motive)),
        Group(_("La réponse du service"), _words(_("Réponse"), what.answer.words)),
    ]
    return [group for group in found if group.lines]


def history(referral: Referral) -> list[tuple[datetime, str]]:
    """What happened to it, oldest first, at the time in Jette."""
    return [
        (event.at.astimezone(BRUSSELS), labels.referral_event_label(event.event, event.role))
        for event in referral.events
    ]


def looks(db_session: Session, referral: Referral) -> list[tuple[datetime, str, str]]:
    """Who read its content: (when, who, what), oldest first. Of the receiver's people only that they are its."""
    service = referral.service.name.localized(reader()).words
    return [
        (
            datetime.fromisoformat(entry.at).astimezone(BRUSSELS),
            _holder_then(db_session, entry.actor) if entry.verb in SENDERS_LOOKS else service,
            audit.verb_label(entry.verb, reader()),
        )
        for entry in reversed(audit.latest(db_session, f"referral:{referral.uid}", MOST_LOOKS))
        if entry.verb in LOOKS
    ]


def _holder_then(db_session: Session, actor: str) -> str:
    """The name of the worker who read as the fiche's holder, which another may be since."""
    number = actor.removeprefix("account:")
    account = db_session.get(Account, int(number)) if number.isdigit() else None
    return (account.name if account is not None else "") or _("Travailleur social")


def was_handed_over(referral: Referral) -> bool:
    """Does somebody else hold it than whoever sent it?"""
    return any(event.event == Event.HAND_OVER for event in referral.events)


def facts(referral: Referral) -> list[tuple[str, str]]:
    """Where it stands and what was agreed, without any content."""
    lines = [
        (_("Numéro"), referral.reference),
        (_("Service"), referral.service.name.localized(reader()).words),
        (_("État"), labels.referral_state_label(referral.state)),
        (_("Urgence"), labels.urgency_label(referral.urgency)),
    ]
    if referral.sender is not None:
        lines.append((_("Suivie par"), referral.sender.name))
    if (substitute := holding.substitute_of(referral)) is not None:
        lines.append((_("Si son compte est fermé, par"), substitute.name))
    if referral.sent_at is not None:
        lines.append((_("Envoyée le"), short_date(referral.sent_at.astimezone(BRUSSELS).date())))
    if referral.consent_way is not None and referral.consent_date is not None:
        lines += [
            (
                _("Accord donné"),
                f"{labels.consent_way_label(referral.consent_way)}, {short_date(referral.consent_date)}",
            ),
            (_("Expliqué en"), language_name(referral.consent_language or "fr")),
            (_("Sur quoi porte l’accord"), scope(referral)),
            (_("Copie remise"), _("Oui") if referral.consent_copy else _("Non")),
        ]
    if referral.consent_expires is not None:
        lines.append((_("Accord valable jusqu’au"), short_date(referral.consent_expires)))
    if referral.emergency:
        lines.append((_("Accord donné"), _("Non : envoyée pour un danger grave et immédiat")))
    if referral.appointment is not None:
        lines.append((_("Rendez-vous"), short_date(referral.appointment)))
    if referral.reason is not None:
        lines.append(
            (_("Pourquoi le service ne peut pas aider"), labels.decline_reason_label(referral.reason))
        )
    if referral.outcome is not None:
        lines.append((_("Comment cela s’est terminé"), labels.outcome_label(referral.outcome)))
    return lines


def standing(db_session: Session, referral: Referral, now: datetime) -> dict[str, Any]:
    """What every page of a fiche must say truly: whom an answer reaches, who took it over, where it came from,
    whether its receiver can still read it, and where its agreement comes too short."""
    return {
        "hears": str(telling.hearer(db_session, referral)),
        "sender_organizations": holding.sender_organizations(db_session, referral),
        "readable": referral.state in OPEN and not finding.consent_lapsed(referral, now),
        "handed_to": telling.holder_of(referral) if was_handed_over(referral) else None,
        "ends_soon": finding.consent_ends_soon(referral, now),
        "ends_too_soon": finding.consent_ends_before_appointment(referral),
    }


def scope(referral: Referral) -> str:
    """What the person agreed to pass on: the names of the fields, in words."""
    return rendering.scope(referral.consent_scope, reader())


def as_text(db_session: Session, referral: Referral, what: FullContent) -> str:
    """Everything about a fiche as plain text."""
    lines = [_("Fiche-relais %(reference)s", reference=referral.reference), ""]
    sections = [Group(_("Où elle en est"), facts(referral)), *groups(what)]
    sections.append(Group(_("Ce qui s’est passé"), [(_moment(at), said) for at, said in history(referral)]))
    sections.append(
        Group(
            _("Qui l’a lue"), [(_moment(at), f"{who} {did}") for at, who, did in looks(db_session, referral)]
        )
    )
    for group in sections:
        lines += [group.title, *(f"- {name}: {words}" for name, words in group.lines), ""]
    return "\n".join(lines)


def as_json(db_session: Session, referral: Referral, what: FullContent) -> str:
    """Everything about a fiche for a machine: names as in the code, times in UTC."""
    substitute = holding.substitute_of(referral)
    made: dict[str, Any] = {
        "reference": referral.reference,
        "service": {"fr": referral.service.name.fr, "nl": referral.service.name.nl},
        "holder": referral.sender.name if referral.sender else None,
        "substitute": substitute.name if substitute is not None else None,
        "state": referral.state,
        "urgency": referral.urgency,
        "theme": referral.theme,
        "created": referral.created_at.isoformat(),
        "sent": referral.sent_at.isoformat() if referral.sent_at else None,
        "seen": referral.seen_at.isoformat() if referral.seen_at else None,
        "ended": referral.ended_at.isoformat() if referral.ended_at else None,
        "appointment": referral.appointment.isoformat() if referral.appointment else None,
        "reason": referral.reason,
        "outcome": referral.outcome,
        "consent": {
            "way": referral.consent_way,
            "date": referral.consent_date.isoformat() if referral.consent_date else None,
            "language": referral.consent_language,
            "scope": referral.consent_scope,
            "expires": referral.consent_expires.isoformat() if referral.consent_expires else None,
            "copy": referral.consent_copy,
            "emergency": referral.emergency,
        },
        "content": asdict(what.content),
        "answer": what.answer.words,
        "motive": what.motive.words,
        "history": [
            {"at": event.at.isoformat(), "event": event.event, "role": event.role}
            for event in referral.events
        ],
        "read": [
            {"at": at.isoformat(), "who": who, "what": did} for at, who, did in looks(db_session, referral)
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=2)


def _moment(at: datetime) -> str:
    return f"{short_date(at.date())} {at:%H:%M}"


def _words(label: str, words: str) -> list[tuple[str, str]]:
    return [(label, words)] if words else []


def _lines(part: Sender | Person | Need) -> list[tuple[str, str]]:
    return [(line.label, ", ".join(line.values)) for line in rendering.lines(part, reader(), Medium.ACCOUNT)]
