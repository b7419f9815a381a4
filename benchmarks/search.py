"""The search by itself, beside SQLite's FTS5: the same listings, questions and hits, in one process without pages.

Both are asked what a page of results asks: 20 hits in order, how many there are, the counts of seven facets (each as
if its own filter were not set), a filter in a third of the questions; then the same with a line of text for each hit.

- The guide: its documents in its own engine on disk (Whoosh stores, `guide.search` ranks). A question is what
  `understand` made of the words before the clock starts: needs, names, stems, spelling. A line is made by
  `guide.directory.snippets` of texts that one statement fetches from a plain table, as pages do.
- FTS5: the texts of the same listings (names, texts, both languages) in one table with bm25, names three times as
  heavy, no stems; a table of their facets, counted by GROUP BY. The question is the same words, mended as the guide
  mends them, any of them, each also as the beginning of a longer word. A line is made by `snippet()`.

FTS5 knows no needs, languages, tiers or spelling: it finds other listings. What is compared is what an answer costs.

Cold: an engine, or a connection, that was just made, each question for the first time (the first opens the index).
Warm: the same questions again. Both are asked in turn, question by question; of so many rounds each question's median
counts. Building is from ready documents to a synced file, an update until another engine or connection sees it.
"""

import gc
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.report import Goal, Part, Table, number, times
from benchmarks.serving import OWN, Instance, Workshop
from guide import clock
from guide.database import open_database
from guide.directory import documents, snippets
from guide.directory.finding import FACETS, PAGE_SIZE
from guide.directory.understanding import Understanding, understand
from guide.directory.vocabulary import lexicon
from guide.languages import LANGUAGES, Language, LocalText
from guide.model import Service
from guide.search.engine import Document, SearchRequest
from guide.search.whoosh_engine import WhooshEngine

ASKED: tuple[tuple[Language, tuple[str, ...]], ...] = (
    ("fr", (
        "faim", "j'ai faim", "colis alimentaire", "je n'ai plus rien à manger", "resto social", "dettes",
        "trop de dettes", "huissier", "médiation de dettes", "loyer", "retard de loyer", "logement social",
        "expulsion", "sans abri", "où dormir ce soir", "chômage", "cherche du travail", "cpas jette", "cpas",
        "papiers", "titre de séjour", "apprendre le français", "cours de français", "ordinateur", "ordinnateur",
        "école de devoirs", "crèche", "médecin", "mutuelle", "psychologue", "je me sens seul", "personne âgée",
        "aide à domicile", "handicap", "énergie", "facture de gaz", "vêtements", "vetement pas cher",
        "violence conjugale", "avocat gratuit", "aide aux famille", "mediation dete", "apart ais jette",
    )),
    ("nl", (
        "honger", "ik heb honger", "voedselpakket", "schulden", "deurwaarder", "schuldbemiddeling", "huur",
        "huurachterstand", "sociale woning", "dakloos", "werk zoeken", "werkloos", "ocmw jette", "ocmw",
        "verblijfsvergunning", "nederlands leren", "computer", "computr", "huiswerkbegeleiding", "kinderopvang",
        "dokter", "ziekenfonds", "psycholoog", "eenzaam", "ouderen", "thuishulp", "handicap", "energiefactuur",
        "gratis kleren", "kledij", "geweld thuis", "gratis advocaat", "hulp bij papieren", "schuldbemidelling",
    )),
)  # fmt: skip
"""What people type: needs in one word and in several, names, mistakes."""

TITLE = "Search beside FTS5"
SIZES = (60, 5_000)
WEIGHTS = "bm25(3.0, 3.0, 1.0, 1.0)"
GOALS = {60: (1.5, 3.0), 5_000: (0.4, 1.5)}
"""Size → the guide's p95 as a share of FTS5's, warm and cold."""


@dataclass(frozen=True)
class Question:
    """One search: as the guide understands it, as FTS5 is asked it, and the filter that is ticked, if any."""

    meant: Understanding
    language: Language
    match: str
    ticked: tuple[str, str] | None

    @property
    def request(self) -> SearchRequest:
        """What the guide's engine is asked."""
        filters = {self.ticked[0]: [self.ticked[1]]} if self.ticked else {}
        return SearchRequest(
            self.meant.clauses, scope={"type": ["service"]}, filters=filters, facets=FACETS, limit=PAGE_SIZE
        )


@dataclass(frozen=True)
class Corpus:
    """Documents of services, and of each the texts that FTS5 searches and the guide's lines are made of.

    `texts`: identifier → names in French and Dutch, texts in French and Dutch. `told`: identifier → for each language
    summary, description and for whom.
    """

    documents: Sequence[Document]
    texts: dict[str, tuple[str, str, str, str]]
    told: dict[str, dict[str, tuple[str, str, str]]]


