"""The audit log in words: who did what to what, and when; of one thing when it is named. Read, never written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from guide import audit
from guide.clock import BRUSSELS
from guide.editing import kept
from guide.editing.listings import TEXTS
from guide.languages import Language, LocalText
from guide.model import Account, Action, AuditEntry, Organization, Proposal, ProposalState, Service
from guide.records.shapes import ORGANIZATION, SERVICE
from guide.web.ui.labels import account_role_label, progress_label, report_part_label
from guide.web.ui.record_labels import field_label, proposal_title
from guide.web.ui.request_context import session
from guide.web.ui.urls import bilingual_page, query_value, reader

pages = Blueprint("audit_log", __name__)


MOST = 100
"""Entries on the page; the table to download has more."""

FIELDS = {field.name for shape in (SERVICE, ORGANIZATION) for field in shape.fields}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in words. `url` is the page of what it was done to, '' when there is none; `code` what the log
    itself says where we have no words for it."""

    at: datetime
    who: str
    done: str
    what: LocalText
    url: str
    object: str
    detail: str
    code: str


@bilingual_page(pages, "/moderation/journal", "/moderatie/logboek")
def journal(lang: Language) -> str:
    """The last hundred entries of the log; of one thing when it is named."""
    about = query_value("object", lang)[:160]
    return render_template(
        "moderation/audit_log/journal.html",
        found=entries(about, MOST),
        about=about,
        listings=_choices("service", session().scalars(select(Service))),
        organizations=_choices("organization", session().scalars(select(Organization))),
        field="objet" if lang == "fr" else "onderwerp",
        most=MOST,
    )


def entries(about: str, most: int) -> list[Told]:
    """The last entries in words, newest first. Six queries, however many there are.

    None about referrals: who sends one and who reads it is its participants' to know. An auditor has the whole
    log by `guide audit export`.
    """
    found = audit.latest(session(), about or None, most, without="referral")
    return _Words(found).tell()


def verb_label(verb: str) -> str:
    """What was done, for whoever reads the log; '' for a verb we have no words for."""
    return {
        "account_address_changed": _("a corrigé l’adresse d’un compte"),
        "account_address_corrected": _("a corrigé l’adresse d’une invitation"),
        "account_changed": _("a changé ses propres données"),
        "account_deleted": _("a effacé un compte"),
        "account_disabled": _("a fermé un compte"),
        "account_enabled": _("a rouvert un compte"),
        "account_invited": _("a invité une personne"),
        "address_code_asked": _("a demandé un code pour une nouvelle adresse"),
        "action_state_set": _("a noté où en est une action"),
        "backup_restored": _("a remis une sauvegarde en place"),
        "body_added": _("a ajouté un responsable à une action"),
        "body_removed": _("a enlevé un responsable d’une action"),
        "change_proposed": _("a proposé un changement"),
        "change_seen": _("a vu un changement déjà en ligne"),
        "correction_asked": _("a demandé une correction"),
        "draft_saved": _("a enregistré un brouillon"),
        "editor_reminded": _("a écrit à une personne qui tient des fiches de service"),
        "error_reported": _("a signalé une erreur"),
        "figure_set": _("a noté un chiffre"),
        "fulfilment_confirmed": _("a confirmé un lien avec un plan"),
        "fulfilment_proposed": _("a proposé un lien avec un plan"),
        "fulfilment_refused": _("a refusé un lien avec un plan"),
        "fulfilment_withdrawn": _("a retiré un lien avec un plan"),
        "indicator_added": _("a ajouté un indicateur"),
        "indicator_removed": _("a enlevé un indicateur"),
        "invitation_accepted": _("a accepté l’invitation"),
        "kept_text_erased": _("a effacé un texte qui n’était pas publié"),
        "lineage_set": _("a relié une action à celles d’un plan plus ancien"),
        "listing_asked_back": _("a demandé de remettre une fiche de service"),
        "listing_begun": _("a commencé une nouvelle fiche de service"),
        "listing_changed": _("a changé une fiche de service"),
        "listing_confirmed": _("a confirmé une fiche de service"),
        "listing_proposed": _("a envoyé une nouvelle fiche de service"),
        "listing_published": _("a publié une nouvelle fiche de service"),
        "listings_merged": _("a réuni deux fiches de service"),
        "listings_separated": _("a séparé deux fiches de service réunies"),
        "mail_dropped": _("a arrêté un message"),
        "mail_sent_again": _("a renvoyé un message"),
        "organization_added": _("a ajouté un organisme à un compte"),
        "organization_changed": _("a changé un organisme"),
        "organization_removed": _("a retiré un organisme d’un compte"),
        "own_address_changed": _("a changé sa propre adresse"),
        "password_changed": _("a changé son mot de passe"),
        "password_reset_asked": _("a demandé un nouveau mot de passe"),
        "plan_added": _("a ajouté un plan"),
        "proposal_accepted": _("a publié une proposition"),
        "proposal_partly": _("a publié une partie d’une proposition"),
        "proposal_refused": _("a refusé une proposition"),
        "proposal_set_aside": _("a rendu une proposition à son auteur"),
        "proposal_withdrawn": _("a retiré sa proposition"),
        "recovery_code_used": _("s’est connecté avec un code de secours"),
        "recovery_codes_renewed": _("a fait de nouveaux codes de secours"),
        "report_closed": _("a répondu à une erreur signalée"),
        "second_factor_changed": _("a changé ses codes à usage unique"),
        "second_factor_on": _("a activé ses codes à usage unique"),
        "second_factor_reset": _("a effacé les codes d’un téléphone perdu"),
        "selection_changed": _("a changé une feuille à imprimer"),
        "service_expected_set": _("a noté si une action attend un service"),
        "sessions_ended": _("a déconnecté d’autres appareils"),
        "sign_in_link_asked": _("a demandé un lien pour se connecter"),
        "signed_in": _("s’est connecté"),
        "signed_in_by_provider": _("s’est connecté par son organisme"),
        "signed_out": _("s’est déconnecté"),
        "translation_current": _("a dit qu’une traduction est toujours juste"),
    }.get(verb, "")


