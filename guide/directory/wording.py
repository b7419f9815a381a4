"""A listing in words, question by question, as one can read it aloud: for pages, paper and mails."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guide.directory.figures import first_capital, language_name, phone
from guide.directory.hours_in_words import closure_lines, hours_lines, written
from guide.directory.labels import Vocabulary, label
from guide.directory.listing import AnyListing, AnyPhone, AnyPlace
from guide.languages import Bilingual, Language, LocalText, other
from guide.model import (
    ServiceKind,
    ServiceState,
    YesNo,
)
from guide.sentences import sentences

ASKED_FOR = (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT)
"""What people come to: of these an unknown price or hour is said to be unknown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One question about a listing and what it answers, line by line; each line knows its language."""

    question: str
    lines: list[LocalText]


@dataclass(frozen=True, slots=True)
class InWords:
    """A listing as one can read it aloud: what a mail and the page of a confirmation show."""

    name: LocalText
    summary: LocalText
    description: list[LocalText]
    facts: list[Fact]


def in_words(service: AnyListing, lang: Language, today: date) -> InWords:
    """The listing as the public sees it, for a reader of this language.

    A fact that is not written says so, because that too is to be confirmed. Closures that are over are left
    out, and a confidential address is never in it.
    """
    return InWords(
        service.name.localized(lang),
        service.summary.localized(lang),
        paragraphs(service.description, lang),
        _facts(service, lang, today),
    )


def paragraphs(text: Bilingual, lang: Language) -> list[LocalText]:
    """The paragraphs of a longer text, each with its language."""
    side = text.localized(lang)
    return [
        LocalText(part.strip(), side.lang, side.fell_back)
        for part in side.words.split("\n\n")
        if part.strip()
    ]


def _facts(service: AnyListing, lang: Language, today: date) -> list[Fact]:
    _ = sentences(lang)
    # A tool, or what does not exist, has no price and no hours to ask for: only what is known is shown.
    asked_for = service.state is ServiceState.EXISTING and service.kind in ASKED_FOR
    # Nobody calls 112 to ask what it costs.
    asked_for = asked_for and not service.is_emergency_number
    nothing = [LocalText(_("Rien n’est écrit ici."), lang)] if asked_for else []
    phones = phone_lines(service, lang)
    facts = [
        Fact(_("Téléphone"), phones or nothing),
        Fact(_("Pour qui ?"), _for_whom(service, lang) or nothing),
        Fact(_("Combien ça coûte ?"), _price(service, lang) or nothing),
        Fact(_("Faut-il des papiers ?"), _labelled(Vocabulary.ANSWER, service.papers_needed, lang)),
        Fact(_("Que faut-il apporter ?"), _documents(service, lang) or nothing),
        Fact(_("Comment faire ?"), _access(service, lang) or nothing),
        Fact(_("Quand ?"), hours_lines(service, lang, today) or nothing),
        Fact(_("Fermetures"), closure_lines(service, lang, today)),
        Fact(_("Y a-t-il de la place ?"), _intake(service, lang)),
        Fact(_("Où ?"), place_lines(service, lang) or nothing),
        Fact(_("Accessibilité"), _wheelchair(service, lang) or nothing),
        Fact(_("Langues"), _spoken(service, lang) or nothing),
        Fact(_("E-mail"), _plain(service.email, lang)),
        Fact(_("Site"), _plain(service.website, lang)),
        Fact(_("Qui organise ?"), _who(service, lang) or nothing),
    ]
    return [fact for fact in facts if fact.lines]


def _plain(words: str | None, lang: Language) -> list[LocalText]:
    return [LocalText(words, lang)] if words else []


def phone_label(service: AnyListing, line: AnyPhone, lang: Language) -> LocalText:
    """What stands beside a number: its label, or the street of the place it is of; '' for one of them all."""
    if line.label:
        return line.label.localized(lang)
    place = line.service_at_location
    several = place is not None and len(service.places) > 1
    return place.street.localized(lang) if place is not None and several else LocalText("", lang)


def _phone_line(service: AnyListing, line: AnyPhone, lang: Language) -> LocalText:
    said = phone_label(service, line, lang)
    number = phone(line.number)
    # The label's language is the line's: a number reads the same in both.
    return LocalText(f"{number} ({said.words})", said.lang) if said else LocalText(number, lang)


def phone_lines(service: AnyListing, lang: Language) -> list[LocalText]:
    """Its numbers, each with what stands beside it in brackets."""
    return [_phone_line(service, line, lang) for line in service.phones]


def place_lines(service: AnyListing, lang: Language) -> list[LocalText]:
    """Where it is, line by line; that an address is confidential is said instead of it."""
    _ = sentences(lang)
    if service.hides_address:
        return [LocalText(_("L’adresse est confidentielle."), lang)]
    lines = [line for location in service.places for line in _address(location, lang)]
    if not lines and service.kind is ServiceKind.HELPLINE:
        return [LocalText(_("Par téléphone seulement."), lang)]
    return lines


def _address(location: AnyPlace, lang: Language) -> list[LocalText]:
    street, city = location.street.localized(lang), location.city.localized(lang)
    town = " ".join(part for part in (location.postal_code or "", city.words) if part)
    return [
        LocalText(", ".join(part for part in (street.words, town) if part), street.lang),
        *written(lang, location.note),
    ]


def _for_whom(service: AnyListing, lang: Language) -> list[LocalText]:
    _ = sentences(lang)
    lines = written(lang, service.eligibility)
    if not lines and service.publics:
        lines = [LocalText(", ".join(public.name.localized(lang).words for public in service.publics), lang)]
    if service.residents_only is YesNo.YES:
        lines.append(LocalText(_("Pour les habitants de Jette"), lang))
    if service.confidential is YesNo.YES:
        lines.append(LocalText(_("Confidentiel"), lang))
    return lines


def _price(service: AnyListing, lang: Language) -> list[LocalText]:
    _ = sentences(lang)
    lines = written(lang, service.fees)
    if not lines and service.free is not None:
        free = service.free is YesNo.YES
        lines = [LocalText(_("C’est gratuit.") if free else label(Vocabulary.FREE, YesNo.NO, lang), lang)]
    return lines


def _documents(service: AnyListing, lang: Language) -> list[LocalText]:
    side = lang if service.required_documents.get(lang) else other(lang)
    return [LocalText(item, side) for item in service.required_documents.get(side, [])]


def _labelled(vocabulary: Vocabulary, value: StrEnum | None, lang: Language) -> list[LocalText]:
    return [] if value is None else [LocalText(label(vocabulary, value, lang), lang)]


def _access(service: AnyListing, lang: Language) -> list[LocalText]:
    modes = ", ".join(label(Vocabulary.ACCESS_MODE, mode, lang) for mode in service.access_modes)
    return [*written(lang, service.application), *_plain(modes, lang)]


def _intake(service: AnyListing, lang: Language) -> list[LocalText]:
    return _labelled(Vocabulary.INTAKE, service.intake_status, lang) + written(lang, service.intake_note)


def _wheelchair(service: AnyListing, lang: Language) -> list[LocalText]:
    lines = written(lang, service.accessibility)
    if not lines and service.wheelchair is not None:
        lines = [LocalText(f"{label(Vocabulary.WHEELCHAIR, service.wheelchair, lang)}.", lang)]
    return lines


def _spoken(service: AnyListing, lang: Language) -> list[LocalText]:
    names = ", ".join(language_name(code, lang) for code in service.languages)
    return _plain(first_capital(names), lang)


def _who(service: AnyListing, lang: Language) -> list[LocalText]:
    named = [service.organization.name.localized(lang)] if service.organization is not None else []
    return named + written(lang, service.operator)