class Contender(Protocol):
    """An engine under the clock."""

    def search(self, question: Question) -> int:
        """The number of hits; those of the page and the counts are thrown away."""
        ...

    def search_and_tell(self, question: Question) -> int:
        """The same, with a line of text for each hit."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...


class Guide:
    """The guide's engine, just opened."""

    def __init__(self, folder: Path) -> None:
        snippets._stems.cache_clear()
        self._engine = WhooshEngine(folder / "whoosh")
        self._told = sqlite3.connect(folder / "told.sqlite3")

    def search(self, question: Question) -> int:
        return self._engine.search(question.request).total

    def search_and_tell(self, question: Question) -> int:
        page = self._engine.search(question.request)
        wanted = ", ".join("?" * len(page.ids))
        rows = self._told.execute(
            f"SELECT summary, description, for_whom FROM told WHERE language = ? AND id IN ({wanted})",
            (question.language, *page.ids),
        ).fetchall()
        for texts in rows:
            _line(texts, question)
        return page.total

    def close(self) -> None:
        self._told.close()


def _line(texts: Sequence[str], question: Question) -> list[snippets.Piece]:
    """As a card makes it: the first sentence, or another one that holds what was asked."""
    whole, *others = (LocalText(words, question.language, False) for words in texts)
    pieces = snippets.marked(snippets.first_sentence(whole), question.meant)
    if any(piece.marked for piece in pieces):
        return pieces
    for text in (whole, *others):
        if sentence := snippets.best_sentence(text, question.meant):
            return snippets.around_the_mark(snippets.marked(sentence, question.meant))
    return pieces


class Fts5:
    """SQLite's full-text search, on a connection just opened."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "fts5.sqlite3")

    def search(self, question: Question) -> int:
        self._hits("rowid", question)
        return self._counts(question)

    def search_and_tell(self, question: Question) -> int:
        self._hits("rowid, snippet(listing, -1, '<b>', '</b>', '…', 12)", question)
        return self._counts(question)

    def _hits(self, columns: str, question: Question) -> list[Any]:
        filtered, values = self._filter(question)
        return self._database.execute(
            f"SELECT {columns} FROM listing WHERE listing MATCH ? AND rank MATCH '{WEIGHTS}'{filtered} "
            f"ORDER BY rank LIMIT {PAGE_SIZE}",
            (question.match, *values),
        ).fetchall()

    def _counts(self, question: Question) -> int:
        """The counts of all facets, those of the ticked one without its filter; the number of hits."""
        filtered, values = self._filter(question)
        found = f"WITH found AS MATERIALIZED (SELECT rowid FROM listing WHERE listing MATCH ?{filtered}) "
        counted = "SELECT name, value, count(*) FROM facet JOIN found ON listing = found.rowid"
        asked = (question.match, *values)
        self._database.execute(f"{found}{counted} GROUP BY name, value", asked).fetchall()
        if question.ticked:
            whole = "WITH found AS MATERIALIZED (SELECT rowid FROM listing WHERE listing MATCH ?) "
            own = (question.match, question.ticked[0])
            self._database.execute(f"{whole}{counted} WHERE name = ? GROUP BY name, value", own).fetchall()
        return int(self._database.execute(f"{found}SELECT count(*) FROM found", asked).fetchone()[0])

    def _filter(self, question: Question) -> tuple[str, tuple[str, ...]]:
        if question.ticked is None:
            return "", ()
        # Without the plus SQLite looks for the words anew in each listing of the filter: a hundred times slower.
        return " AND +rowid IN (SELECT listing FROM facet WHERE name = ? AND value = ?)", question.ticked

    def close(self) -> None:
        self._database.close()


def corpus_of(instance: Instance, size: int) -> Corpus:
    """So many services of an instance, evenly drawn."""
    engine = open_database(f"sqlite:///{instance.database}")
    with Session(engine) as session:
        made = documents.all_documents(session, clock.today())
        found = sorted((one for one in made if one.id.startswith("service:")), key=lambda one: one.id)
        found = sorted(random.Random(14).sample(found, min(size, len(found))), key=lambda one: one.id)
        services = {f"service:{one.key}": one for one in session.scalars(select(Service))}
        texts = {one.id: _texts(services[one.id]) for one in found}
        told = {one.id: _told(services[one.id]) for one in found}
    engine.dispose()
    return Corpus(found, texts, told)


def _texts(service: Service) -> tuple[str, str, str, str]:
    """The texts that the guide's document is made of; what it repeats to give it weight stands once."""
    french, dutch = (
        ("\n".join(documents._service_names(service, side)), documents._service_texts(service, side))
        for side in LANGUAGES
    )
    return french[0], dutch[0], "\n".join(dict.fromkeys(french[1])), "\n".join(dict.fromkeys(dutch[1]))


