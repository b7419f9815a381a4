"""The audit log in words: who did what to what, and when; of one thing when it is named. Read, never written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from sqlalchemy import select

from guide import audit
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.editing import kept
from guide.editing.listings import TEXTS
from guide.languages import Language, LocalText
from guide.model import Account, Action, AuditEntry, Organization, Proposal, ProposalState, Service
from guide.records.paths import path_to
from guide.records.shapes import ORGANIZATION, SERVICE
from guide.web.ui.labels import account_role_label, progress_label, report_part_label
from guide.web.ui.record_labels import field_label, proposal_title
from guide.web.ui.request_context import session
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_value, reader

pages = Blueprint("audit_log", __name__)


MOST = 100
"""Entries on the page; the table to download has more."""

MERGES = (AuditVerb.LISTINGS_MERGED, AuditVerb.LISTINGS_SEPARATED)
"""Verbs whose detail names the other listing."""

FIELDS = {field.name for shape in (SERVICE, ORGANIZATION) for field in shape.fields}


@dataclass(frozen=True, slots=True)
class EntryLine:
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


def entries(about: str, most: int) -> list[EntryLine]:
    """The last entries in words, newest first. Six queries, however many there are.

    None about referrals: who sends one and who reads it is its participants' to know. An auditor has the whole
    log by `guide audit export`.
    """
    found = audit.latest(session(), about or None, most, without="referral")
    return _Words(found).lines()


class _Words:
    """The names of everything that some entries speak of, read at once."""

    def __init__(self, found: list[AuditEntry]) -> None:
        self._found = found
        objects = [entry.object.partition(":") for entry in found]
        keys = {kind: {key for one, _colon, key in objects if one == kind} for kind, _colon, _key in objects}
        keys.setdefault("service", set()).update(
            entry.detail.partition(" ")[2] for entry in found if entry.verb in MERGES
        )
        numbers = _whole(keys.get("account", set()))
        numbers |= _whole(entry.actor.rpartition(":")[2] for entry in found)
        numbers |= _whole(
            entry.detail.removeprefix("account ")
            for entry in found
            if entry.verb == AuditVerb.EDITOR_REMINDED
        )
        self._accounts = {
            row.id: row.name or row.email
            for row in session().scalars(select(Account).where(Account.id.in_(numbers)))
        }
        self._services = {
            row.key: row for row in session().scalars(select(Service).where(Service.key.in_(keys["service"])))
        }
        self._organizations = {
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

    def lines(self) -> list[EntryLine]:
        lines = []
        for entry in self._found:
            done, (what, url) = audit.verb_label(entry.verb, reader()), self._what(entry.object)
            detail = self._detail(entry)
            code = "" if done else entry.verb
            at = datetime.fromisoformat(entry.at).astimezone(BRUSSELS)
            lines.append(EntryLine(at, self._who(entry.actor), done, what, url, entry.object, detail, code))
        return lines

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
            return self._services[key].name.localized(lang), url_for("desk.listing.listing", ref=key)
        if kind == "organization" and key in self._organizations:
            return self._organizations[key].name.localized(lang), url_for(
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
            return self._actions[key].text.localized(lang), url_for(
                "public.plans.action", plan=plan, key=action
            )
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
        if entry.verb == AuditVerb.EDITOR_REMINDED:
            return self._account(detail.removeprefix("account "))
        if entry.verb in MERGES:
            key = detail.partition(" ")[2]
            return self._services[key].name.localized(reader()).words if key in self._services else key
        if entry.verb == AuditVerb.ERROR_REPORTED:
            return report_part_label(detail)
        if entry.verb == AuditVerb.REPORT_CLOSED:
            return _("corrigé") if detail == "mended" else _("rien à corriger")
        if entry.verb == AuditVerb.ACCOUNT_INVITED:
            return account_role_label(detail)
        if entry.verb == AuditVerb.SELECTION_CHANGED:
            return {"texts": _("textes"), "added": _("service ajouté"), "removed": _("service enlevé")}.get(
                detail.partition(" ")[0], _("ordre")
            )
        if entry.verb == AuditVerb.ACTION_STATE_SET:
            return progress_label(detail)
        version, colon, paths = detail.partition(": ")
        if not colon:
            version, paths = ("", detail) if not detail.startswith("version ") else (detail, "")
        number = version.removeprefix("version ")
        start = _("version %(number)s", number=number) if number else ""
        names = ", ".join(_field(path) for path in paths.split(", ")) if paths else ""
        return f"{start}{_(' :')} {names}" if start and names else start or names


def _field(path: str) -> str:
    """The name of a field of a listing, an organisation (whose form says `name_fr`) or a calendar; else itself."""
    name, dot, side = path.partition(".")
    if not dot and path.rpartition("_")[0] in TEXTS and path.rpartition("_")[2] in ("fr", "nl"):
        name, _line, side = path.rpartition("_")
    words = {
        "trusted": _("de confiance"),
        "secrecy": _("secret professionnel"),
        "bound_by_secrecy": _("secret professionnel"),
        "closed": _("jours fermés"),
        "short_hours": _("heures d’été"),
        "school_holidays": _("vacances scolaires"),
    }
    if name in words:
        return words[name]
    return field_label(path_to(name, side)) if name in FIELDS else path


def _whole(texts: Iterable[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10}


def _choices(kind: str, rows: Iterable[Service | Organization]) -> list[tuple[str, str]]:
    """(object, name) of each, in the order of the names."""
    pairs = [(f"{kind}:{row.key}", row.name.localized(reader()).words) for row in rows]
    return sorted(pairs, key=lambda pair: pair[1].casefold())
