"""Crisis words are run against the whole set of unseen sentences before they count.

A phrase of the vocabulary that has a crisis, or is known to be calm, decides alone when somebody types just that.
A change of such words may not make the guide hear worse than it promises (`guide.recognition.quality.GOALS`).
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from guide.languages import LANGUAGES
from guide.loading.files import DataFile, read_all
from guide.recognition import quality, sentences
from guide.recognition.hearing import Heard, hearing
from guide.recognition.sentences import Sentence
from guide.records.errors import ErrorDetail
from guide.search import analysis


def heard(folder: Path) -> list[ErrorDetail]:
    """The faults of hearing of the data files in this folder, which are in order otherwise (`check`)."""
    files, _ = read_all(folder)
    return list(hearing_errors(files))


def hearing_errors(files: list[DataFile]) -> Iterator[ErrorDetail]:
    """What is heard worse than promised with the vocabulary of these files; models trained from other sentences."""
    for name, model, trained_from in hearing().models():
        if model.trained_on != sentences.digest(*trained_from):
            yield ErrorDetail(
                f"sentences/figures/{name}.model", "", "", "was trained from other sentences: train it again"
            )
    reviewed = _reviewed(files)
    pairs = [(one, _with_words(one, found, reviewed)) for one, found in _unseen()]
    for language in LANGUAGES:
        measured = quality.measure([pair for pair in pairs if pair[0].language == language])
        if not quality.reaches(measured, quality.GOALS):
            yield ErrorDetail(
                "vocabulary", "", "crisis", f"with these words dangers are heard too badly: {measured}"
            )


def _reviewed(files: list[DataFile]) -> dict[tuple[str, ...], str]:
    """By its words: the crisis of each phrase that has one, '' of those known to be calm."""
    return {
        tuple(analysis.words(text, "fr")): group.get("crisis", "")
        for file in files
        if file.kind.name == "vocabulary"
        for record in file.records
        for group in record["groups"]
        if group.get("crisis") or group.get("calm")
        for side in ("fr", "nl", "other")
        for text in group.get(side, [])
    }


def _with_words(sentence: Sentence, found: Heard, reviewed: dict[tuple[str, ...], str]) -> Heard:
    crisis = reviewed.get(tuple(analysis.words(sentence.text, "fr")))
    return found if crisis is None else Heard((crisis,) if crisis else ())


@lru_cache(maxsize=1)
def _unseen() -> list[tuple[Sentence, Heard]]:
    """The sentences that nothing was trained with, as the models hear them; the same for all vocabularies."""
    hear = hearing()
    return [(one, hear.dangers(one.text)) for one in sentences.sentences("unseen_*")]