def _told(service: Service) -> dict[str, tuple[str, str, str]]:
    return {
        side: (
            service.summary.side(side) or "",
            service.description.side(side) or "",
            service.eligibility.side(side) or "",
        )
        for side in LANGUAGES
    }


def questions_of(instance: Instance, corpus: Corpus, folder: Path) -> list[Question]:
    """Every query, understood; a third of them with a filter that some listing answers."""
    draw = random.Random(15)
    ticks = sorted(
        {
            (name, value)
            for one in corpus.documents
            for name, values in one.facets.items()
            if name in FACETS
            for value in values
        }
    )
    database = open_database(f"sqlite:///{instance.database}")
    engine, found = WhooshEngine(folder / "whoosh"), []
    with Session(database) as session:
        words = lexicon(session)
        for place, (language, query) in enumerate((side, one) for side, asked in ASKED for one in asked):
            meant = understand(query, language, words, engine)
            content = [word.surface for word in meant.words if word.is_content]
            match = " OR ".join(f'"{word}"*' for word in content or [word.surface for word in meant.words])
            found.append(Question(meant, language, match, draw.choice(ticks) if place % 3 == 0 else None))
    database.dispose()
    return found


def build_guide(corpus: Corpus, folder: Path) -> float:
    """The guide's index; the seconds it took. The plain table of texts beside it is not counted."""
    begun = time.perf_counter()
    WhooshEngine(folder / "whoosh").rebuild(corpus.documents, 1)
    taken = time.perf_counter() - begun
    with closing(sqlite3.connect(folder / "told.sqlite3")) as database, database:
        database.execute(
            "CREATE TABLE told (language TEXT, id TEXT, summary TEXT, description TEXT, for_whom TEXT, "
            "PRIMARY KEY (language, id)) WITHOUT ROWID"
        )
        rows = [(side, one, *texts) for one, told in corpus.told.items() for side, texts in told.items()]
        database.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?)", rows)
    return taken


def build_fts5(corpus: Corpus, folder: Path) -> float:
    """The tables of FTS5; the seconds they took."""
    begun = time.perf_counter()
    with closing(sqlite3.connect(folder / "fts5.sqlite3")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        with database:
            database.execute("CREATE VIRTUAL TABLE listing USING fts5(name_fr, name_nl, text_fr, text_nl)")
            database.execute(
                "CREATE TABLE facet (listing INTEGER, name TEXT, value TEXT, PRIMARY KEY (listing, name, value)) "
                "WITHOUT ROWID"
            )
            for number_, one in enumerate(corpus.documents, 1):
                _put(database, number_, one, corpus)
            database.execute("CREATE INDEX by_value ON facet (name, value, listing)")
            database.execute("INSERT INTO listing (listing) VALUES ('optimize')")
            database.execute("ANALYZE")
    return time.perf_counter() - begun


def _put(database: sqlite3.Connection, number_: int, one: Document, corpus: Corpus) -> None:
    database.execute(
        "INSERT INTO listing (rowid, name_fr, name_nl, text_fr, text_nl) VALUES (?, ?, ?, ?, ?)",
        (number_, *corpus.texts[one.id]),
    )
    facets = [(number_, name, value) for name in FACETS for value in dict.fromkeys(one.facets.get(name, ()))]
    database.executemany("INSERT INTO facet VALUES (?, ?, ?)", facets)


def seen_after_guide(corpus: Corpus, folder: Path, rounds: int = 5) -> float:
    """Milliseconds from the writing of one listing until another engine finds it: the median."""
    writer, reader, taken = WhooshEngine(folder / "whoosh"), WhooshEngine(folder / "whoosh"), []
    reader.search(SearchRequest())
    for turn in range(rounds):
        changed = replace(corpus.documents[turn], facets={"type": ["service"], "free": [f"turn-{turn}"]})
        begun = time.perf_counter()
        writer.upsert([changed], revision=turn + 2)
        found = reader.search(SearchRequest(filters={"free": [f"turn-{turn}"]}))
        taken.append(time.perf_counter() - begun)
        assert found.ids == (changed.id,)
    return statistics.median(taken) * 1000


def seen_after_fts5(corpus: Corpus, folder: Path, rounds: int = 5) -> float:
    """The same of FTS5."""
    taken = []
    with (
        closing(sqlite3.connect(folder / "fts5.sqlite3")) as writer,
        closing(sqlite3.connect(folder / "fts5.sqlite3")) as reader,
    ):
        writer.execute("PRAGMA synchronous = FULL")
        for turn in range(rounds):
            one = replace(corpus.documents[turn], facets={"free": [f"turn-{turn}"]})
            begun = time.perf_counter()
            with writer:
                writer.execute("DELETE FROM listing WHERE rowid = ?", (turn + 1,))
                writer.execute("DELETE FROM facet WHERE listing = ?", (turn + 1,))
                _put(writer, turn + 1, one, corpus)
            found = reader.execute("SELECT listing FROM facet WHERE value = ?", (f"turn-{turn}",)).fetchall()
            taken.append(time.perf_counter() - begun)
            assert found == [(turn + 1,)]
    return statistics.median(taken) * 1000


@dataclass(frozen=True)
class Times:
    """The milliseconds of all questions."""

    of: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.of)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.of, n=20, method="inclusive")[18]


