"""What became of a mail, in the reader's words: the state, the reason, what it was about, and what to do.

A mail server that accepted a message is never said to have brought it to somebody. Nothing here names a person of
whom a fiche-relais tells, nor holds a token: of a sealed mail only what it is about is looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import g, url_for
from sqlalchemy import and_, or_, select

from guide import mail
from guide.clock import BRUSSELS
from guide.editing import kept
from guide.mail import fates
from guide.mail.transport import OF_THE_SERVER
from guide.model import Account, AccountState, Mail, MailReason, Proposal, Service
from guide.referrals import finding
from guide.referrals.deliveries import Delivery
from guide.referrals.telling import COUNTED
from guide.web.security import access_control
from guide.web.ui.formatting import clock_time, how_long, short_date
from guide.web.ui.labels import mail_label
from guide.web.ui.record_labels import proposal_title
from guide.web.ui.request_context import now, session
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

TOLD_FOR = timedelta(days=7)
"""How long whoever acted reads on her own page that a mail of hers has failed; the coordinator's list has it on."""

LINKS_ASKED_FOR = ("sign_in_link", "password_reset")
"""Kinds that anybody may ask for with anybody's address."""

OF_AN_ADDRESS = (fates.ADDRESS_CODE, "address_changed")
"""Kinds that a change of one's own address brings: they go to the address itself, and are about the account."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail in words. `thing`: what it is about, with its address ('' when there is none); `whom`: the account
    it goes to or is about, where the reader may know; `advice`: what to do ('' when nothing helps)."""

    row: Mail
    fate: mail.Fate
    label: str
    thing: str
    url: str
    whom: str
    sentence: str
    advice: str

    @property
    def written(self) -> str:
        """When it was written, to the minute: two about one thing are told apart by it."""
        at = self.row.created_at.astimezone(BRUSSELS)
        return _("%(date)s à %(time)s", date=short_date(at.date()), time=clock_time(at))

    @property
    def again(self) -> bool:
        """May it be sent again?"""
        useless = self.row.expires_at is not None and self.row.expires_at <= now()
        # A code is for the page that asked for it: whoever sits there asks for another one.
        return self.fate is not mail.Fate.EXPIRED and not useless and self.row.kind != fates.ADDRESS_CODE


def reason_words(reason: MailReason | None) -> str:
    """Why a mail did not go, as the end of a sentence; '' when nothing is known."""
    return {
        MailReason.UNREACHABLE: _("le serveur de messagerie ne répond pas"),
        MailReason.TLS: _("la liaison chiffrée avec le serveur de messagerie ne se fait pas"),
        MailReason.LOGIN: _("le serveur de messagerie refuse le mot de passe du guide"),
        MailReason.SENDER: _("le serveur de messagerie refuse l’adresse d’où le guide écrit"),
        MailReason.BUSY: _("le serveur de messagerie demande d’attendre"),
        MailReason.FOLDER: _("le guide ne peut pas écrire dans le dossier des messages"),
        MailReason.LATER: _("le serveur de messagerie ne le prend pas encore"),
        MailReason.RECEIVER: _("le serveur de messagerie refuse cette adresse"),
        MailReason.CONTENT: _("le serveur de messagerie refuse ce message"),
        MailReason.ADDRESS: _("on ne peut pas écrire à cette adresse"),
        MailReason.TEXT: _("le guide n’a pas pu écrire le message"),
        MailReason.ON_ITS_WAY: _("la liaison s’est coupée pendant l’envoi"),
        MailReason.DROPPED: _("la coordination l’a arrêté"),
        MailReason.UNANSWERED: _("la liaison s’est coupée pendant l’envoi"),
    }.get(reason, "") if reason is not None else ""  # fmt: skip


def fate_label(fate: str) -> str:
    """The state of a mail in two or three words."""
    return {
        "ready": _("Message prêt à partir"),
        "waiting": _("Message en attente"),
        "late": _("Message en attente"),
        "accepted": _("Message accepté par le serveur de messagerie"),
        "filed": _("Message gardé dans un fichier"),
        "perhaps": _("Message peut-être parti"),
        "refused": _("Message refusé"),
        "given_up": _("Message pas parti"),
        "expired": _("Message pas parti à temps"),
        "dropped": _("Message arrêté"),
    }[fate]


