"""A linear model is figures: read, added up, written back."""

import math
from pathlib import Path

import pytest

from guide.recognition import model
from guide.recognition.model import LinearModel, row

BITS = 4


def made() -> LinearModel:
    """Two labels; the feature "x" speaks for the first and against the second."""
    table = bytearray(2 << BITS)
    table[row("x", BITS) * 2] = 100
    table[row("x", BITS) * 2 + 1] = 256 - 50
    return LinearModel(("yes", "no"), (0.5, -0.25), 100.0, BITS, "abc", bytes(table))


def test_scores_add_up_the_rows_and_a_long_sentence_counts_each_feature_for_less() -> None:
    quiet = next(name for name in "abcdefgh" if row(name, BITS) != row("x", BITS))
    assert made().scores(["x"]) == {"yes": 1.5, "no": -0.75}
    share = 1 / math.sqrt(2)
    assert made().scores(["x", quiet]) == pytest.approx({"yes": 0.5 + share, "no": -0.25 - 0.5 * share})


def test_nothing_heard_leaves_what_is_likely_anyway() -> None:
    assert made().scores([]) == {"yes": 0.5, "no": -0.25}


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model.save(made(), tmp_path / "one.model")
    assert model.load(tmp_path / "one.model") == made()


def test_half_a_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.model"
    model.save(LinearModel(("yes", "no"), (0.0, 0.0), 1.0, BITS, "abc", bytes(8)), path)
    with pytest.raises(ValueError, match="train it again"):
        model.load(path)
