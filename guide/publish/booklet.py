"""The guide on paper: all of it, one need, a neighbourhood or somebody's list, in one language or two.

A4 in large type, A5 as a booklet, or A5 laid two by two on A4 for a copier. With both languages each listing
stands once, French on the left and Dutch on the right: its two sides stay together on a copy of one page, no
page is left half empty because one language runs longer, and number and code are printed once.

Everything is tagged PDF/UA-1, but the pages laid for a copier: laying them out loses the tags, and that file is
for the machine that prints it (`guide.publish.imposition`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.asking import bodies_to_ask
from guide.directory.figures import long_date, phone, short_date, source_date
from guide.directory.freshness import Freshness, freshness
from guide.directory.listings import service_options, services_by_key
from guide.directory.needs import all_needs, help_with, services_for, terms_by_taxonomy
from guide.directory.urgent import Line, urgent_lines
from guide.languages import LANGUAGES, Bilingual, Language
from guide.model import (
    Action,
    Fulfilment,
    FulfilmentState,
    Service,
    ServiceState,
    TaxonomyTerm,
    TermRank,
    Theme,
)
from guide.publish.everyday_words import everyday_words, sort_key
from guide.publish.pdf import Document, Paper, render_without
from guide.publish.pictograms import pictogram
from guide.publish.printed import Entry, entry, standalone, without_scheme
from guide.publish.qr import qr_svg
from guide.sentences import Sentence, sentences

Sides = Literal["fr", "nl", "both"]
BookletPaper = Literal["a4", "a5", "a5-imposed"]
SIDES: tuple[Sides, ...] = ("fr", "nl", "both")
PAPERS: tuple[BookletPaper, ...] = ("a4", "a5", "a5-imposed")
OTHER = "other"
"""The id of the chapter of what is filed under no need."""


class NothingToPrintError(Exception):
    """There is no such need or neighbourhood, or no listing in it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is printed and how. At most one of `need`, `neighbourhood` and `keys` is set; none: the whole guide."""

    sides: Sides = "fr"
    paper: BookletPaper = "a4"
    need: str = ""
    neighbourhood: str = ""
    keys: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages of the pages, in their order."""
        return LANGUAGES if self.sides == "both" else (self.sides,)

    @property
    def whole(self) -> bool:
        """Is it the whole guide?"""
        return not (self.need or self.neighbourhood or self.keys)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Listings under one heading; `also` are printed elsewhere and named here."""

    key: str
    icon: str
    name: Bilingual
    hint: Bilingual
    services: list[Service]
    also: list[Service]


def make(session: Session, choice: Choice, made: datetime, site: str) -> bytes:
    """The booklet as a PDF. `site` is the public address, for codes and short links; `made` the date it bears.

    The same data, choice and moment give the same bytes. Raises NothingToPrintError.
    """
    chapters = _chapters(session, choice, made.date())
    if not any(chapter.services for chapter in chapters):
        raise NothingToPrintError
    data = _data(session, choice, chapters, made, site.rstrip("/"))
    paper: Paper = "a4" if choice.paper == "a4" else "a5"
    imposed = choice.paper == "a5-imposed"
    document = Document("booklet", data["cover"]["document"], choice.languages[0], made, paper, imposed)
    return render_without(document, data)


def printed(session: Session, choice: Choice, today: date) -> list[Service]:
    """The services a booklet holds or names; NothingToPrintError when its need is none of the guide's."""
    return [
        service
        for chapter in _chapters(session, choice, today)
        for service in (*chapter.services, *chapter.also)
    ]


def _chapters(session: Session, choice: Choice, today: date) -> list[Chapter]:
    """What the booklet holds: a list somebody made, what helps with one need, or the guide need by need."""
    if choice.keys:
        kept = services_by_key(session, choice.keys)
        return [Chapter("list", "list", _in_both(_my_list), Bilingual(), kept, [])]
    if choice.need:
        return [_chapter_of_need(session, choice, today)]
    services = _all_services(session)
    if choice.neighbourhood:
        services = [
            service
            for service in services
            if service.area is not None and service.area.key == choice.neighbourhood
        ]
    services.sort(key=lambda service: _rank(service, today))
    return _chapters_by_need(all_needs(session), services)


