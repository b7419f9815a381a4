"""What a sentence tells of, as the models hear it: dangers, needs, and its language.

Margins, not chances: a model that says "more than 0" says yes. Where a panel, a calm line or a need begins was
chosen on sentences that nobody had trained with (`benchmarks/hearing.py`), never on a single example.
"""

import math
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guide.recognition import model
from guide.recognition.features import Features, has_person, spelling
from guide.recognition.model import LinearModel
from guide.recognition.sentences import FOLDER, concepts

CALM, UNSURE, METHOD = "calm", "unsure", "suicide-method"
"""Labels that are no panel of their own: nothing; distress of no plain danger; a means to die is looked for."""

PANEL_OF = {METHOD: "suicide"}
"""The panel of what is heard apart and has that of another danger."""

PANEL = 0.17
"""By how much a danger must be heard above calm and mere distress before it has a panel."""
PART, SHORTEST_PART, MOST_PARTS = 1.0, 3, 6
"""How clearly a part of a sentence must tell of a danger of its own; of how many words; how many are heard."""
SECOND = -0.1
"""How clearly a means to die must be heard beside the wish."""
_PARTS = re.compile(r"[.,;:!?\n]+|\b(?:et|en|and|puis|ook|aussi|mais|maar|y|e|i|ve|și|si|и|та|і|و)\b")
LINE, LINE_WITHOUT_PERSON = -0.7, -0.4
"""How far below calm a danger or distress may be heard and still have the calm line: a film has no need of one."""


TRAINED_FROM = {
    "crises": ("crises", "needs"),
    "needs": ("needs",),
    "languages": ("crises", "needs"),
}
"""The files of sentences that each model is trained from (`benchmarks/train_hearing.py`)."""

MOST_NEEDS = 4
NEEDED = -0.75
"""How clearly a need must be heard at least; most sentences tell of one only among many, far below 0."""
LIGHTEST = 0.25
"""A need that weighs less beside the clearest one is not asked for."""
STEEP = 3.0
"""How quickly a need weighs less than the clearest one: at a margin of 1 a twentieth."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard: at most two dangers, the clearest first; or distress; or neither."""

    dangers: tuple[str, ...] = ()
    distress: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """The models, ready to hear. Immutable, shared by all threads."""

    features: Features
    crises: LinearModel
    needs: LinearModel
    languages: LinearModel

    def models(self) -> list[tuple[str, LinearModel, tuple[str, ...]]]:
        """Each model with its name and the files of sentences it is trained from."""
        return [
            (name, model, TRAINED_FROM[name])
            for name, model in (
                ("crises", self.crises),
                ("needs", self.needs),
                ("languages", self.languages),
            )
        ]

    def dangers(self, text: str, counted: Sequence[str] | None = None) -> Heard:
        """The dangers a sentence tells of, or distress. `counted`: its features, where they are known already."""
        scores = self.crises.scores(self.features.of(text) if counted is None else counted)
        first, above, distress = _clearest(scores)
        if above > PANEL:
            if first == PANEL_OF[METHOD] and scores[METHOD] > SECOND:
                # One panel, not two dangers; and where a means is heard beside the wish, nothing else is shown.
                first = METHOD
            return Heard(tuple(dict.fromkeys([first, *self._others(text, first)]))[:2])
        line = LINE if has_person(text) else LINE_WITHOUT_PERSON
        return Heard(distress=distress > line)

    def _others(self, text: str, first: str) -> list[str]:
        """What the parts of a sentence tell of by themselves: "he hits me and I have nowhere to sleep"."""
        parts = [part for part in _PARTS.split(text) if len(part.split()) >= SHORTEST_PART]
        if len(parts) < 2:
            return []
        told = [_clearest(self.crises.scores(self.features.of(part)))[:2] for part in parts[:MOST_PARTS]]
        clear = [label for label, above in told if above > PART]
        return [label for label in clear if PANEL_OF.get(label, label) != PANEL_OF.get(first, first)]

    def needed(self, counted: Sequence[str]) -> list[tuple[str, float]]:
        """The needs and topics a sentence with these features tells of, the clearest first, each with its weight:
        1 for the first. None when it tells of nothing that was ever learned."""
        scores = self.needs.scores(counted)
        ranked = sorted(scores.items(), key=lambda item: -item[1])[:MOST_NEEDS]
        if ranked[0][1] < NEEDED:
            return []
        told = [(term, math.exp(STEEP * (score - ranked[0][1]))) for term, score in ranked]
        return [(term, weight) for term, weight in told if weight >= LIGHTEST]

    def language(self, text: str) -> tuple[str, float]:
        """The language of a text, and by how much it is heard above the next."""
        scores = self.languages.scores(spelling(text))
        (first, clearest), (_, next_clearest) = sorted(scores.items(), key=lambda item: -item[1])[:2]
        return first, clearest - next_clearest


def _clearest(scores: Mapping[str, float]) -> tuple[str, float, float]:
    """The clearest danger, by how much it is heard above calm and distress; how far distress is above calm."""
    calm, unsure = scores[CALM], scores[UNSURE]
    first = max(scores, key=lambda label: scores[label] if label not in (CALM, UNSURE) else -math.inf)
    return first, scores[first] - max(calm, unsure), max(scores[first], unsure) - calm


def hearing() -> Hearing:
    """What hears sentences, read once, whoever asks first. Raises OSError or ValueError when it is not there."""
    with _READING:
        return _read()


_READING = threading.Lock()


@lru_cache(maxsize=1)
def _read() -> Hearing:
    figures = FOLDER / "figures"
    return Hearing(
        Features(concepts()),
        model.load(figures / "crises.model"),
        model.load(figures / "needs.model"),
        model.load(figures / "languages.model"),
    )