def fate_sentence(fate: mail.Fate, reason: MailReason | None, at: datetime) -> str:
    """What became of a mail; `at`: since when it waits, or when it was accepted."""
    why = reason_words(reason)
    if fate is mail.Fate.ACCEPTED:
        day = short_date(at.astimezone(BRUSSELS).date())
        return _(
            "Le serveur de messagerie a accepté le message le %(day)s. Nous ne savons pas si quelqu’un l’a lu.",
            day=day,
        )
    if fate in (mail.Fate.READY, mail.Fate.WAITING):
        return _waiting(fate, reason, now() - at)
    if fate is mail.Fate.LATE:
        return _late(reason, how_long(now() - at))
    return _unsent(fate, why)


def _unsent(fate: mail.Fate, why: str) -> str:
    """What became of a mail that waits no more and was not accepted."""
    if fate is mail.Fate.FILED:
        return _(
            "Le guide n’a pas de serveur de messagerie : le message est dans un fichier, sur l’ordinateur du guide."
        )
    if fate is mail.Fate.PERHAPS:
        return _("L’envoi a été coupé : le message est peut-être parti, peut-être pas.")
    if fate is mail.Fate.EXPIRED:
        return _("Le message n’est pas parti à temps. Il ne sert plus à rien, et ne part plus.")
    if fate is mail.Fate.DROPPED:
        return _("La coordination a arrêté ce message : il n’est pas parti et ne partira pas.")
    return _("Le message n’est pas parti : %(why)s.", why=why) if why else _("Le message n’est pas parti.")


def _waiting(fate: mail.Fate, reason: MailReason | None, since: timedelta) -> str:
    """Of a mail that is not late, and has waited so long."""
    if reason is MailReason.ON_ITS_WAY:
        return _("Le message part en ce moment. Le serveur de messagerie n’a pas encore répondu.")
    why = reason_words(reason)
    if why:
        return _("Le message attend : %(why)s. Nous réessayons bientôt.", why=why)
    if fate is mail.Fate.READY:
        return _("Le message est prêt à partir.")
    if since < timedelta(minutes=1):
        return _("Le message n’est pas encore parti.")
    return _("Le message attend depuis %(since)s.", since=how_long(since))


def _late(reason: MailReason | None, since: str) -> str:
    why = reason_words(reason)
    if not why:
        return _("Le message attend depuis %(since)s.", since=since)
    if reason in OF_THE_SERVER:
        return _(
            "Le message attend depuis %(since)s : %(why)s. Nous réessayons au moins toutes les cinq minutes.",
            since=since,
            why=why,
        )
    return _("Le message attend depuis %(since)s : %(why)s. Nous réessayons encore.", since=since, why=why)


def news_lost(delivery: Delivery) -> str:
    """For the service: the mail to who holds a fiche has failed, or may still arrive."""
    if delivery.fate in (mail.Fate.LATE, mail.Fate.PERHAPS):
        return _("Le travailleur social n’a peut-être pas reçu notre message")
    return _("Le travailleur social n’a pas reçu notre message")


def advice(row: Mail, fate: mail.Fate, to_actor: bool) -> str:
    """What the reader can do: whoever caused the mail (`to_actor`), or whoever looks after all mails. '' when it is
    nothing: waiting is all there is, or a coordinator has stopped it."""
    if fate not in mail.TROUBLES or fate is mail.Fate.LATE or row.reason is MailReason.DROPPED:
        return ""
    if row.kind in OF_AN_ADDRESS:
        return _advice_on_address(row.kind, fate, to_actor)
    if fate is mail.Fate.PERHAPS:
        return _("Demandez par téléphone s’il est arrivé, avant de le renvoyer.")
    if row.kind == "invitation":
        return _("Corrigez l’adresse dans la liste des comptes, ou appelez la personne.")
    if row.kind in LINKS_ASKED_FOR:
        return _("Appelez la personne : elle attend peut-être ce message.")
    if row.kind == "referral_person":
        return _("Le travailleur social le voit sur la fiche-relais, et donne la copie sur papier.")
    if row.kind.startswith("referral_") and row.account_id is None:
        return _("Appelez le service, et corrigez l’adresse pour les fiches-relais dans sa fiche de service.")
    if row.kind == "report_closed":
        return _(
            "L’adresse est peut-être mal écrite. Nous n’avons pas d’autre moyen de répondre à cette personne."
        )
    if row.account_id is not None:
        return _(
            "Appelez la personne. Si son adresse a changé, elle la change elle-même sous « Mon compte »."
        )
    return ""


