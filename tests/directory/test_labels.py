"""Every value of a listing has words in both languages, and they stand in one place."""

import ast
from enum import StrEnum
from pathlib import Path

import pytest

import guide
from guide.directory.labels import Vocabulary, label
from guide.languages import LANGUAGES, Language
from guide.model import IntakeStatus, Publication, ServiceState, Visibility, YesNo

VALUES: dict[Vocabulary, list[str]] = {
    Vocabulary.ACCESS_MODE: ["walk_in", "appointment", "phone", "referral_required", "registration"],
    Vocabulary.ANSWER: [*YesNo, ""],
    Vocabulary.FREE: list(YesNo),
    Vocabulary.INTAKE: list(IntakeStatus),
    Vocabulary.PUBLICATION: [each for each in Publication if each is not Publication.PUBLISHED],
    Vocabulary.STATE: list(ServiceState),
    Vocabulary.VISIBILITY: [Visibility.PROFESSIONAL],
    Vocabulary.WHEELCHAIR: list(YesNo),
}


@pytest.mark.parametrize("vocabulary", Vocabulary)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_value_has_words(vocabulary: Vocabulary, lang: Language) -> None:
    for value in VALUES[vocabulary]:
        words = label(vocabulary, value, lang)
        assert words
        assert words != value
    french = [label(vocabulary, value, "fr") for value in VALUES[vocabulary]]
    assert french != [label(vocabulary, value, "nl") for value in VALUES[vocabulary]]


def test_a_value_that_nobody_knows_stays_as_it_is() -> None:
    assert label(Vocabulary.ACCESS_MODE, "by_boat", "fr") == "by_boat"


def _tables(source: str) -> list[set[tuple[str, str]]]:
    """The tables of words in a module: each a set of pairs (value, French words)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            found.append(
                {
                    (str(key.value).lower(), said.args[0].value)
                    if isinstance(key, ast.Constant)
                    else (key.attr.lower(), said.args[0].value)
                    for key, said in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant | ast.Attribute)
                    and isinstance(said, ast.Call)
                    and getattr(said.func, "id", "") == "_"
                    and said.args
                    and isinstance(said.args[0], ast.Constant)
                }
            )
    return found


def test_no_other_module_has_the_words_of_these_values() -> None:
    """Three values of a vocabulary with the same words elsewhere are a second table of them."""
    root = Path(guide.__file__).parent
    home = root / "directory" / "labels.py"
    ours = [table for table in _tables(home.read_text(encoding="utf-8")) if len(table) > 2]
    assert len(ours) >= 4
    doubles = {
        f"{module.relative_to(root)}: {sorted(table & own)}"
        for module in sorted(root.rglob("*.py"))
        if module != home
        for table in _tables(module.read_text(encoding="utf-8"))
        for own in ours
        if len(table & own) > 2
    }
    assert not doubles


def test_the_values_are_those_of_the_model() -> None:
    assert all(isinstance(value, str | StrEnum) for values in VALUES.values() for value in values)
    assert set(VALUES) == set(Vocabulary)
