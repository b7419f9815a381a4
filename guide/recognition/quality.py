"""How well dangers are heard, measured on sentences that nothing was trained with; and what is asked of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from guide.recognition.hearing import CALM, PANEL_OF, UNSURE, Heard
from guide.recognition.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1. Of sentences of danger: `right` panel, any `panel`, a panel or the calm line (`covered`);
    of calm sentences: those with a panel (`false`) and those with the calm line (`line`)."""

    dangers: int
    right: float
    panel: float
    covered: float
    calm: int
    false: float
    line: float

    def __str__(self) -> str:
        return (
            f"{self.dangers} of danger: right panel {self.right:.1%}, any {self.panel:.1%}, "
            f"panel or line {self.covered:.1%}; {self.calm} calm: false panel {self.false:.1%}, line {self.line:.1%}"
        )


@dataclass(frozen=True, slots=True)
class Goals:
    """The least share of right panels and of dangers that are covered, the most of false panels."""

    right: float
    covered: float
    false: float


GOALS = Goals(right=0.90, covered=0.98, false=0.02)
"""What is asked of French and Dutch, over all unseen sentences of a language."""
GOALS_IN_OTHER_LANGUAGES = Goals(right=0.88, covered=0.97, false=0.03)


def reaches(quality: Quality, goals: Goals) -> bool:
    """Is it heard as well as is asked?"""
    return quality.right >= goals.right and quality.covered >= goals.covered and quality.false <= goals.false


def is_right(sentence: Sentence, heard: Heard) -> bool:
    """Was it heard as it is meant? Distress without a plain danger is heard by the line, or by any panel."""
    if CALM in sentence.labels:
        return not heard.dangers
    if UNSURE in sentence.labels:
        return heard.distress or bool(heard.dangers)
    return bool(_panels(heard.dangers) & _panels(sentence.labels))


def measure(heard: Sequence[tuple[Sentence, Heard]]) -> Quality:
    """The quality over these sentences and what was heard of each."""
    calm = [found for sentence, found in heard if CALM in sentence.labels]
    danger = [pair for pair in heard if not {CALM, UNSURE} & set(pair[0].labels)]
    return Quality(
        dangers=len(danger),
        right=_share([is_right(sentence, found) for sentence, found in danger]),
        panel=_share([bool(found.dangers) for _, found in danger]),
        covered=_share([bool(found.dangers) or found.distress for _, found in danger]),
        calm=len(calm),
        false=_share([bool(found.dangers) for found in calm]),
        line=_share([found.distress for found in calm]),
    )


def _share(answers: Collection[bool]) -> float:
    return sum(answers) / len(answers) if answers else 0.0


def _panels(labels: Collection[str]) -> set[str]:
    return {PANEL_OF.get(label, label) for label in labels}
