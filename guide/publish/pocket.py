"""The guide to keep on a telephone: the public services of one language as one small value, ready to be JSON.

What is marked sensitive is left out: a telephone is often shared, and every telephone keeps the page of the
urgent numbers anyway. Nothing says "open now": nobody knows when it will be read.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory import figures, wording
from guide.directory.asking import BodiesToAsk, ask_words, bodies_to_ask, whom_to_ask
from guide.directory.freshness import hours_are_current
from guide.directory.hours import shown_hours
from guide.directory.listing import Listing
from guide.directory.listings import all_listings
from guide.directory.sureness import sureness
from guide.directory.vocabulary import NEGATIONS, Lexicon, Phrase
from guide.languages import Language, LocalText
from guide.model import ServiceState, TaxonomyTerm, TermRank
from guide.publish.printed import check_hours
from guide.search import analysis, wordlists
from guide.sentences import sentences

WEIGHT = {TermRank.PRIMARY: 6, TermRank.SECONDARY: 2}
"""How much being filed under a need counts, as in the search of the site."""


def pocket(
    session: Session,
    lexicon: Lexicon,
    lang: Language,
    today: date,
    address: Callable[[Listing], str],
    tel: Callable[[str], str],
) -> dict[str, Any]:
    """The guide of one language on this day; `address` and `tel` give the links behind a service and a number.

    `services`: `path`, `name`, `text`, `phones` (number, link, label), `asked` (the same, of who
    knows, where it has none), `facts` (question, lines), `terms`
    (weights), `more` (searched only), `standing`. A text written only in the other language stands as
    [words, language]. `terms`: what a need or topic is called. `phrases`: for each, the folded words that mean
    it. `stop`: words that ask for nothing. `rows`, `sets` and `calm` tell a crisis: words in a row, words in
    any order, rows that are none.

    Phrases are searched and never displayed, the hidden ones among them least of all.
    """
    names, phrases, crises = _words(session, lexicon, lang)
    bodies = bodies_to_ask(session)
    return {
        "lang": lang,
        "date": today.isoformat(),
        "date_words": figures.short_date(today, lang),
        "services": [
            _service(service, lang, today, address, tel) | _asked(service, bodies, lang, tel)
            for service in all_listings(session)
            if not service.is_sensitive
        ],
        "terms": {key: names[key] for key in phrases},
        "phrases": phrases,
        "stop": sorted(analysis.fold(word) for word in wordlists.STOP_WORDS[lang]),
        **crises,
    }


def _service(
    service: Listing,
    lang: Language,
    today: date,
    address: Callable[[Listing], str],
    tel: Callable[[str], str],
) -> dict[str, Any]:
    said = wording.in_words(service, lang, today)
    exists = service.state is ServiceState.EXISTING
    terms: dict[str, int] = {}
    for filed in service.attributes:
        for key in (filed.term.key, filed.need.key):
            terms[key] = max(terms.get(key, 0), WEIGHT[filed.rank])
    return {
        "path": address(service),
        "name": _local(said.name, lang),
        "text": _local(said.summary, lang),
        "about": [_local(part, lang) for part in said.description],
        "exists": exists,
        "phones": [
            [figures.phone(line.number), tel(line.number), wording.phone_label(service, line, lang).words]
            for line in service.phones
            if exists
        ],
        "facts": _facts(service, said.facts, lang, today),
        "standing": _standing(service, lang, today),
        "more": " ".join([*service.alternate_names.get(lang, []), service.key.replace("-", " ")]),
        "terms": terms,
    }


def _asked(
    service: Listing, bodies: BodiesToAsk, lang: Language, tel: Callable[[str], str]
) -> dict[str, list[str]]:
    """Who knows about a listing without a number: nothing for one that has its own."""
    body = whom_to_ask(service, bodies)
    return {"asked": [figures.phone(body.number), tel(body.number), ask_words(body, lang)]} if body else {}


def _facts(
    service: Listing, facts: Sequence[wording.Fact], lang: Language, today: date
) -> list[tuple[str, list[Any]]]:
    """What is known, question by question; the number stands on the card, and what is unknown takes no room."""
    _ = sentences(lang)
    unknown, when = _("Rien n’est écrit ici."), _("Quand ?")
    found: list[tuple[str, list[Any]]] = []
    for fact in facts:
        lines = [_local(line, lang) for line in fact.lines if line.words != unknown]
        if fact.question == _("Téléphone") or not lines:
            continue
        if fact.question == when and shown_hours(service, today) and not hours_are_current(service, today):
            lines.append(check_hours(service, lang))
        found.append((fact.question, lines))
    return found


def _standing(service: Listing, lang: Language, today: date) -> str:
    _ = sentences(lang)
    if service.state is ServiceState.ANNOUNCED:
        return _("Annoncé dans un plan")
    if service.state is ServiceState.ENDED:
        return _("Terminé")
    return sureness(service, today, lang).words


def _local(text: LocalText, lang: Language) -> str | tuple[str, str]:
    """The words; with their language when it is not the reader's."""
    return text.words if text.lang == lang else (text.words, text.lang)


def _words(
    session: Session, lexicon: Lexicon, lang: Language
) -> tuple[dict[str, str], dict[str, list[str]], dict[str, list[str]]]:
    """Names of needs and topics, the phrases that mean each, and the words of a crisis."""
    names = {
        term.key: term.name.localized(lang).words
        for term in session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs"))
    }
    phrases: dict[str, set[str]] = {}
    rows: set[str] = set()
    sets: set[str] = set()
    calm: set[str] = set()
    for phrase in lexicon.phrases:
        if phrase.need is None or phrase.language not in (lang, None):
            continue
        content = _content(phrase, lang)
        if phrase.calm:
            calm.add(" ".join(phrase.words))
        if phrase.crisis:
            rows.add(" ".join(phrase.words))
            if len([word for word in content if word not in NEGATIONS]) > 1:
                sets.add(" ".join(content))
        elif content:
            phrases.setdefault(phrase.term, set()).add(" ".join(content))
    crises = {"rows": sorted(rows), "sets": sorted(sets), "calm": sorted(calm)}
    return names, {key: sorted(said) for key, said in sorted(phrases.items())}, crises


def _content(phrase: Phrase, lang: Language) -> list[str]:
    """The words of a phrase that ask for something: what a query must hold to mean it."""
    return [word for word in phrase.words if word in NEGATIONS or analysis.terms(word, lang)]
