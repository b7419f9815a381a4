"""The coordinator's lists as tables for a spreadsheet, in words, in the language of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response

from guide import mail
from guide.clock import BRUSSELS
from guide.directory import search_log
from guide.directory.labels import Vocabulary, label
from guide.editing import (
    calendars_to_see,
    fulfilments,
    merging,
    organizations,
    reminders,
    reports,
    review,
    revisions,
    translations,
)
from guide.editing.desk_counts import SEARCHED_SINCE
from guide.editing.listings import FOLLOWING
from guide.languages import LANGUAGES, Language
from guide.model import Proposal, TextState
from guide.publish.tables import csv_text
from guide.records.paths import FieldPath, path_to
from guide.web.accounts import mail_labels
from guide.web.desk.listing_view import who
from guide.web.moderation.audit_log import entries
from guide.web.moderation.queues import to_confirm
from guide.web.ui.labels import basis_label, language_name, report_part_label, role_label
from guide.web.ui.record_labels import field_label, proposal_title
from guide.web.ui.request_context import now, session
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, reader

pages = Blueprint("exports", __name__)


MOST_ENTRIES = 5000
"""Entries of the log in a table."""

Rows = list[list[object]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header, both in the language of the page."""

    header: Sequence[str]
    rows: Rows


SLUGS: dict[str, dict[Language, str]] = {
    "proposals": {"fr": "propositions", "nl": "voorstellen"},
    "live": {"fr": "en-ligne", "nl": "online"},
    "listings": {"fr": "fiches", "nl": "fiches"},
    "reports": {"fr": "signalements", "nl": "meldingen"},
    "links": {"fr": "liens", "nl": "koppelingen"},
    "duplicates": {"fr": "doublons", "nl": "dubbels"},
    "organizations": {"fr": "organismes", "nl": "organisaties"},
    "mails": {"fr": "messages", "nl": "berichten"},
    "searches": {"fr": "recherches", "nl": "zoekopdrachten"},
    "translations": {"fr": "traductions", "nl": "vertalingen"},
    "journal": {"fr": "journal", "nl": "logboek"},
}
"""What each list is called in an address."""


def one_of(lang: Language) -> str:
    """The converter of an address that takes the names of the lists in a language."""
    return f"any({','.join(repr(names[lang]) for names in SLUGS.values())})"


