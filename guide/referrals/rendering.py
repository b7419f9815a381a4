"""What a fiche-relais says, line by line: for the pages, the sheet on paper and its PDF, and the person's files.

A content becomes words here and nowhere else; pages and sheets only lay the lines out. The worker's own words stay
as she wrote them, and on paper, where both languages may stand, they know theirs.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from guide.directory.figures import first_capital, language_name, phone, short_date
from guide.directory.wording import Fact
from guide.languages import Language, LocalText
from guide.model import Service
from guide.referrals import labels
from guide.referrals.content import form_field
from guide.referrals.labels import Medium
from guide.referrals.paper import OTHER_LANGUAGE, PaperReferral, documents_asked
from guide.sentences import sentences


@dataclass(frozen=True, slots=True)
class Line:
    """One field that says something: its name in the forms, what it is called, and what it says."""

    name: str
    label: str
    values: list[str]


def lines(part: Any, lang: Language, medium: Medium, without: Collection[str] = ()) -> list[Line]:
    """The filled fields of a part of a content (`guide.referrals.content`), in their order."""
    named = [(form_field(type(part), each.name), getattr(part, each.name)) for each in fields(part)]
    return [
        Line(name, labels.read(name, lang), _values(name, value, lang, medium))
        for name, value in named
        if value and name not in without
    ]


def scope(names: Iterable[str], lang: Language) -> str:
    """What the person agreed to pass on: the names of these fields of the content, in words."""
    return ", ".join(labels.read(name, lang) for name in names)


def spoken(referral: PaperReferral, lang: Language) -> str:
    """The language of the person: 'arabe, avec interprète'."""
    _ = sentences(lang)
    need = referral.content.need
    name = referral.other_language if need.language == OTHER_LANGUAGE else language_name(need.language, lang)
    return _("%(language)s, avec interprète", language=name) if need.interpreter else name


def household(referral: PaperReferral, lang: Language) -> str:
    """'adultes : 2, enfants : 3 (de 0 à 2 ans, de 6 à 11 ans)', or ''."""
    _ = sentences(lang)
    need = referral.content.need
    parts = []
    if need.adults:
        parts.append(_("adultes : %(number)s", number=need.adults))
    if need.children:
        parts.append(_("enfants : %(number)s", number=need.children))
    words = ", ".join(parts)
    ages = ", ".join(labels.age(age, Medium.PAPER, lang) for age in need.children_ages)
    return f"{words} ({ages})" if words and ages else words or ages


def contact(referral: PaperReferral, lang: Language) -> list[LocalText]:
    """How to reach the person: each way with its value."""
    _ = sentences(lang)
    person = referral.content.person
    words = {
        "phone": _("Téléphone : %(number)s", number=phone(person.phone)),
        "mail": _("E-mail : %(address)s", address=person.mail),
        "worker": _("Contact par le travailleur social"),
        "post": _("Courrier par le travailleur social"),
        "none": _("Prend contact elle-même"),
    }
    return [LocalText(words[way], lang) for way in person.contact]


def safety(referral: PaperReferral, lang: Language) -> list[LocalText]:
    """What whoever calls the person must be careful of."""
    _ = sentences(lang)
    silent = said(_("Ne laissez pas de message."), lang) if referral.no_message else []
    return [*typed(referral, referral.content.person.safe), *silent]


def facts(service: Service, referral: PaperReferral, lang: Language) -> list[Fact]:
    """What stands on the sheet below the request: each fact with its lines, without those that say nothing."""
    _ = sentences(lang)
    need, person = referral.content.need, referral.content.person
    asked = [item.localized(lang) for item in documents_asked(service)]
    found = [
        ("safe", safety(referral, lang)),
        ("tried", typed(referral, need.tried)),
        ("availability", typed(referral, need.availability)),
        ("documents", [text for place, text in enumerate(asked) if place in referral.brings]),
        ("missing", [text for place, text in enumerate(asked) if place not in referral.brings]),
        ("age", said(_age(need.age, lang), lang)),
        ("household", said(first_capital(household(referral, lang)), lang)),
        ("mobility", typed(referral, need.mobility)),
        ("coming_along", typed(referral, person.coming_along)),
        ("bim", said(_yes_no(need.bim, lang), lang)),
    ]
    other = {"missing": _("Il faut encore"), "household": _("Son ménage")}
    return [
        Fact(other[name] if name in other else labels.printed(name, lang), told)
        for name, told in found
        if told
    ]


def check_lines(service: Service, referral: PaperReferral, lang: Language) -> list[Line]:
    """What was typed for the sheet, to be checked: the questions of the form with their answers, none empty."""
    _ = sentences(lang)
    sender, person, need = referral.content.sender, referral.content.person, referral.content.need
    asked = documents_asked(service)
    bim = labels.asked("bim", Medium.PAPER, lang) + _(" :") + " " + _yes_no(need.bim, lang)
    found: list[tuple[str, str, Sequence[str]]] = [
        ("theme", "", [referral.theme.localized(lang).words]),
        ("request", "", [need.request]),
        ("urgency", "", [labels.urgency(referral.urgency, Medium.PAPER, lang)]),
        ("tried", "", [need.tried]),
        ("name", "", [person.name]),
        ("language", "", [spoken(referral, lang)]),
        ("contact", "", [line.words for line in contact(referral, lang)]),
        ("safe", "", [line.words for line in safety(referral, lang)]),
        ("availability", "", [need.availability]),
        (
            "documents",
            "",
            [asked[place].localized(lang).words for place in referral.brings if place < len(asked)],
        ),
        (
            "household",
            _("Son ménage"),
            [
                _age(need.age, lang),
                household(referral, lang),
                need.mobility,
                person.coming_along,
                bim if need.bim else "",
            ],
        ),
        ("organization", _("De la part de"), [sender.organization, sender.worker, sender.phone]),
        (
            "agreed",
            _("Son accord"),
            [_("De vive voix, le %(date)s", date=short_date(referral.agreed_on, lang))],
        ),
    ]
    told = [
        Line(name, label or labels.asked(name, Medium.PAPER, lang), [value for value in values if value])
        for name, label, values in found
    ]
    return [line for line in told if line.values]


def typed(referral: PaperReferral, words: str) -> list[LocalText]:
    """What the worker wrote, in the language she wrote it in; nothing when she wrote nothing."""
    return [LocalText(words, referral.written_in)] if words else []


def said(words: str, lang: Language) -> list[LocalText]:
    """Words of ours as a line; nothing when there are none."""
    return [LocalText(words, lang)] if words else []


def _values(name: str, value: Any, lang: Language, medium: Medium) -> list[str]:
    """A value of a field in words: one of each thing it holds."""
    _ = sentences(lang)
    if isinstance(value, bool):
        return [_("Oui") if value else _("Non")]
    if name == "contact":
        return [labels.contact_way(way, medium, lang) for way in value]
    if name == "children_ages":
        return [labels.age(band, medium, lang) for band in value]
    if name == "language":
        return [language_name(value, lang)]
    if name == "age":
        return [labels.age(value, medium, lang)]
    if name == "bim":
        return [labels.yes_no(value, medium, lang)]
    return [value] if isinstance(value, str) else list(value)


def _age(band: str, lang: Language) -> str:
    return labels.age(band, Medium.PAPER, lang) if band else ""


def _yes_no(value: str, lang: Language) -> str:
    return labels.yes_no(value, Medium.PAPER, lang) if value else ""
