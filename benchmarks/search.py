"""How fast the search is: `python benchmarks/search.py [--sizes 60 5000 100000] [--queries 200]`.

Method. Listings are generated from a fixed seed: two languages, a name of 4 words, a text of 40 words per
language drawn from a vocabulary whose frequencies follow Zipf's law, 1 to 4 needs out of 60, a kind out of 8.
The most common words stand in a third to a half of all listings: a hard corpus, harder than the field.
A query has 1 to 4 clauses (drawn from the same law, each in name and text, a third with a need beside) and
asks for 10 hits, the counts of two facets, and in a third of cases a filter.

Printed for each size and engine:
- build: seconds for `rebuild`, from ready documents to a swapped and synced index;
- cold: each query for the first time after a fresh engine has opened the index (first includes opening it);
- warm: the same queries again, p50 / p95 / p99 in ms;
- update: ms from the call of `upsert` of one listing until another engine object (another process, to all
  intents) finds it; median of 5.
The memory engine is left out above 20,000 listings: it is the stand-in of a small index.
Nothing is asserted; run it on a quiet machine and compare with the table in
`docs/decisions/0012-whoosh-behind-an-interface.md`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from guide.search.engine import Clause, Document, SearchEngine, SearchPage, SearchRequest, Term
from guide.search.memory_engine import MemoryEngine
from guide.search.whoosh_engine import WhooshEngine

NEEDS = [f"need-{number}" for number in range(60)]
KINDS = [f"kind-{number}" for number in range(8)]
LARGEST_IN_MEMORY = 20_000


class Words:
    """A vocabulary of 20,000 words drawn by rank: the nth word is n times rarer than the first."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = [f"mot{number}" for number in range(20_000)]
        total = 0.0
        self.cumulated = []
        for rank in range(1, len(self.words) + 1):
            total += 1 / (rank + 10)
            self.cumulated.append(total)

    def some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.cumulated, k=count)


def documents(size: int) -> list[Document]:
    words = Words(1)
    made = []
    for number in range(size):
        texts = {"text_fr": words.some(40), "text_nl": words.some(40)}
        names = {"name_fr": words.some(4), "name_nl": words.some(4)}
        needs = words.random.sample(NEEDS, words.random.randint(1, 4))
        spoken = {"fr": names["name_fr"] + texts["text_fr"], "nl": names["name_nl"] + texts["text_nl"]}
        made.append(
            Document(
                id=f"listing-{number:06d}",
                tier=words.random.choices((0, 1, 2), weights=(90, 5, 5))[0],
                fields={**names, **texts, "concept": [needs[0], *needs]},
                words=spoken,
                facets={"need": needs, "kind": [words.random.choice(KINDS)]},
            )
        )
    return made


def queries(count: int) -> list[Callable[[SearchEngine], SearchPage]]:
    words = Words(2)
    asked: list[Callable[[SearchEngine], SearchPage]] = []
    for number in range(count):
        clauses = []
        for word in words.some(words.random.randint(1, 4)):
            alternatives = [Term("name_fr", word, 3.0), Term("text_fr", word)]
            if words.random.random() < 1 / 3:
                alternatives.append(Term("concept", words.random.choice(NEEDS), 5.0))
            clauses.append(Clause(tuple(alternatives)))
        filters = {"kind": [words.random.choice(KINDS)]} if number % 3 == 0 else {}
        asked.append(_question(tuple(clauses), filters))
    return asked


def _question(
    clauses: tuple[Clause, ...], filters: dict[str, list[str]]
) -> Callable[[SearchEngine], SearchPage]:
    return lambda engine: engine.search(
        SearchRequest(clauses, filters=filters, facets=("need", "kind"), limit=10)
    )


def timed(engine: SearchEngine, asked: list[Callable[[SearchEngine], SearchPage]]) -> str:
    taken = []
    for ask in asked:
        start = time.perf_counter()
        ask(engine)
        taken.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return f"p50 {cuts[49]:7.2f}  p95 {cuts[94]:7.2f}  p99 {cuts[98]:7.2f}  first {taken[0]:8.1f} ms"


def visible_after(writer: SearchEngine, reader: SearchEngine) -> float:
    taken = []
    for number in range(5):
        document = Document("new", fields={"name_fr": [f"jamaisvu{number}"]})
        clause = Clause((Term("name_fr", f"jamaisvu{number}"),))
        start = time.perf_counter()
        writer.upsert([document], revision=number + 2)
        assert reader.search(SearchRequest([clause])).ids == ("new",)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def measure(size: int, count: int) -> None:
    listed, asked = documents(size), queries(count)
    folder = Path(tempfile.mkdtemp(prefix="guide-search-"))
    try:
        whoosh = WhooshEngine(folder / "index")
        report("whoosh", size, whoosh, WhooshEngine(folder / "index"), listed, asked)
        weight = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{size:7d} whoosh  folder {weight / 1e6:.1f} MB", flush=True)
        if size <= LARGEST_IN_MEMORY:
            memory = MemoryEngine()
            report("memory", size, memory, memory, listed, asked)
    finally:
        shutil.rmtree(folder)


def report(
    name: str,
    size: int,
    writer: SearchEngine,
    reader: SearchEngine,
    listed: list[Document],
    asked: list[Callable[[SearchEngine], SearchPage]],
) -> None:
    start = time.perf_counter()
    writer.rebuild(listed, revision=1)
    print(f"{size:7d} {name}  build  {time.perf_counter() - start:.2f} s", flush=True)
    print(f"{size:7d} {name}  cold   {timed(reader, asked)}", flush=True)
    print(f"{size:7d} {name}  warm   {timed(reader, asked)}", flush=True)
    print(f"{size:7d} {name}  update visible after {visible_after(writer, reader):.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Latency of the search engines on generated listings.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 5_000, 100_000])
    parser.add_argument("--queries", type=int, default=200)
    chosen = parser.parse_args()
    for size in chosen.sizes:
        measure(size, chosen.queries)


if __name__ == "__main__":
    main()
