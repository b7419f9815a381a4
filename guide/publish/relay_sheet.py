"""The fiche-relais as a sheet of paper, in one language or both: the words of the page to print and of the PDF.

Large, calm, one A4 a language: where to go, who comes, what she asks, what was agreed, and below a slip that the
service tears off and sends back.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from guide.directory.freshness import hours_are_current
from guide.directory.wording import (
    Fact,
    closure_lines,
    first_capital,
    hours_lines,
    language_name,
    phone,
    place_lines,
    short_date,
)
from guide.languages import Language, LocalText
from guide.model import Service
from guide.publish.pdf import render
from guide.publish.qr import qr_svg
from guide.referrals.paper import OTHER_LANGUAGE, PaperReferral, documents_asked
from guide.sentences import sentences

WIDE = 150
"""An answer of more signs than this takes the whole width of the sheet."""
_TOO_LONG = re.compile(r"\S{24}(?=\S)")


@dataclass(frozen=True, slots=True)
class Receiver:
    """The service: what one needs to go there. `phone` and `map_url` may be ''; `qr` is an SVG of `address`."""

    heading: str
    name: LocalText
    phone: str
    lines: list[LocalText]
    map_url: str
    map_words: str
    address: str
    short: str
    qr: str
    qr_words: str


@dataclass(frozen=True, slots=True)
class Person:
    heading: str
    name: str
    lines: list[LocalText]


@dataclass(frozen=True, slots=True)
class Sender:
    heading: str
    organization: str
    lines: list[LocalText]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `pressing`: it is for this week or for today."""

    heading: str
    words: LocalText
    theme: str
    urgency: str
    pressing: bool


