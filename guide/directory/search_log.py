"""What people search, counted without anybody in it: day, language, and words that tell nothing of a person.

Kept are only words that the vocabulary knows, or that were searched on three different days; until then an
unknown word is a keyed digest. Never digits, never an address, never a crisis or a word that is not shown. A
search writes nothing: a tally in memory is added to the database at most once a minute, beside the requests.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock_guard
from guide.clock import BRUSSELS
from guide.crypto import digest
from guide.directory.understanding import Understanding
from guide.directory.vocabulary import Lexicon
from guide.languages import Language
from guide.model import SearchedWord, Service, UnknownWord, WayIn
from guide.search import analysis, wordlists

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
DAYS_SEEN = 3
SHORTEST, LONGEST = 3, 60
FULLEST = 5000
"""Different words kept in memory between two writings; what comes beyond is not counted."""
KEPT_MONTHS = 25
UNKNOWN_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one search that may be counted: those the vocabulary knows, and the others."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """A word with how often it was searched in a period, and how often nothing was found."""

    word: str
    language: str
    count: int
    without_result: int


NOTHING = Words((), ())


def countable(meant: Understanding, lexicon: Lexicon) -> Words:
    """The words of a search that may be counted; none at all of one that tells of distress or a hidden word."""
    if meant.is_secret or meant.holds_hidden_words:
        return NOTHING
    return countable_words([word.surface for word in meant.words if word.is_content], lexicon.surfaces)


def is_of_vocabulary(typed: str, meant: Understanding, language: Language, lexicon: Lexicon) -> bool:
    """Does a search hold nothing but words that the vocabulary knows, and tell of no crisis and no distress? Then
    many write it so, and it is nobody's own."""
    if meant.is_secret or meant.holds_hidden_words or meant.crises or meant.distress:
        return False
    words = analysis.words(typed, language)
    return bool(words) and all(
        word in lexicon.surfaces or word in wordlists.STOP_WORDS[language] for word in words
    )


def countable_words(words: Sequence[str], surfaces: Collection[str]) -> Words:
    """The same of plain words, folded as the search folds them."""
    fit = list(dict.fromkeys(word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha()))
    return Words(
        tuple(word for word in fit if word in surfaces), tuple(word for word in fit if word not in surfaces)
    )


class Tally:
    """Counts in memory, and adds to the database now and then. One a process; safe with many threads.

    `open_session` gives a session that may write and knows the secret key.
    """

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._words: Counter[tuple[date, str, str, bool, bool]] = Counter()
        self._ways: Counter[tuple[int, str, str, str]] = Counter()
        self._last: datetime | None = None

    def search(self, words: Words, language: Language, found_any: bool, now: datetime) -> None:
        """Counts a search."""
        day = now.astimezone(BRUSSELS).date()
        with self._lock:
            for known, group in ((True, words.known), (False, words.unknown)):
                for word in group:
                    key = (day, language, word, known, found_any)
                    if key in self._words or len(self._words) < FULLEST:
                        self._words[key] += 1
        self._now_and_then(now)

    def way_in(self, service_id: int, words: Words, language: Language, now: datetime) -> None:
        """Counts that these words led to a listing; only words the vocabulary knows."""
        month = f"{now.astimezone(BRUSSELS):%Y-%m}"
        with self._lock:
            for word in words.known:
                key = (service_id, month, language, word)
                if key in self._ways or len(self._ways) < FULLEST:
                    self._ways[key] += 1
        self._now_and_then(now)

    def flush(self, now: datetime) -> None:
        """Adds what was counted to the database; when that fails it is kept for the next time."""
        with self._writing:
            with self._lock:
                words, ways = self._words, self._ways
                self._words, self._ways = Counter(), Counter()
                self._last = now
            try:
                self._write(words, ways, now)
            except SQLAlchemyError as problem:
                log.warning("searches are not counted yet: %s", type(problem).__name__)
                with self._lock:
                    self._words.update(words)
                    self._ways.update(ways)

    def _now_and_then(self, now: datetime) -> None:
        with self._lock:
            if self._last is None:
                self._last = now
            due = (self._words or self._ways) and abs(now - self._last) >= EVERY
            if due:
                self._last = now
        if due:
            threading.Thread(target=self.flush, args=(now,), name="count-searches", daemon=True).start()

    def _write(
        self,
        words: Counter[tuple[date, str, str, bool, bool]],
        ways: Counter[tuple[int, str, str, str]],
        now: datetime,
    ) -> None:
        for attempt in (1, 2, 3):
            try:
                with self._open_session() as session:
                    _add(session, words, ways)
                    _forget(session, now)
                    session.commit()
                return
            except IntegrityError:
                # Another process has just written the same word for the first time: now it can be added to.
                if attempt == 3:
                    raise