def measure(
    asked: Sequence[Question],
    made: Sequence[Callable[[], Contender]],
    rounds: int,
    tell: bool,
) -> list[tuple[Times, Times]]:
    """Of each contender the times cold and warm, each made anew for every round."""
    taken: list[list[list[list[float]]]] = [[[[] for _ in asked] for _ in ("cold", "warm")] for _ in made]
    for _ in range(rounds):
        contenders = [make() for make in made]
        gc.collect()
        gc.freeze()
        for state in (0, 1):
            for place, question in enumerate(asked):
                order = range(len(made)) if place % 2 else reversed(range(len(made)))
                for which in order:
                    contender = contenders[which]
                    ask = contender.search_and_tell if tell else contender.search
                    begun = time.perf_counter()
                    ask(question)
                    taken[which][state][place].append(time.perf_counter() - begun)
        gc.unfreeze()
        for contender in contenders:
            contender.close()
    return [(_times(cold), _times(warm)) for cold, warm in ((by_state[0], by_state[1]) for by_state in taken)]


def _times(by_question: Sequence[Sequence[float]]) -> Times:
    return Times([statistics.median(one) * 1000 for one in by_question])


def run(workshop: Workshop, quick: bool = False) -> Part:
    """The search at 60 and at 5,000 listings beside FTS5."""
    sizes = (60, OWN) if quick else SIZES
    part = Part(
        TITLE,
        "One process, no pages: the guide's documents of generated listings in its own engine, and the texts of the "
        f"same listings in an FTS5 table with a table of facets. {sum(len(asked) for _, asked in ASKED)} queries as "
        f"people type them, understood before the clock starts: {PAGE_SIZE} hits, seven facets with counts, a filter "
        "in a third. Cold is each question's first time on an engine or connection just opened, warm the second; "
        "both contenders in turn, question by question, the median of each question over the rounds. FTS5 is plain "
        "(no stems, needs or tiers) and finds other listings; compared is what an answer costs.",
    )
    times_table, building = [], []
    for size in sizes:
        folder = workshop.folder / f"search-{size}"
        folder.mkdir()
        instance = workshop.instance(max(size, OWN))
        corpus = corpus_of(instance, size)
        built = build_guide(corpus, folder), build_fts5(corpus, folder)
        asked = questions_of(instance, corpus, folder)
        for tell in (False, True):
            rounds = 3 if quick else 9
            ours, theirs = measure(asked, (lambda: Guide(folder), lambda: Fts5(folder)), rounds, tell)  # noqa: B023
            what = "with lines of text" if tell else "hits and facets"
            for place, state in enumerate(("cold", "warm")):
                mine, other = ours[place], theirs[place]
                times_table.append(
                    [
                        f"{len(corpus.documents):,}, {what}, {state}",
                        *(number(one) for one in (mine.p50, other.p50, mine.p95, other.p95)),
                        times(mine.p50 / other.p50),
                        times(mine.p95 / other.p95),
                    ]
                )
                if tell:
                    wanted = GOALS[60 if quick else size][1 - place]
                    name = f"p95 of FTS5's at {len(corpus.documents):,}, with facets and lines, {state}"
                    part.goals.append(Goal(name, mine.p95 / other.p95, wanted, "x"))
        seen = seen_after_guide(corpus, folder), seen_after_fts5(corpus, folder)
        building.append([f"{len(corpus.documents):,}", *map(number, (*built, *seen))])
    part.tables = [
        Table(
            "An answer, in milliseconds",
            ("listings", "guide p50", "FTS5 p50", "guide p95", "FTS5 p95", "p50 of FTS5's", "p95 of FTS5's"),
            times_table,
        ),
        Table(
            "Building and changing",
            (
                "listings",
                "guide built, s",
                "FTS5 built, s",
                "guide: change seen, ms",
                "FTS5: change seen, ms",
            ),
            building,
        ),
    ]
    return part