def _chapter_of_need(session: Session, choice: Choice, today: date) -> Chapter:
    need = next((need for need in all_needs(session) if need.key == choice.need), None)
    if need is None:
        raise NothingToPrintError
    helps = help_with(services_for(session, need), need.key, choice.languages[0], today)
    services = [*helps.first, *helps.also, *helps.announced]
    return Chapter(need.key, need.icon or "info", need.name, need.hint, services, [])


def _chapters_by_need(needs: Sequence[TaxonomyTerm], services: Sequence[Service]) -> list[Chapter]:
    """Each service under the need it is printed under, then what has none; no chapter is empty."""
    filed = {need.key: [one for one in services if _home(one) == need.key] for need in needs}
    chapters = [
        Chapter(need.key, need.icon or "info", need.name, need.hint, filed[need.key], _also(services, need))
        for need in needs
    ]
    rest = [service for service in services if not _home(service)]
    if rest:
        chapters.append(Chapter(OTHER, "plan", _in_both(_tools), Bilingual(), rest, []))
    return [chapter for chapter in chapters if chapter.services or chapter.also]


def _all_services(session: Session) -> list[Service]:
    return list(session.scalars(select(Service).where(Service.is_public).options(*service_options())))


def _rank(service: Service, today: date) -> tuple[bool, bool, bool, str]:
    """What exists, is trusted and can be called comes first."""
    return (
        service.state is not ServiceState.EXISTING,
        freshness(service, today) is Freshness.STALE,
        not service.phones,
        service.key,
    )


def _home(service: Service) -> str:
    """The need a listing is printed under: that of its first primary term, else of its first; '' without any."""
    filed = sorted(service.attributes, key=lambda one: (one.rank is not TermRank.PRIMARY, one.position))
    return filed[0].term.need.key if filed else ""


def _also(services: Iterable[Service], need: TaxonomyTerm) -> list[Service]:
    """What helps with a need and is printed under another one; only what exists."""
    return [
        service
        for service in services
        if service.state is ServiceState.EXISTING
        and _home(service) != need.key
        and any(filed.term.need.key == need.key for filed in service.attributes)
    ]


def _data(
    session: Session, choice: Choice, chapters: Sequence[Chapter], made: datetime, site: str
) -> dict[str, Any]:
    """Every word and drawing of the booklet; see typst/booklet.typ."""
    languages, today = choice.languages, made.date()
    bodies = bodies_to_ask(session)
    entries = {
        service.key: entry(service, languages, today, site, bodies, chapter.icon)
        for chapter in chapters
        for service in chapter.services
    }
    printed = [service for chapter in chapters for service in chapter.services]
    places = _places(chapters)
    return {
        "languages": list(languages),
        "large": choice.paper == "a4" and choice.sides != "both",
        "paper": "a4" if choice.paper == "a4" else "a5",
        # How many pages a sheet has: printed on both sides, and folded once for the copier.
        "sheet": 4 if choice.paper == "a5-imposed" else 2,
        # One chapter needs no table of contents and no index.
        "contents": len(chapters) > 1,
        "cover": _cover(session, choice, chapters, today, site),
        "words": {lang: _words(lang) for lang in languages},
        "urgent": _urgent(session, languages, made),
        "chapters": [_chapter_data(chapter, entries, languages) for chapter in chapters],
        "names": {
            lang: sorted(
                ([service.name.localized(lang).words, service.short_code] for service in printed),
                key=lambda row: sort_key(row[0]),
            )
            for lang in languages
        },
        "everyday": {
            lang: [[word.word, word.targets] for word in everyday_words(session, lang, places)]
            for lang in languages
        },
        "plans": _plans(session, printed, languages),
        "sources": _sources(printed, languages),
        "call": phone(bodies.cpas.number) if bodies.cpas else "",
        "site": without_scheme(site),
        "site_qr": standalone(qr_svg(f"{site}/")),
    }