def _advice_on_address(kind: str, fate: mail.Fate, to_actor: bool) -> str:
    """Of a mail about a change of one's own address. Where the old mailbox could not be told, whoever made the
    change is the only other reader: the coordinator asks the person whose account it is."""
    failed = fate in (mail.Fate.REFUSED, mail.Fate.GIVEN_UP)
    if kind == "address_changed" and not to_actor:
        return _(
            "Appelez la personne au numéro de son service : est-ce bien elle qui a changé son adresse ? "
            "Sinon, fermez son compte."
        )
    if kind == "address_changed":
        return (
            _("L’ancienne adresse ne prend peut-être plus de messages. Vous n’avez rien à faire.")
            if failed
            else _("Vous n’avez rien à faire.")
        )
    if not to_actor:
        return _("La personne le voit elle-même, et peut demander un autre code. Vous n’avez rien à faire.")
    if failed:
        return _(
            "L’adresse est peut-être mal écrite. Vérifiez-la, puis demandez un autre code sous « Mon compte »."
        )
    return _("Demandez un autre code sous « Mon compte ».")


def mail_lines(rows: Sequence[Mail]) -> list[MailLine]:
    """These mails in words; a few queries, however many there are."""
    things, me = _Things(rows), access_control.signed_in()
    lines = []
    for row in rows:
        fate = mail.fate(row, now(), away())
        thing, url = things.of(row)
        reason = row.reason or (None if row.sent_at is not None else away())
        sentence = fate_sentence(fate, reason, row.sent_at or row.created_at)
        # Who sends and who receives a fiche is its participants' to know; a count names no fiche.
        known = row.account if not row.kind.startswith("referral_") or row.kind in COUNTED else None
        known = known or things.account(row)
        whom = (known.name or known.email) if known is not None else ""
        what_to_do = advice(row, fate, to_actor=me is not None and row.actor_id == me.id)
        lines.append(MailLine(row, fate, mail_label(row.kind), thing, url, whom, sentence, what_to_do))
    return lines


def away() -> MailReason | None:
    """Why the mail server takes nothing just now; asked once for a page."""
    if "mail_server_away" not in g:
        g.mail_server_away = mail.outage_reason(session())
    return cast("MailReason | None", g.mail_server_away)


def own() -> tuple[list[MailLine], MailLine | None]:
    """What the reader is told of her own mails: those that what she did has brought and that failed, and the last one
    to her own address, if it was refused."""
    account = access_control.signed_in()
    if account is None:
        return [], None
    caused = and_(Mail.actor_id == account.id, Mail.created_at > now() - TOLD_FOR)
    to_her = and_(
        Mail.account_id == account.id, Mail.kind.not_in(LINKS_ASKED_FOR), Mail.given_up_at.is_not(None)
    )
    # What nobody has to decide about any more: stopped, or a code whose minutes are over.
    settled = or_(and_(fates.DROPPED, Mail.sent_at.is_(None)), fates.over(now()))
    stopped = mail.latest(session(), caused, settled)
    found = mail_lines([*mail.troubled(session(), now(), or_(caused, to_her)), *stopped])
    mine = [one for one in found if one.row.actor_id == account.id and one.row.created_at > now() - TOLD_FOR]
    refused = [
        one
        for one in found
        if one.row.account_id == account.id and one.fate in (mail.Fate.REFUSED, mail.Fate.GIVEN_UP)
    ]
    return mine, refused[-1] if refused and not _taken_since(refused[-1].row) else None