@bilingual_page(
    pages,
    f"/moderation/tableaux/<{one_of('fr')}:name>.csv",
    f"/moderatie/tabellen/<{one_of('nl')}:name>.csv",
)
def table(lang: Language, name: str) -> Response:
    """One of the lists as CSV; no cell begins with the sign of a formula."""
    known = next(key for key, names in SLUGS.items() if names[lang] == name)
    made = TABLES[known]()
    answer = make_response(csv_text(made.header, made.rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{now():%Y-%m-%d}.csv"'
    return answer


def _day(moment: datetime) -> str:
    """The day in Jette, as a table bears it."""
    return f"{moment.astimezone(BRUSSELS):%Y-%m-%d}"


def _proposals() -> Table:
    header = [_("Fiche"), _("Organisme"), _("Auteur"), _("Envoyé le"), _("État"), _("Champs")]

    def row(one: Proposal, state: str) -> list[object]:
        fields = ", ".join(field_label(change.path) for change in review.suggested(one))
        organization = _name(one.organization)
        author = one.author.name if one.author else ""
        return [proposal_title(one), organization, author, _day(one.changed_at), state, fields]

    waiting = [row(one, _("À relire")) for one in review.waiting(session())]
    return Table(
        header, waiting + [row(one, _("Correction demandée")) for one in review.asked_to_correct(session())]
    )


def _live() -> Table:
    header = [_("Fiche"), _("Auteur"), _("Date"), _("Champs")]
    rows: list[list[object]] = [
        [
            _name(one.service),
            one.account.name if one.account else "",
            _day(one.at),
            ", ".join(field_label(FieldPath(path)) for path in one.fields if path not in FOLLOWING),
        ]
        for one in revisions.to_see(session())
    ]
    rows += [
        [_name(one.organization), one.by.name if one.by else "", _day(one.at), _("Calendrier")]
        for one in calendars_to_see.to_see(session())
    ]
    return Table(header, rows)


def _listings() -> Table:
    states = {
        "to_confirm": _("À confirmer"),
        "stale": _("Périmée"),
        "unverified": _("Jamais confirmée"),
        "fresh": "",
    }
    header = [_("Fiche"), _("Organisme"), _("État"), _("Confirmée le"), _("À retirer ?")]
    return Table(
        header,
        [
            [_name(one), _name(one.organization), states[age.state], age.assured, _("Oui") if ask else ""]
            for one, age, ask in to_confirm()
        ],
    )


def _reports() -> Table:
    header = [_("Fiche"), _("Ce qui n’est pas juste"), _("Texte"), _("Langue"), _("Reçu le")]
    return Table(
        header,
        [
            [
                _name(one.service),
                report_part_label(one.part),
                one.words,
                language_name(one.language),
                _day(one.created_at),
            ]
            for one in reports.open_reports(session(), who())
        ],
    )


def _links() -> Table:
    header = [_("Fiche"), _("Plan"), _("Thème"), _("Action"), _("Rôle"), _("Preuve"), _("Base")]
    lang = reader()
    return Table(
        header,
        [
            [
                _name(one.service),
                one.action.theme.plan.short_title.localized(lang),
                one.action.theme.name.localized(lang),
                one.action.number,
                role_label(one.role),
                one.reason.localized(lang),
                basis_label(one.basis),
            ]
            for one in fulfilments.proposed(session())
        ],
    )


def _duplicates() -> Table:
    header = [_("Première fiche"), _("Deuxième fiche"), _("Ressemblance des noms, sur 100"), _("Même numéro")]
    return Table(
        header,
        [
            [_name(pair.first), _name(pair.second), pair.likeness, pair.same_phone]
            for pair in merging.likely_duplicates(session())
        ],
    )


def _organizations() -> Table:
    header = [
        _("Organisme"),
        _("Fiches"),
        _("Personnes"),
        _("Sans éditeur"),
        _("De confiance"),
        _("Secret professionnel"),
    ]
    alone = {organization.key for organization in reminders.organizations_without_editor(session())}
    return Table(
        header,
        [
            [
                _name(row.organization),
                row.listings,
                ", ".join(person.name or person.email for person in row.people),
                _("Oui") if row.organization.key in alone else "",
                _("Oui") if row.organization.trusted else "",
                label(Vocabulary.ANSWER, row.organization.bound_by_secrecy or "", reader()),
            ]
            for row in organizations.with_people(session())
        ],
    )


def _mails() -> Table:
    header = [_("Message"), _("Concerne"), _("Destinataire"), _("Date"), _("État"), _("Explication")]
    return Table(
        header,
        [
            [
                line.label,
                line.thing,
                line.whom,
                _day(line.row.created_at),
                mail_labels.fate_label(line.fate),
                line.sentence,
            ]
            for line in mail_labels.mail_lines(mail.troubled(session(), now()))
        ],
    )


def _searches() -> Table:
    header = [_("Mot"), _("Langue"), _("Recherches"), _("Sans résultat")]
    return Table(
        header,
        [
            [row.word, language_name(row.language), row.count, row.without_result]
            for row in search_log.searches(session(), now().date() - SEARCHED_SINCE)
        ],
    )


def _translations() -> Table:
    header = [_("Fiche"), _("Texte"), _("Langue"), _("État"), _("Depuis le"), _("L’autre langue")]
    states = {
        TextState.MISSING: _("Manque"),
        TextState.BEHIND: _("En retard"),
        TextState.DRAFT: _("À relire"),
        TextState.CURRENT: "",
    }
    return Table(
        header,
        [
            [
                _name(text.service),
                field_label(path_to(text.field)),
                language_name(side),
                states[text.state],
                text.since,
                text.other_text,
            ]
            for side in LANGUAGES
            for text in translations.to_translate(session(), side)
        ],
    )


def _journal() -> Table:
    header = [_("Date"), _("Qui"), _("Acte"), _("Sur quoi"), _("Précision")]
    return Table(
        header,
        [
            [f"{one.at:%Y-%m-%d %H:%M}", one.who, one.done or one.code, one.what, one.detail]
            for one in entries("", MOST_ENTRIES)
        ],
    )


TABLES: dict[str, Callable[[], Table]] = {
    "proposals": _proposals,
    "live": _live,
    "listings": _listings,
    "reports": _reports,
    "links": _links,
    "duplicates": _duplicates,
    "organizations": _organizations,
    "mails": _mails,
    "searches": _searches,
    "translations": _translations,
    "journal": _journal,
}


def _name(one: object) -> str:
    """The name of a listing or an organisation in the reader's language; '' of none."""
    name = getattr(one, "name", None)
    return name.localized(reader()).words if name is not None else ""
