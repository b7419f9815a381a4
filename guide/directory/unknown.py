"""What nobody has said yet of a listing: what its page, its card and paper say once, in one line."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from guide.directory.asking import AskedBody, ask_sentence, is_asked_about
from guide.directory.figures import phone
from guide.directory.hours import shown_schedules
from guide.directory.listing import AnyListing
from guide.languages import Language
from guide.model import ServiceKind, YesNo
from guide.sentences import sentences


class Unknown(StrEnum):
    """A question of a page that a listing leaves open, in the order of the page."""

    FOR_WHOM = "for_whom"
    PRICE = "price"
    BRING = "bring"
    APPOINTMENT = "appointment"
    HOURS = "hours"
    PLACE = "place"
    ACCESS = "access"
    LANGUAGES = "languages"
    CONTACT = "contact"
    RUN_BY = "run_by"


EVERYTHING = tuple(Unknown)

ON_CARD = (Unknown.FOR_WHOM, Unknown.PRICE, Unknown.BRING, Unknown.HOURS, Unknown.PLACE)
"""What a visit most often fails on."""

ON_PAPER = (*ON_CARD, Unknown.ACCESS, Unknown.LANGUAGES)

OF_A_LINE = (Unknown.FOR_WHOM, Unknown.PRICE, Unknown.HOURS, Unknown.LANGUAGES, Unknown.RUN_BY)
"""Nobody goes to a line that one calls, nor brings anything."""


def unknown(service: AnyListing, today: date) -> list[Unknown]:
    """What is not known of it. Of a tool, and of what does not exist, only who runs it."""
    open_questions = {
        Unknown.FOR_WHOM: not service.eligibility and not service.publics,
        Unknown.PRICE: not service.fees and service.free is None,
        Unknown.BRING: not service.required_documents and service.papers_needed is not YesNo.NO,
        Unknown.APPOINTMENT: not service.application and not service.access_modes,
        Unknown.HOURS: not shown_schedules(service, today) and not service.schedule_note,
        Unknown.PLACE: not service.places and not service.hides_address,
        Unknown.ACCESS: not service.accessibility and service.wheelchair is None,
        Unknown.LANGUAGES: not service.languages,
        Unknown.CONTACT: not (service.phones or service.email or service.website),
        Unknown.RUN_BY: not service.organization_id and not service.operator,
    }
    asked = _asked(service)
    return [question for question, is_open in open_questions.items() if is_open and question in asked]


def _asked(service: AnyListing) -> Sequence[Unknown]:
    if not is_asked_about(service):
        return () if service.is_emergency_number else (Unknown.RUN_BY,)
    return OF_A_LINE if service.kind is ServiceKind.HELPLINE else EVERYTHING


def unknown_nouns(
    service: AnyListing, lang: Language, today: date, among: Sequence[Unknown] = EVERYTHING
) -> list[str]:
    """What is not known of it, in words: 'le prix', 'les heures'."""
    return [_noun(question, lang) for question in unknown(service, today) if question in among]


def unknown_words(nouns: Sequence[str], lang: Language) -> str:
    """'Pas encore connu : le prix, les heures.'; '' when there is nothing to say."""
    _ = sentences(lang)
    return _("Pas encore connu : %(things)s.", things=", ".join(nouns)) if nouns else ""


def is_asked_by_phone(service: AnyListing) -> bool:
    """Is its own number one to ask such things? A line to call in a crisis is not."""
    return bool(service.phones) and is_asked_about(service) and service.kind is not ServiceKind.HELPLINE


def unknown_on_paper(service: AnyListing, asked: AskedBody | None, lang: Language, today: date) -> str:
    """What is not known, and whom to ask: of a listing without a number always, since paper has no button."""
    _ = sentences(lang)
    said = unknown_words(unknown_nouns(service, lang, today, ON_PAPER), lang)
    if asked is not None:
        advice = f"{ask_sentence(asked, lang)} {phone(asked.number)}."
    else:
        advice = _("Demandez par téléphone.") if said and is_asked_by_phone(service) else ""
    return " ".join(part for part in (said, advice) if part)


def _noun(question: Unknown, lang: Language) -> str:
    _ = sentences(lang)
    nouns: dict[Unknown, str] = {
        Unknown.FOR_WHOM: _("pour qui"),
        Unknown.PRICE: _("le prix"),
        Unknown.BRING: _("quoi apporter"),
        Unknown.APPOINTMENT: _("s’il faut un rendez-vous"),
        Unknown.HOURS: _("les heures"),
        Unknown.PLACE: _("l’adresse"),
        Unknown.ACCESS: _("l’accès en chaise roulante"),
        Unknown.LANGUAGES: _("les langues"),
        Unknown.CONTACT: _("un contact direct"),
        Unknown.RUN_BY: _("qui l’organise"),
    }
    return nouns[question]
