"""A linear model as figures: for each feature a row with one small whole number for each label; rows are added up.

Whole numbers, so that every machine comes to the same sum. Features find their row by a checksum: two may share
one, and training has taken that into account. Pure Python; nothing is learned here.
"""

import json
import math
import mmap
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LinearModel:
    """What was learned.

    `table` holds `1 << bits` rows of one signed byte for each label; `scale` is what a margin of 1 is in them.
    `trained_on`: the digest of the sentences it was trained from.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    bits: int
    trained_on: str
    table: bytes | memoryview

    def scores(self, heard: Sequence[str]) -> dict[str, float]:
        """For each label how much speaks for it, in margins: below 0 the model says no, above 0 yes."""
        if not heard:
            return dict(zip(self.labels, self.bias, strict=True))
        width = len(self.labels)
        rows = memoryview(self.table).cast("b")
        starts = [row(one, self.bits) * width for one in heard]
        sums = map(sum, zip(*[rows[start : start + width] for start in starts], strict=True))
        # A long sentence holds more features; each then counts for less.
        share = 1 / (math.sqrt(len(heard)) * self.scale)
        return {
            label: base + total * share
            for label, base, total in zip(self.labels, self.bias, sums, strict=True)
        }


def row(feature: str, bits: int) -> int:
    """The row of a feature in a table of `1 << bits` rows; the same on every machine."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) & ((1 << bits) - 1)


@lru_cache(maxsize=8)
def load(path: Path) -> LinearModel:
    """The model of this file. Raises OSError when it is not there, ValueError when it is no model.

    The table is not read but mapped: of its millions of figures a sentence asks some hundred, and only the pages of
    the file that were asked are in memory, once for all processes of a host.
    """
    with path.open("rb") as file:
        head = file.readline()
        told = json.loads(head)
        labels = tuple(told["labels"])
        if path.stat().st_size - len(head) != len(labels) << told["bits"]:
            raise ValueError(f"{path.name} is not whole: train it again")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return LinearModel(
        labels,
        tuple(told["bias"]),
        told["scale"],
        told["bits"],
        told["trained_on"],
        memoryview(mapped)[len(head) :],
    )


def save(model: LinearModel, path: Path) -> None:
    """Writes the model: a first line of JSON that people can read, then the table.

    In the place of another one at once, never into it: a process may have that one mapped.
    """
    told = {
        "trained_on": model.trained_on,
        "bits": model.bits,
        "scale": model.scale,
        "labels": model.labels,
        "bias": model.bias,
    }
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(json.dumps(told).encode() + b"\n" + model.table)
    os.replace(beside, path)