def _taken_since(refused: Mail) -> bool:
    """Has the mail server accepted a later mail to the same account?"""
    later = and_(Mail.account_id == refused.account_id, Mail.id > refused.id, Mail.sent_at.is_not(None))
    return fates.count(session(), later) > 0


def to_accounts(accounts: Sequence[Account]) -> dict[int, list[MailLine]]:
    """By account, what to tell the coordinator of its mails: how an invitation without an answer stands, and what
    has failed."""
    numbers = [account.id for account in accounts]
    invited = [account.id for account in accounts if account.state is AccountState.INVITED]
    waits = and_(Mail.kind == "invitation", Mail.account_id.in_(invited))
    names_no_fiche = or_(Mail.kind.not_like("referral_%"), Mail.kind.in_(COUNTED))
    ours = and_(Mail.account_id.in_(numbers), names_no_fiche, Mail.sent_at.is_(None))
    last = {(row.account_id, row.kind): row for row in mail.latest(session(), or_(waits, ours))}
    rows = [row for row in last.values() if _worth_telling(row)]
    found: dict[int, list[MailLine]] = {}
    for line in mail_lines(rows):
        assert line.row.account_id is not None
        found.setdefault(line.row.account_id, []).append(line)
    return found


def _worth_telling(row: Mail) -> bool:
    invited = (
        row.kind == "invitation" and row.account is not None and row.account.state is AccountState.INVITED
    )
    # What a coordinator stopped needs nothing more of her, even where it perhaps left before.
    return invited or (row.reason is not MailReason.DROPPED and mail.fate(row, now()) in mail.TROUBLES)


def waiting() -> tuple[int, int]:
    """How many mails are ready to leave, and how many wait and are not late."""
    under_way = [mail.fate(row, now(), away()) for row in mail.latest(session(), fates.UNDER_WAY)]
    return under_way.count(mail.Fate.READY), under_way.count(mail.Fate.WAITING)


class _Things:
    """What mails are about, read at once."""

    def __init__(self, rows: Sequence[Mail]) -> None:
        names = [(row.about or "").partition(":") for row in rows]
        keys = {kind: {key for one, _colon, key in names if one == kind} for kind, _colon, _key in names}
        numbers = {
            kind: [int(key) for key in keys.get(kind, ()) if key.isdigit()]
            for kind in ("service", "proposal", "account")
        }
        services = select(Service).where(Service.id.in_(numbers["service"]))
        accounts = select(Account).where(Account.id.in_(numbers["account"]))
        proposals = select(Proposal).where(Proposal.id.in_(numbers["proposal"]), kept.HAS_WORDS)
        # Nothing is asked for what no mail is about: these stand on the first page of everybody's space.
        self._referrals = finding.with_services(session(), keys.get("referral", set()))
        self._services = {row.id: row for row in session().scalars(services)} if numbers["service"] else {}
        self._proposals = {row.id: row for row in session().scalars(proposals)} if numbers["proposal"] else {}
        self._accounts = {row.id: row for row in session().scalars(accounts)} if numbers["account"] else {}

    def account(self, row: Mail) -> Account | None:
        """The account it is about; None for other things."""
        kind, _colon, key = (row.about or "").partition(":")
        return self._accounts.get(int(key)) if kind == "account" and key.isdigit() else None

    def of(self, row: Mail) -> tuple[str, str]:
        """What it is about in words, and its page where the coordinator has one."""
        kind, _colon, key = (row.about or "").partition(":")
        referral = self._referrals.get(key) if kind == "referral" else None
        if referral is not None:
            return f"{referral.reference}, {referral.service.name.localized(reader()).words}", ""
        service = self._services.get(int(key)) if kind == "service" else None
        if service is not None:
            return service.name.localized(reader()).words, ""
        proposal = self._proposals.get(int(key)) if kind == "proposal" else None
        if proposal is not None:
            words = proposal_title(proposal)
            return words.words if words else _("Fiche sans nom"), url_for(
                "moderation.review.proposal", number=proposal.id
            )
        return "", ""


LABELS = {
    "mail_fate_label": fate_label,
    "mail_fate_sentence": fate_sentence,
    "mail_news_lost": news_lost,
    "mail_troubles": mail.TROUBLES,
    "own_mails": own,
}