@dataclass(frozen=True, slots=True)
class Slip:
    """The answer to tear off: sentences with room to write after them."""

    heading: str
    back: str
    about: str
    accepted: str
    appointment: str
    at: str
    with_: str
    declined: str
    contact: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page in one language."""

    lang: Language
    title: str
    date: str
    to: Receiver
    person: Person
    sender: Sender
    request: Request
    facts: list[Fact]
    consent: str
    slip: Slip


def sheet(
    service: Service, referral: PaperReferral, lang: Language, today: date, address: str, call: str = ""
) -> Sheet:
    """The sheet for a reader of this language; `address` is the short address of the listing.

    `call` is the number to ask where the service is, when the guide knows no way to reach it ('' for none).

    The worker's own words stay as she wrote them and know their language.
    """
    _ = sentences(lang)
    return Sheet(
        lang=lang,
        title=_("Fiche-relais"),
        date=short_date(today, lang),
        to=_receiver(service, lang, today, address, call),
        person=Person(_("La personne"), referral.person, _person_lines(referral, lang)),
        sender=Sender(
            _("De la part de"),
            referral.organization,
            [*_typed(referral, referral.worker), LocalText(phone(referral.worker_phone), lang)],
        ),
        request=Request(
            _("La demande"),
            LocalText(referral.request, referral.written_in),
            referral.theme.into(lang).words,
            urgency_label(referral.urgency, lang),
            referral.urgency != "normal",
        ),
        facts=_facts(service, referral, lang),
        consent=_(
            "La personne a donné son accord de vive voix le %(date)s. Ces informations vont à ce service seulement.",
            date=short_date(referral.agreed_on, lang),
        ),
        slip=_slip(referral, lang, today),
    )


def as_pdf(sheets: Sequence[Sheet], made: datetime) -> bytes:
    """The sheets as one PDF, a page each. The title tells nothing of service or person. Raises CannotSet."""
    pages = []
    for one in sheets:
        page = asdict(one)
        for fact, shown in zip(one.facts, page["facts"], strict=True):
            shown["wide"] = any(len(line.words) > WIDE for line in fact.lines)
        page["slip"]["with"] = page["slip"].pop("with_")
        page["to"]["qr"] = one.to.qr.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        pages.append(_breakable(page))
    return render(
        "relay_sheet",
        {"sheets": pages},
        title=sheets[0].title,
        language=sheets[0].lang,
        made=made,
        personal=True,
    )


def way_label(way: str, lang: Language) -> str:
    """How the person may be reached."""
    _ = sentences(lang)
    return {
        "phone": _("Par téléphone"),
        "mail": _("Par e-mail"),
        "worker": _("Par moi, son travailleur social"),
        "post": _("Par courrier, que je transmets"),
        "none": _("Elle prend contact elle-même"),
    }[way]


def urgency_label(urgency: str, lang: Language) -> str:
    _ = sentences(lang)
    return {"normal": _("Délai normal"), "week": _("Cette semaine"), "today": _("Aujourd’hui")}[urgency]


def age_label(age: str, lang: Language) -> str:
    """An age band: of a person, or of children."""
    _ = sentences(lang)
    return {
        "under_18": _("moins de 18 ans"),
        "18-24": _("de 18 à 24 ans"),
        "25-64": _("de 25 à 64 ans"),
        "65+": _("65 ans ou plus"),
        "0-2": _("de 0 à 2 ans"),
        "3-5": _("de 3 à 5 ans"),
        "6-11": _("de 6 à 11 ans"),
        "12-17": _("de 12 à 17 ans"),
    }[age]


def higher_reimbursement_label(answer: str, lang: Language) -> str:
    _ = sentences(lang)
    return {"yes": _("Oui"), "no": _("Non"), "unknown": _("Elle ne sait pas")}[answer]


def spoken_words(referral: PaperReferral, lang: Language) -> str:
    """'arabe, avec interprète'."""
    _ = sentences(lang)
    name = (
        referral.spoken_other if referral.spoken == OTHER_LANGUAGE else language_name(referral.spoken, lang)
    )
    return _("%(language)s, avec interprète", language=name) if referral.interpreter else name


def household_words(referral: PaperReferral, lang: Language) -> str:
    """'2 adultes, 3 enfants (de 0 à 2 ans, de 6 à 11 ans)', or ''."""
    _ = sentences(lang)
    parts = []
    if referral.adults is not None:
        parts.append(_("adultes : %(number)s", number=referral.adults))
    if referral.children is not None:
        parts.append(_("enfants : %(number)s", number=referral.children))
    words = ", ".join(parts)
    ages = ", ".join(age_label(age, lang) for age in referral.children_ages)
    return f"{words} ({ages})" if words and ages else words or ages


def contact_lines(referral: PaperReferral, lang: Language) -> list[LocalText]:
    """How to reach the person: each way with its value."""
    _ = sentences(lang)
    found = []
    for way in referral.ways:
        if way == "phone":
            found.append(LocalText(_("Téléphone : %(number)s", number=phone(referral.phone)), lang))
        elif way == "mail":
            found.append(LocalText(_("E-mail : %(address)s", address=referral.mail), lang))
        elif way == "worker":
            found.append(LocalText(_("Contact par le travailleur social"), lang))
        elif way == "post":
            found.append(LocalText(_("Courrier par le travailleur social"), lang))
        else:
            found.append(LocalText(_("Prend contact elle-même"), lang))
    return found


def safety_lines(referral: PaperReferral, lang: Language) -> list[LocalText]:
    """What whoever calls the person must be careful of."""
    _ = sentences(lang)
    silent = _said(_("Ne laissez pas de message."), lang) if referral.no_message else []
    return [*_typed(referral, referral.safe), *silent]


def _person_lines(referral: PaperReferral, lang: Language) -> list[LocalText]:
    _ = sentences(lang)
    spoken = LocalText(_("Langue : %(language)s", language=spoken_words(referral, lang)), lang)
    return [spoken, *contact_lines(referral, lang)]


def _receiver(service: Service, lang: Language, today: date, address: str, call: str) -> Receiver:
    _ = sentences(lang)
    hours = hours_lines(service, lang)
    lines = [*place_lines(service, lang), *hours, *closure_lines(service, lang, today)]
    if hours and not hours_are_current(service, today):
        lines.append(LocalText(_("Heures à vérifier : appelez avant d’y aller."), lang))
    if not hours:
        lines.append(LocalText(_("Heures inconnues : demandez avant d’y aller."), lang))
    if not service.phones and service.email:
        lines.insert(0, LocalText(service.email, lang))
    if call and not (service.phones or service.email or service.places):
        ask = _("Adresse et numéro à confirmer : demandez au CPAS, %(number)s.", number=phone(call))
        lines.insert(0, LocalText(ask, lang))
    spot = next((place for place in service.places if place.latitude is not None), None)
    number = service.phones[0].number if service.phones else ""
    return Receiver(
        heading=_("Pour"),
        name=service.name.into(lang),
        phone=phone(number),
        lines=lines,
        map_url=""
        if spot is None
        else f"https://www.openstreetmap.org/?mlat={spot.latitude}&mlon={spot.longitude}#map=17/{spot.latitude}/{spot.longitude}",
        map_words=_("Voir sur la carte"),
        address=address,
        short=address.removeprefix("https://").removeprefix("http://"),
        qr=qr_svg(address),
        qr_words=_("Code QR vers la fiche du service"),
    )


def _facts(service: Service, referral: PaperReferral, lang: Language) -> list[Fact]:
    _ = sentences(lang)
    asked = [item.into(lang) for item in documents_asked(service)]
    brought = [text for place, text in enumerate(asked) if place in referral.brings]
    missing = [text for place, text in enumerate(asked) if place not in referral.brings]
    household = household_words(referral, lang)
    age = age_label(referral.age, lang) if referral.age else ""
    answer = referral.higher_reimbursement
    found = [
        Fact(_("Pour l’appeler sans risque"), safety_lines(referral, lang)),
        Fact(_("Déjà essayé"), _typed(referral, referral.tried)),
        Fact(_("Quand elle peut venir"), _typed(referral, referral.availability)),
        Fact(_("Elle apporte"), brought),
        Fact(_("Il faut encore"), missing),
        Fact(_("Son âge"), _said(age, lang)),
        Fact(_("Son ménage"), _said(first_capital(household), lang)),
        Fact(_("Pour se déplacer"), _typed(referral, referral.mobility)),
        Fact(_("Elle vient avec"), _typed(referral, referral.company)),
        Fact(
            _("Intervention majorée (BIM)"),
            _said(higher_reimbursement_label(answer, lang) if answer else "", lang),
        ),
    ]
    return [fact for fact in found if fact.lines]


def _slip(referral: PaperReferral, lang: Language, today: date) -> Slip:
    _ = sentences(lang)
    return Slip(
        heading=_("Réponse du service"),
        back=_(
            "À renvoyer à : %(organization)s, %(phone)s",
            organization=referral.organization,
            phone=phone(referral.worker_phone),
        ),
        about=_(
            "Fiche du %(date)s pour %(person)s",
            date=short_date(today, lang),
            person=referral.person,
        ),
        accepted=_("Nous pouvons aider"),
        appointment=_("Rendez-vous le"),
        at=_("heure :"),
        with_=_("avec"),
        declined=_("Nous ne pouvons pas, parce que"),
        contact=_("Votre contact chez nous :"),
        phone=_("téléphone :"),
    )


def _typed(referral: PaperReferral, words: str) -> list[LocalText]:
    return [LocalText(words, referral.written_in)] if words else []


def _said(words: str, lang: Language) -> list[LocalText]:
    return [LocalText(words, lang)] if words else []


def _breakable(value: Any) -> Any:
    """The same values, but a word too long for a line may be broken (by U+200B). Addresses and drawings stay."""
    if isinstance(value, str):
        return value if value.startswith(("<svg", "http")) else _TOO_LONG.sub("\\g<0>\u200b", value)
    if isinstance(value, dict):
        return {name: _breakable(inner) for name, inner in value.items()}
    return [_breakable(inner) for inner in value] if isinstance(value, list) else value
