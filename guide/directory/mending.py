"""Words as this guide spells them: what nobody knows is joined, split, or replaced by the nearest known word."""

from collections.abc import Callable, Sequence

from guide.directory.vocabulary import Lexicon, Meaning, QueryWord
from guide.directory.weighing import SMALL_WORDS
from guide.languages import LANGUAGES, Language, other
from guide.search.engine import SearchReader


def spelled(
    words: Sequence[QueryWord],
    meanings: Sequence[Meaning],
    language: Language,
    lexicon: Lexicon,
    engine: SearchReader,
) -> list[str]:
    """The words as this guide spells them: unknown ones joined, split, or replaced by the nearest known one."""
    explained = {index for meaning in meanings for index in meaning.covers}

    def known(surface: str) -> bool:
        return (
            surface in lexicon.surfaces
            or surface in SMALL_WORDS
            or any(engine.knows(surface, side) for side in LANGUAGES)
        )

    def puzzling(index: int) -> bool:
        word = words[index]
        return (
            index not in explained and word.is_content and len(word.surface) >= 4 and not known(word.surface)
        )

    spelled: list[str] = []
    index = 0
    while index < len(words):
        surface = words[index].surface
        following = words[index + 1].surface if index + 1 < len(words) else ""
        if following and (puzzling(index) or puzzling(index + 1)) and known(surface + following):
            spelled.append(surface + following)  # "velo theque"
            index += 2
            continue
        spelled += _mended(surface, language, known, engine) if puzzling(index) else [surface]
        index += 1
    return spelled


def _mended(
    surface: str, language: Language, known: Callable[[str], bool], engine: SearchReader
) -> list[str]:
    if any(engine.suggest(surface, side, limit=1) for side in LANGUAGES):
        return [surface]  # the beginning of a known word: the prefix finds it
    for place in _cuts(surface):
        if known(surface[:place]) and known(surface[place:]):
            return [surface[:place], surface[place:]]  # "socialedienst", "artikel27"
    if not surface.isalpha():
        return [surface]
    near = engine.near(surface, language, limit=1) or engine.near(surface, other(language), limit=1)
    return near[:1] or [surface]


def _cuts(surface: str) -> list[int]:
    """Where one word may be two: between letters and figures, else from the middle outwards."""
    for place in range(1, len(surface)):
        if surface[:place].isalpha() and surface[place:].isdigit():
            return [place]
    middle = len(surface) / 2
    return sorted(range(3, len(surface) - 2), key=lambda place: abs(place - middle))