class _Words:
    """The names of everything that some entries speak of, read at once."""

    def __init__(self, found: list[AuditEntry]) -> None:
        self._found = found
        objects = [entry.object.partition(":") for entry in found]
        keys = {kind: {key for one, _colon, key in objects if one == kind} for kind, _colon, _key in objects}
        keys.setdefault("service", set()).update(
            entry.detail.partition(" ")[2] for entry in found if entry.verb.startswith("listings_")
        )
        numbers = _whole(keys.get("account", set()))
        numbers |= _whole(entry.actor.rpartition(":")[2] for entry in found)
        numbers |= _whole(
            entry.detail.removeprefix("account ") for entry in found if entry.verb == "editor_reminded"
        )
        self._accounts = {
            row.id: row.name or row.email
            for row in session().scalars(select(Account).where(Account.id.in_(numbers)))
        }
        self._services = {
            row.key: row for row in session().scalars(select(Service).where(Service.key.in_(keys["service"])))
        }
        self._houses = {
            row.key: row
            for row in session().scalars(
                select(Organization).where(Organization.key.in_(keys.get("organization", set())))
            )
        }
        self._proposals = {
            str(row.id): row
            for row in session().scalars(
                select(Proposal).where(Proposal.id.in_(_whole(keys.get("proposal", set()))), kept.HAS_WORDS)
            )
        }
        self._actions = {
            row.reference: row
            for row in session().scalars(
                select(Action).where(Action.reference.in_(keys.get("action", set())))
            )
        }

    def tell(self) -> list[Told]:
        told = []
        for entry in self._found:
            done, (what, url) = verb_label(entry.verb), self._what(entry.object)
            detail = self._detail(entry)
            code = "" if done else entry.verb
            at = datetime.fromisoformat(entry.at).astimezone(BRUSSELS)
            told.append(Told(at, self._who(entry.actor), done, what, url, entry.object, detail, code))
        return told

    def _who(self, actor: str) -> str:
        kind, _colon, number = actor.partition(":")
        if kind == "visitor":
            return _("Un visiteur")
        if kind == "receiver":
            return _("Le service qui a reçu la fiche-relais")
        if kind == "person":
            return _("La personne elle-même")
        if kind == "command":
            return _("Une commande sur le serveur")
        name = self._account(number)
        return _("%(name)s, par un lien de son e-mail", name=name) if kind == "link" else name

    def _account(self, number: str) -> str:
        known = self._accounts.get(int(number)) if number.isdigit() else None
        return known or _("Compte n° %(number)s, qui n’existe plus", number=number)

    def _what(self, name: str) -> tuple[LocalText, str]:
        """What it was done to, in words, and its page."""
        lang = reader()
        kind, _colon, key = name.partition(":")
        if kind == "service" and key in self._services:
            return self._services[key].name.into(lang), url_for("desk.listing.listing", ref=key)
        if kind == "organization" and key in self._houses:
            return self._houses[key].name.into(lang), url_for(
                "moderation.organizations.organization", key=key
            )
        if kind == "proposal" and key in self._proposals:
            proposal = self._proposals[key]
            open_to_read = proposal.state is not ProposalState.DRAFT
            words = proposal_title(proposal) or LocalText(_("Fiche de service sans nom"), lang)
            return words, url_for("moderation.review.proposal", number=proposal.id) if open_to_read else ""
        if kind == "account":
            return LocalText(self._account(key), lang), ""
        if kind == "action" and key in self._actions:
            plan, _slash, action = key.partition("/")
            return self._actions[key].text.into(lang), url_for("public.plans.action", plan=plan, key=action)
        if kind == "plan":
            return LocalText(key, lang), url_for("public.plans.show", plan=key)
        if kind == "selection":
            return LocalText(key, lang), url_for("moderation.sheets.sheet", key=key)
        if kind == "mail":
            return LocalText(_("Message n° %(number)s", number=key), lang), ""
        return LocalText(key or name, lang), ""

    def _detail(self, entry: AuditEntry) -> str:
        """The few words of the entry; names of fields, parts and states as they are called on screen."""
        detail = entry.detail
        if not detail:
            return ""
        if entry.verb == "editor_reminded":
            return self._account(detail.removeprefix("account "))
        if entry.verb.startswith("listings_"):
            key = detail.partition(" ")[2]
            return self._services[key].name.into(reader()).words if key in self._services else key
        if entry.verb == "error_reported":
            return report_part_label(detail)
        if entry.verb == "report_closed":
            return _("corrigé") if detail == "mended" else _("rien à corriger")
        if entry.verb == "account_invited":
            return account_role_label(detail)
        if entry.verb == "selection_changed":
            return {"texts": _("textes"), "added": _("service ajouté"), "removed": _("service enlevé")}.get(
                detail.partition(" ")[0], _("ordre")
            )
        if entry.verb == "action_state_set":
            return progress_label(detail)
        version, colon, paths = detail.partition(": ")
        if not colon:
            version, paths = ("", detail) if not detail.startswith("version ") else (detail, "")
        number = version.removeprefix("version ")
        start = _("version %(number)s", number=number) if number else ""
        names = ", ".join(_field(path) for path in paths.split(", ")) if paths else ""
        return f"{start}{_(' :')} {names}" if start and names else start or names


def _field(path: str) -> str:
    """The name of a field of a listing or an organisation, whose form says `name_fr`; else the words themselves."""
    name, dot, side = path.partition(".")
    if not dot and path.rpartition("_")[0] in TEXTS and path.rpartition("_")[2] in ("fr", "nl"):
        name, _line, side = path.rpartition("_")
    if name == "trusted":
        return _("de confiance")
    if name in ("secrecy", "bound_by_secrecy"):
        return _("secret professionnel")
    return field_label(f"{name}.{side}" if side else name) if name in FIELDS else path


def _whole(texts: Iterable[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10}


def _choices(kind: str, rows: Iterable[Service | Organization]) -> list[tuple[str, str]]:
    """(object, name) of each, in the order of the names."""
    pairs = [(f"{kind}:{row.key}", row.name.into(reader()).words) for row in rows]
    return sorted(pairs, key=lambda pair: pair[1].casefold())
