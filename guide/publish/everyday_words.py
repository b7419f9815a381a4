"""The index of everyday words: what people call their trouble, and the listings that help with it.

Only words the guide shows: hidden ones (insults, slang of drugs, misspellings) never reach paper.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.languages import Language
from guide.model import TaxonomyTerm, WordGroup

EACH = 4
"""So many words of one group: the first ones, which the group was written around."""
LONGEST = 24
MOST_TARGETS = 4
_SENTENCES = {
    "fr": (
        "je ",
        "j’",
        "on ",
        "mon ",
        "ma ",
        "mes ",
        "le ",
        "la ",
        "les ",
        "l’",
        "un ",
        "une ",
        "des ",
        "plus ",
    ),
    "nl": ("ik ", "wij ", "we ", "mijn ", "de ", "het ", "een ", "geen ", "mij ", "’s ", "’t "),
}
"""How a phrase begins that nobody looks up under its first letter."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it leads: the ids of chapters and listings, as the caller named them."""

    word: str
    targets: list[str]


def everyday_words(session: Session, lang: Language, places: Mapping[str, list[str]]) -> list[Word]:
    """The words of this language in alphabetical order; `places` says where each need or topic is treated."""
    groups = session.scalars(
        select(WordGroup)
        .options(joinedload(WordGroup.term).joinedload(TaxonomyTerm.parent))
        .order_by(WordGroup.vocabulary_id, WordGroup.position)
    ).all()
    hidden = {sort_key(word) for group in groups if group.hidden for word in _side(group, lang)}
    found: dict[str, tuple[str, list[str]]] = {}
    for group in groups:
        targets = places.get(group.term.key) or places.get(group.term.need.key)
        if group.hidden or group.calm or not targets:
            continue
        fitting = [word for word in _side(group, lang) if _fits(word, lang) and sort_key(word) not in hidden]
        for word in fitting[:EACH]:
            kept = found.setdefault(sort_key(word), (word, []))[1]
            kept.extend(target for target in targets if target not in kept)
    return [Word(word, targets[:MOST_TARGETS]) for _, (word, targets) in sorted(found.items())]


def sort_key(word: str) -> str:
    """What an alphabet sorts by: without accents, capitals and signs."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in plain if sign.isalnum() or sign == " ").strip()


def _side(group: WordGroup, lang: Language) -> list[str]:
    return group.fr if lang == "fr" else group.nl


def _fits(word: str, lang: Language) -> bool:
    return (
        len(word) <= LONGEST
        and word[:1].isalpha()
        and len(word.split()) <= 2
        and not word.casefold().startswith(_SENTENCES[lang])
    )
