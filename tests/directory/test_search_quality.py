"""Citizens' queries against the real guide: what helps stands at the top, in both languages."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guide.directory.catalogue import open_at, read_catalogue
from guide.directory.finding import SearchQuery, find
from guide.directory.vocabulary import Lexicon
from guide.languages import LANGUAGES, Language
from guide.search.engine import SearchRequest
from guide.search.memory_engine import MemoryEngine
from tests.running import MONDAY_MORNING

ACCEPTANCE = 14
"""The first rows of each file are the acceptance list; the others were written by somebody else."""


@dataclass(frozen=True)
class Answered:
    """A query, what helps with it, and the keys that were found, best first."""

    query: str
    expected: frozenset[str]
    found: tuple[str, ...]

    @property
    def reciprocal_rank(self) -> float:
        places = [place for place, key in enumerate(self.found[:10], start=1) if key in self.expected]
        return 1 / places[0] if places else 0.0

    @property
    def recall(self) -> float:
        """The share of what helps that stands among the first five (at most five can)."""
        return len(self.expected.intersection(self.found[:5])) / min(5, len(self.expected))

    def __str__(self) -> str:
        return f"{self.query!r}: {', '.join(self.found[:5])} (expected {', '.join(sorted(self.expected))})"


def rows_of(name: str) -> list[tuple[str, frozenset[str], str]]:
    """Query, what helps with it, and its kind."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    split = (line.split("\t") for line in text.splitlines())
    return [(query, frozenset(keys.split(",")), kind) for query, keys, kind in split]


def rows(language: Language) -> list[tuple[str, frozenset[str]]]:
    return [(query, keys) for query, keys, _ in rows_of(f"queries_{language}.tsv")]


@pytest.fixture(scope="module")
def ask(
    engine, vocabulary: Lexicon, index: MemoryEngine
) -> Iterator[Callable[[str, Language], tuple[str, ...]]]:
    """The keys of what a query finds, best first."""
    with Session(engine) as session:
        # Read once for all queries, which come at the same moment.
        every = read_catalogue(session)
        opened = open_at(every, MONDAY_MORNING)

        def keys(query: str, language: Language) -> tuple[str, ...]:
            found = find(
                session, index, vocabulary, SearchQuery(query, language, MONDAY_MORNING), every, opened
            )
            return tuple(service.key for service in found.services)

        yield keys


@pytest.fixture(scope="module")
def answered(ask) -> dict[Language, list[Answered]]:
    """Every query of both files, asked once."""
    return {
        language: [Answered(query, keys, ask(query, language)) for query, keys in rows(language)]
        for language in LANGUAGES
    }


def report(measure: str, answers: Sequence[Answered]) -> tuple[float, str]:
    """The mean of a measure, and the queries that pull it down."""
    values = [getattr(answer, measure) for answer in answers]
    weak = [str(answer) for answer, value in zip(answers, values, strict=True) if value < 1]
    return sum(values) / len(values), f"{measure} is below 1 for:\n" + "\n".join(weak)


@pytest.mark.parametrize("measure", ["reciprocal_rank", "recall"])
@pytest.mark.parametrize("first", [ACCEPTANCE, None], ids=["acceptance", "all"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_helps_stands_at_the_top(answered, language: Language, first: int | None, measure: str) -> None:
    mean, weak = report(measure, answered[language][:first])
    assert mean >= 0.9, weak


UNSEEN = {"implied": 0.85, "voice": 0.9, "dialect": 0.9, "word": 0.98, "name": 0.95}
"""What is asked of queries by somebody who had not seen the vocabulary: the mean reciprocal rank of each kind."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_unseen_queries_of_every_kind_find_what_helps(ask, language: Language) -> None:
    ranks: dict[str, list[float]] = defaultdict(list)
    for query, keys, kind in rows_of(f"queries_unseen_{language}.tsv"):
        ranks[kind].append(Answered(query, keys, ask(query, language)).reciprocal_rank)
    means = {kind: sum(values) / len(values) for kind, values in ranks.items()}
    assert {kind: mean for kind, mean in means.items() if mean < UNSEEN[kind]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_listed_query_stays_without_any_answer(answered, language: Language) -> None:
    assert [str(answer) for answer in answered[language] if not answer.found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_queries_expect_services_that_exist(language: Language, index: MemoryEngine) -> None:
    known = {hit.id for hit in index.search(SearchRequest(limit=1000, filters={"type": ["service"]})).hits}
    assert {key for _, keys in rows(language) for key in keys if f"service:{key}" not in known} == set()
