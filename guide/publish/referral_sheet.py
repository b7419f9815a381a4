"""The fiche-relais as a sheet of paper, in one language or both: laid out for the page to print and for the PDF.

What its content says comes from `guide.referrals.rendering`, as on every page of a fiche.
Large, calm, one A4 a language: where to go, who comes, what she asks, what was agreed, and below a slip that the
service tears off and sends back.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from guide.directory.asking import AskedBody, ask_sentence
from guide.directory.figures import phone, short_date
from guide.directory.freshness import hours_are_current
from guide.directory.hours_in_words import closure_lines, hours_lines
from guide.directory.wording import Fact, phone_lines, place_lines
from guide.languages import Language, LocalText
from guide.model import Service
from guide.publish.pdf import Document, render
from guide.publish.printed import check_hours
from guide.publish.qr import qr_svg
from guide.referrals import labels, rendering
from guide.referrals.labels import Medium
from guide.referrals.paper import PaperReferral
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
    service: Service,
    referral: PaperReferral,
    lang: Language,
    today: date,
    address: str,
    asked: AskedBody | None = None,
) -> Sheet:
    """The sheet for a reader of this language; `address` is the short address of the listing.

    `asked` is who knows about the service, when it has no number of its own.

    The worker's own words stay as she wrote them and know their language.
    """
    _ = sentences(lang)
    content = referral.content
    return Sheet(
        lang=lang,
        title=_("Fiche-relais"),
        date=short_date(today, lang),
        to=_receiver(service, lang, today, address, asked),
        person=Person(
            _("La personne"),
            content.person.name,
            [
                LocalText(_("Langue : %(language)s", language=rendering.spoken(referral, lang)), lang),
                *rendering.contact(referral, lang),
            ],
        ),
        sender=Sender(
            _("De la part de"),
            content.sender.organization,
            [
                *rendering.typed(referral, content.sender.worker),
                LocalText(phone(content.sender.phone), lang),
            ],
        ),
        request=Request(
            _("La demande"),
            LocalText(content.need.request, referral.written_in),
            referral.theme.localized(lang).words,
            labels.urgency(referral.urgency, Medium.PAPER, lang),
            referral.urgency != "normal",
        ),
        facts=rendering.facts(service, referral, lang),
        consent=_(
            "La personne a donné son accord de vive voix le %(date)s. Ces informations vont à ce service seulement.",
            date=short_date(referral.agreed_on, lang),
        ),
        slip=_slip(referral, lang, today),
    )


def as_pdf(sheets: Sequence[Sheet], made: datetime) -> bytes:
    """The sheets as one PDF, a page each. The title tells nothing of service or person. Raises TypesettingError."""
    pages = []
    for one in sheets:
        page = asdict(one)
        for fact, shown in zip(one.facts, page["facts"], strict=True):
            shown["wide"] = any(len(line.words) > WIDE for line in fact.lines)
        page["slip"]["with"] = page["slip"].pop("with_")
        page["to"]["qr"] = one.to.qr.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        pages.append(_breakable(page))
    document = Document("referral_sheet", sheets[0].title, sheets[0].lang, made)
    return render(document, {"sheets": pages}, personal=True)


def _receiver(
    service: Service, lang: Language, today: date, address: str, asked: AskedBody | None
) -> Receiver:
    _ = sentences(lang)
    hours = hours_lines(service, lang, today)
    lines = [*place_lines(service, lang), *hours, *closure_lines(service, lang, today)]
    if hours and not hours_are_current(service, today):
        lines.append(LocalText(check_hours(service, lang), lang))
    if not hours:
        lines.append(LocalText(_("Heures inconnues : demandez avant d’y aller."), lang))
    if len(service.phones) > 1:
        lines[:0] = phone_lines(service, lang)
    if not service.phones and service.email:
        lines.insert(0, LocalText(service.email, lang))
    if asked is not None:
        lines.insert(0, LocalText(f"{ask_sentence(asked, lang)} {phone(asked.number)}.", lang))
        if not (service.email or service.places):
            lines.insert(0, LocalText(_("Adresse et numéro à confirmer."), lang))
    spot = next((place for place in service.places if place.latitude is not None), None)
    number = service.first_phone.number if service.first_phone else ""
    return Receiver(
        heading=_("Pour"),
        name=service.name.localized(lang),
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


def _slip(referral: PaperReferral, lang: Language, today: date) -> Slip:
    _ = sentences(lang)
    sender = referral.content.sender
    return Slip(
        heading=_("Réponse du service"),
        back=_(
            "À renvoyer à : %(organization)s, %(phone)s",
            organization=sender.organization,
            phone=phone(sender.phone),
        ),
        about=_(
            "Fiche du %(date)s pour %(person)s",
            date=short_date(today, lang),
            person=referral.content.person.name,
        ),
        accepted=_("Nous pouvons aider"),
        appointment=_("Rendez-vous le"),
        at=_("heure :"),
        with_=_("avec"),
        declined=_("Nous ne pouvons pas, parce que"),
        contact=_("Votre contact chez nous :"),
        phone=_("téléphone :"),
    )


def _breakable(value: Any) -> Any:
    """The same values, but a word too long for a line may be broken (by U+200B). Addresses and drawings stay."""
    if isinstance(value, str):
        return value if value.startswith(("<svg", "http")) else _TOO_LONG.sub("\\g<0>\u200b", value)
    if isinstance(value, dict):
        return {name: _breakable(inner) for name, inner in value.items()}
    return [_breakable(inner) for inner in value] if isinstance(value, list) else value