def searches(session: Session, since: date, without_result: bool = False) -> list[Searched]:
    """The words searched since a day, the most searched first; or those that found nothing most often."""
    total, lost = func.sum(SearchedWord.count), func.sum(SearchedWord.without_result)
    query = (
        select(SearchedWord.word, SearchedWord.language, total, lost)
        .where(SearchedWord.day >= since)
        .group_by(SearchedWord.word, SearchedWord.language)
    )
    if without_result:
        query = query.having(lost > 0).order_by(lost.desc(), SearchedWord.word)
    else:
        query = query.order_by(total.desc(), SearchedWord.word)
    return [
        Searched(word, side, int(all_of), int(none)) for word, side, all_of, none in session.execute(query)
    ]


def ways_in(session: Session, service: Service, since_month: str) -> list[tuple[str, str, int]]:
    """(word, language, count): which searched words led to a listing since a month, the most first."""
    total = func.sum(WayIn.count)
    rows = session.execute(
        select(WayIn.word, WayIn.language, total)
        .where(WayIn.service_id == service.id, WayIn.month >= since_month)
        .group_by(WayIn.word, WayIn.language)
        .order_by(total.desc(), WayIn.word)
    )
    return [(word, side, int(count)) for word, side, count in rows]


def _add(
    session: Session,
    words: Counter[tuple[date, str, str, bool, bool]],
    ways: Counter[tuple[int, str, str, str]],
) -> None:
    for (day, side, word, known, found_any), count in words.items():
        if known or _may_be_named(session, word, side, day):
            row = session.scalar(
                select(SearchedWord)
                .where(SearchedWord.day == day, SearchedWord.language == side, SearchedWord.word == word)
                .with_for_update()
            )
            if row is None:
                row = SearchedWord(day=day, language=side, word=word, count=0, without_result=0)
                session.add(row)
            row.count += count
            row.without_result += 0 if found_any else count
            session.flush()
    there = set(session.scalars(select(Service.id)))
    for (service_id, month, side, word), count in ways.items():
        if service_id not in there:
            continue
        way = session.scalar(
            select(WayIn)
            .where(
                WayIn.service_id == service_id,
                WayIn.month == month,
                WayIn.language == side,
                WayIn.word == word,
            )
            .with_for_update()
        )
        if way is None:
            way = WayIn(service_id=service_id, month=month, language=side, word=word, count=0)
            session.add(way)
        way.count += count
        session.flush()


def _may_be_named(session: Session, word: str, side: str, day: date) -> bool:
    """Was this unknown word searched on three different days? Until then only its digest and days are kept."""
    named = select(SearchedWord.id).where(SearchedWord.word == word, SearchedWord.language == side).limit(1)
    if session.scalar(named) is not None:
        return True
    key = digest(str(session.info["secret_key"]), "searched-word", f"{side}:{word}")
    row = session.get(UnknownWord, key, with_for_update=True)
    if row is None:
        session.add(UnknownWord(digest=key, days=[day.isoformat()]))
        session.flush()
        return False
    days = sorted({*row.days, day.isoformat()})
    if len(days) >= DAYS_SEEN:
        session.delete(row)
        session.flush()
        return True
    row.days = days
    session.flush()
    return False


def _forget(session: Session, now: datetime) -> None:
    if clock_guard.jumped(session, now):
        return
    today = now.astimezone(BRUSSELS).date()
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    oldest = date(months // 12, months % 12 + 1, 1)
    session.execute(delete(SearchedWord).where(SearchedWord.day < oldest))
    session.execute(delete(WayIn).where(WayIn.month < f"{oldest:%Y-%m}"))
    limit = (today - UNKNOWN_KEPT).isoformat()
    for row in session.scalars(select(UnknownWord)):
        if max(row.days, default="") < limit:
            session.delete(row)