def _chapter_data(
    chapter: Chapter, entries: Mapping[str, Entry], languages: Sequence[Language]
) -> dict[str, Any]:
    return {
        "id": chapter.key,
        "icon": pictogram(chapter.icon),
        "heads": [
            {"lang": lang, "name": _text(chapter.name, lang), "hint": _text(chapter.hint, lang)}
            for lang in languages
        ],
        "entries": [entries[service.key].as_data() for service in chapter.services],
        "also": [
            {"code": service.short_code, "names": [_text(service.name, lang) for lang in languages]}
            for service in chapter.also
        ],
    }


def _places(chapters: Sequence[Chapter]) -> dict[str, list[str]]:
    """Where each need and topic is treated: its chapter, or the listings for whom it is the reason one comes."""
    places: dict[str, list[str]] = {}
    second: dict[str, list[str]] = {}
    for chapter in chapters:
        for service in chapter.services:
            for filed in service.attributes:
                into = places if filed.rank is TermRank.PRIMARY else second
                into.setdefault(filed.term.key, []).append(f"s-{service.short_code}")
    for term, codes in second.items():
        places.setdefault(term, codes)
    for chapter in chapters:
        places[chapter.key] = [f"c-{chapter.key}"]
    return places


def _cover(
    session: Session, choice: Choice, chapters: Sequence[Chapter], today: date, site: str
) -> dict[str, Any]:
    subject = _subject(session, choice, chapters)
    shown = []
    for lang in choice.languages:
        _ = sentences(lang)
        shown.append(
            {
                "lang": lang,
                "title": _title(lang),
                "subject": _text(subject, lang),
                "date": long_date(today, lang),
                "source": _(
                    "Ce que nous savons au %(date)s. Appelez avant d’y aller.", date=short_date(today, lang)
                ),
                "online": _("Toujours à jour sur :"),
            }
        )
    # The name of the document stays in histories and lists of files: it tells of nothing sensitive.
    named = _in_both(_listening) if _is_sensitive(session, choice) else subject
    document = " / ".join(f"{_title(lang)} – {named.localized(lang).words}" for lang in choice.languages)
    return {"sides": shown, "document": document, "address": f"{site}/"}


def _is_sensitive(session: Session, choice: Choice) -> bool:
    return any(need.page_is_sensitive for need in all_needs(session) if need.key == choice.need)


def _listening(_: Sentence) -> str:
    return str(_("Aide et écoute"))


def _title(lang: Language) -> str:
    _ = sentences(lang)
    return str(_("Guide social de Jette"))


def _subject(session: Session, choice: Choice, chapters: Sequence[Chapter]) -> Bilingual:
    """What this booklet is about, for its cover."""
    if choice.whole:
        return _in_both(lambda _: _("Qui peut vous aider, où et comment"))
    if choice.neighbourhood:
        named = {term.key: term.name for term in terms_by_taxonomy(session, "neighbourhoods")}
        place = named[choice.neighbourhood]
        said = {lang: _neighbourhood(place.localized(lang).words, lang) for lang in LANGUAGES}
        return Bilingual(said["fr"], said["nl"])
    return chapters[0].name


def _neighbourhood(place: str, lang: Language) -> str:
    _ = sentences(lang)
    return str(_("Le quartier : %(place)s", place=place))


def _words(lang: Language) -> dict[str, str]:
    """What the template says itself."""
    _ = sentences(lang)
    return {
        "contents": _("Dans ce guide"),
        "page": _("page"),
        "see_also": _("Aident aussi"),
        "urgent": _("C’est urgent ?"),
        "names": _("Les services, de A à Z"),
        "notes": _("Mes notes"),
        "everyday": _("Les mots de tous les jours"),
        "everyday_hint": _("Cherchez votre mot. Le chiffre est celui de la page."),
        "plans": _("Dans les plans sociaux"),
        "plans_hint": _("Chaque action, et la page des services qui aident à la réaliser."),
        "sources": _("D’où viennent ces informations ?"),
        "qr": _("Code QR vers la fiche du service"),
        "site_qr": _("Code QR vers le site du guide"),
        "help": _("Besoin d’une personne ?"),
        "help_hint": _("L’accueil du CPAS cherche avec vous."),
        "error": _("Une information a changé ? Dites-le sur le site, au bas de chaque fiche."),
    }


