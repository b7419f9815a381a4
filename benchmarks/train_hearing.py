"""Trains what hears sentences: `pip install -e .[train]`, then `python benchmarks/train_hearing.py`.

Writes the figures of three models into `data/sentences/figures/`: `crises` (what danger a sentence tells of),
`needs` (which need or topic) and `languages` (in which language it is). They are linear support vector machines
over the features of `guide.recognition.features`, learned from the reviewed sentences of `data/sentences/` and the
phrases of `data/vocabulary/`. The files `unseen_*` are never learned from.

`python benchmarks/hearing.py` measures what came of it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import yaml
from scipy import sparse
from sklearn.svm import LinearSVC

from guide import paths
from guide.recognition import sentences
from guide.recognition.features import Features, spelling
from guide.recognition.hearing import CALM, TRAINED_FROM
from guide.recognition.model import LinearModel, row, save

FIGURES = sentences.FOLDER / "figures"
Example = tuple[str, str, float]
"""A label, a text, and how much it weighs."""

ORDINARY = 0.2
"""How much an ordinary need weighs beside a sentence written about danger."""

LARGEST = 127
"""The largest figure of a signed byte."""


def phrases() -> Iterator[tuple[str, str | None, str]]:
    """The term, crisis and text of every phrase of the vocabulary, in all languages."""
    for path in sorted((paths.DATA / "vocabulary").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")):
            for text in [*group.get("fr", []), *group.get("nl", []), *group.get("other", [])]:
                yield group["term"], group.get("crisis"), text


def panels() -> Iterator[tuple[str, str, str]]:
    """The language, crisis and text of the sentences that the page in other languages has for its panels."""
    for language in yaml.safe_load((paths.DATA / "other_languages.yaml").read_text(encoding="utf-8")):
        yield language["code"], "violence", language["needs"]["danger"]
        for told in language.get("crises", []):
            for text in told["says"]:
                yield language["code"], told["crisis"], text


NEAR_DANGER = frozenset(
    [
        *[
            "chauffage",
            "coupure-energie",
            "danger",
            "dependances",
            "deuil",
            "ecoute-enfants",
            "enfant-danger",
        ],
        *["expulsion", "faim", "harcelement", "harcelement-ecole", "huissier", "lit-nuit", "loyer-retard"],
        *["moral", "nourriture-bebe", "parler", "psy", "sans-abri", "suicide", "urgence", "urgence-medicale"],
        *["violence-couple", "violence-sexuelle"],
    ]
)
"""Terms whose words may tell of a danger or may not: nothing about danger is learned from them."""


def crises() -> Iterator[Example]:
    """The sentences on dangers; and what names an ordinary need, which tells of none."""
    said = set()
    for one in sentences.sentences("crises"):
        said.add(one.text.casefold())
        for label in one.labels:
            yield label, one.text, 1 / len(one.labels)
    for term, crisis, text in phrases():
        if text.casefold() in said:
            continue  # a sentence says more exactly what it tells of: "how to kill myself" looks for a means
        if crisis:
            yield crisis, text, 1.0
        elif term not in NEAR_DANGER:
            yield CALM, text, ORDINARY
    for _, crisis, text in panels():
        yield crisis, text, 1.0
    for one in sentences.sentences("needs"):
        if one.labels[0] not in NEAR_DANGER:
            yield CALM, one.text, ORDINARY


def needs() -> Iterator[Example]:
    for one in sentences.sentences("needs"):
        yield one.labels[0], one.text, 1.0
    for term, _, text in phrases():
        yield term, text, 1.0


def languages() -> Iterator[Example]:
    for name in ("crises", "needs"):
        for one in sentences.sentences(name):
            yield one.language, one.text, 1.0
    for language, _, text in panels():
        yield language, text, 1.0


@dataclass(frozen=True)
class Plan:
    """How a model is trained: from which examples, how strictly, into how large a table."""

    examples: Callable[[], Iterator[Example]]
    strength: float
    bits: int


PLANS = {
    "crises": Plan(crises, 3.0, 18),
    "needs": Plan(needs, 1.0, 15),
    "languages": Plan(languages, 1.0, 14),
}


def learned(name: str, examples: list[Example], heard: list[list[str]], plan: Plan) -> LinearModel:
    """The model learned from these examples and what is heard of each."""
    rows, columns, values = [], [], []
    for number, one in enumerate(heard):
        rows += [number] * len(one)
        columns += [row(feature, plan.bits) for feature in one]
        values += [1 / math.sqrt(max(1, len(one)))] * len(one)
    table = sparse.csr_matrix((values, (rows, columns)), shape=(len(heard), 1 << plan.bits))
    machine = LinearSVC(C=plan.strength, random_state=0)
    machine.fit(table, [label for label, _, _ in examples], sample_weight=[weight for *_, weight in examples])
    # The few largest weights are cut, so that the many small ones keep their differences in one byte.
    scale = LARGEST / float(np.quantile(np.abs(machine.coef_), 0.99999))
    figures = np.clip(np.rint(machine.coef_ * scale), -LARGEST, LARGEST).astype(np.int8)
    return LinearModel(
        labels=tuple(str(label) for label in machine.classes_),
        bias=tuple(round(float(value), 4) for value in machine.intercept_),
        scale=round(scale, 4),
        bits=plan.bits,
        trained_on=sentences.digest(*TRAINED_FROM[name]),
        table=figures.T.tobytes(),
    )


def main() -> None:
    FIGURES.mkdir(exist_ok=True)
    features = Features(sentences.concepts())
    for name in sys.argv[1:] or list(PLANS):
        plan = PLANS[name]
        examples = list(plan.examples())
        heard = [spelling(text) if name == "languages" else features.of(text) for _, text, _ in examples]
        model = learned(name, examples, heard, plan)
        path = FIGURES / f"{name}.model"
        save(model, path)
        size = path.stat().st_size >> 10
        print(f"{name}: {len(examples)} examples, {len(model.labels)} labels, {size} KB", flush=True)


if __name__ == "__main__":
    main()