def _urgent(session: Session, languages: Sequence[Language], at: datetime) -> list[dict[str, Any]]:
    """The urgent numbers, block by block: danger first and apart."""
    lines = urgent_lines(session, at, languages[0])
    blocks = []
    for block, headings in _BLOCKS.items():
        found = [line for line in lines if line.block == block]
        if found:
            blocks.append(
                {
                    "danger": block == "danger",
                    "heads": [{"lang": lang, "words": headings(sentences(lang))} for lang in languages],
                    "lines": [_line(line, languages) for line in found],
                }
            )
    return blocks


_BLOCKS: dict[str, Callable[[Sentence], str]] = {
    "danger": lambda _: _("Danger maintenant"),
    "talk": lambda _: _("Parler à quelqu’un"),
    "bed": lambda _: _("Un lit cette nuit"),
    "other": lambda _: _("Autres numéros utiles"),
}


def _line(line: Line, languages: Sequence[Language]) -> dict[str, Any]:
    return {
        "number": phone(line.number),
        "sides": [
            {"purpose": _text(line.purpose, lang), "answers": _answers(line, lang)} for lang in languages
        ],
    }


def _answers(line: Line, lang: Language) -> dict[str, str]:
    """When the line answers, in words, and that this is to be checked."""
    _ = sentences(lang)
    words = line.hours(lang)
    if line.doubtful:
        words = f"{words} {_('À vérifier.')}".strip()
    return {"words": words, "lang": lang}


def _plans(
    session: Session, printed: Sequence[Service], languages: Sequence[Language]
) -> list[dict[str, Any]]:
    """The actions of the plans that these listings fulfil, newest plan first, with their short codes."""
    codes = {service.id: service.short_code for service in printed}
    links = session.scalars(
        select(Fulfilment)
        .where(Fulfilment.service_id.in_(codes), Fulfilment.state != FulfilmentState.REFUSED)
        .options(joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan))
    ).all()
    actions = {link.action.reference: link.action for link in links}
    ordered = sorted(
        actions.values(),
        key=lambda one: (-one.theme.plan.starts, one.theme.plan.key, one.theme.number, one.position),
    )
    plans: dict[str, dict[str, Any]] = {}
    for action in ordered:
        plan = action.theme.plan
        shown = plans.setdefault(
            plan.key, {"names": [_text(plan.short_title, lang) for lang in languages], "actions": []}
        )
        shown["actions"].append(
            {
                "number": action.number,
                "sides": [
                    {"theme": _text(action.theme.name, lang), "text": _text(action.text, lang)}
                    for lang in languages
                ],
                "codes": [codes[link.service_id] for link in links if link.action_id == action.id],
            }
        )
    return list(plans.values())


def _sources(printed: Sequence[Service], languages: Sequence[Language]) -> list[list[dict[str, str]]]:
    """The documents that the printed facts come from, in the order of the guide's list."""
    documents = {citation.source.id: citation.source for one in printed for citation in one.citations}
    ordered = sorted(documents.values(), key=lambda one: (one.position, one.key))
    return [
        [_text(document.title, lang) | {"date": source_date(document, lang)} for lang in languages]
        for document in ordered
    ]


def _text(text: Bilingual, lang: Language) -> dict[str, str]:
    side = text.localized(lang)
    return {"words": side.words, "lang": side.lang}


def _in_both(words: Callable[[Sentence], str]) -> Bilingual:
    """A sentence of ours in both languages."""
    return Bilingual(*(words(sentences(lang)) for lang in LANGUAGES))


def _my_list(_: Sentence) -> str:
    return str(_("Mes adresses"))


def _tools(_: Sentence) -> str:
    return str(_("Outils et réseaux des plans"))
