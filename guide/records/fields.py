"""The kinds of field a data file may have: how each is checked, read into the model, and written back.

Every check answers in words that say what to write instead. What is made of fields is in `records`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from guide import mail_address
from guide.dates import parse_iso_date
from guide.languages import LANGUAGES, Bilingual
from guide.records.errors import FieldErrors, Follow, Known
from guide.records.three_way_merge import Merge, merge_value, three_way_merge
from guide.records.values import LATITUDES, LONGITUDES, dialable, has_controls, holds_bank_account


class Lookup(Protocol):
    """Finds the object a reference names, while loading; KeyError when there is none."""

    def __call__(self, kind: str, key: str) -> Any:
        """The object with this key among the records of this kind."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that is one value. Subclasses say what values it takes."""

    name: str
    attribute: str = ""
    required: bool = False

    @property
    def stored_as(self) -> str:
        """The attribute of the model that holds it."""
        return self.attribute or self.name

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """What is wrong with a value of the file by itself: pairs (path, what to write instead, in English)."""
        yield from ()

    def beside(self, record: Mapping[str, Any], known: Known, follow: Follow) -> FieldErrors:
        """What is wrong with a sound value beside the rest of its record, or with where it leads."""
        yield from ()

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """What the model stores for a sound value (None: the field is left out). `existing` is what it stores now."""
        return value

    def write(self, stored: Any) -> Any:
        """The value for the file; None leaves the field out."""
        return stored

    def canonical(self, value: Any) -> Any:
        """The one way to write this value in a file; None leaves the field out."""
        return value

    def merge(self, base: Any, mine: Any, theirs: Any) -> Merge:
        """What comes of three versions of the value; the paths of its changes begin at this field."""
        return merge_value(base, mine, theirs)


@dataclass(frozen=True, kw_only=True)
class Line(Field):
    """Plain words on one line."""

    longest: int = 500
    pattern: re.Pattern[str] | None = None
    hint: str = ""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """Words on one line, not too long, of the pattern when there is one."""
        if not isinstance(value, str) or not value.strip():
            yield self.name, "write words here (put figures in quotes), or leave the field out"
        elif len(value) > self.longest:
            yield self.name, f"{len(value)} characters; at most {self.longest}"
        elif has_controls(value):
            yield self.name, "write it on one line, without tabs or control characters"
        elif self.pattern and not self.pattern.fullmatch(value):
            yield self.name, f"“{value}” does not fit: {self.hint}"


@dataclass(frozen=True, kw_only=True)
class MailAddress(Line):
    """An address one can write to (`guide.mail_address`)."""

    longest: int = mail_address.LONGEST

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """As a line, and an address that mail can be sent to."""
        found = list(super().errors(value, known))
        yield from found
        wrong = None if found else mail_address.problem_in(value)
        if wrong is mail_address.Problem.ACCENT:
            signs = mail_address.foreign_signs(value)
            yield (
                self.name,
                f"“{value}” cannot be written to: mail carries no “{signs}”; write it without accents",
            )
        elif wrong is not None:
            yield self.name, f"“{value}” is no mail address; write it as name@organisation.be"


@dataclass(frozen=True, kw_only=True)
class PhoneNumber(Field):
    """A Belgian number as it is dialled: '02 422 46 11', or a short one such as '107'."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A number that can be dialled from Belgium."""
        if not isinstance(value, str) or not dialable(value):
            yield self.name, f"“{value}” is no number one can call from Belgium; write it as '02 422 46 11'"


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One word out of a list; `default` is left out of the file."""

    words: type[StrEnum] | tuple[str, ...]
    default: str | None = None

    def _allowed(self) -> list[str]:
        return [str(word) for word in self.words]

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """One of the words, nothing else."""
        if value not in self._allowed():
            yield self.name, f"“{value}” is not one of: {', '.join(self._allowed())}"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The member of the enumeration, or the word; the default when the field is left out."""
        value = self.default if value is None else value
        if value is None or isinstance(self.words, tuple):
            return value
        return self.words(value)

    def write(self, stored: Any) -> Any:
        """The word; the default is left out."""
        return None if stored is None or str(stored) == self.default else str(stored)

    def canonical(self, value: Any) -> Any:
        """The word; the default is left out."""
        return None if value == self.default else value


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """`true`, or left out."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """Only `true`: what is not so is left out."""
        if value is not True:
            yield self.name, "write true, or leave the field out"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """True or False; a field that is left out is False."""
        return bool(value)

    def write(self, stored: Any) -> Any:
        """`true`; False is left out."""
        return True if stored else None


@dataclass(frozen=True, kw_only=True)
class Count(Field):
    """A whole number."""

    default: int | None = None

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A whole number from 0 to 9999."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 9999:
            yield self.name, f"“{value}” is not a whole number between 0 and 9999"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The number; the default when the field is left out."""
        return self.default if value is None else value

    def write(self, stored: Any) -> Any:
        """The number; the default is left out."""
        return None if stored == self.default else stored

    def canonical(self, value: Any) -> Any:
        """The number; the default is left out."""
        return None if value == self.default else value


@dataclass(frozen=True, kw_only=True)
class Amount(Field):
    """A whole number that counts people, contracts, parcels."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A whole number from 0 to 999,999,999."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 999_999_999:
            yield self.name, f"“{value}” is not a whole number between 0 and 999999999"


@dataclass(frozen=True, kw_only=True)
class Degrees(Field):
    """A latitude or longitude, WGS84, at most five decimals."""

    low: float
    high: float

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """Degrees within the bounds, with five decimals at most."""
        if not isinstance(value, int | float) or not self.low <= value <= self.high:
            yield (
                self.name,
                f"“{value}” is not a figure between {self.low} and {self.high} (the Brussels region)",
            )
        elif round(value, 5) != value:
            yield self.name, f"“{value}”: at most five decimals, about a metre"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """Degrees as a decimal with five places."""
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.00001"))

    def write(self, stored: Any) -> Any:
        """Degrees as a number of the file."""
        return None if stored is None else float(stored)


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A date, as YYYY-MM-DD."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A day of the calendar, as text: YYYY-MM-DD."""
        if not isinstance(value, str) or parse_iso_date(value) is None:
            yield self.name, f"“{value}” is no date; write it in quotes as '2026-11-03'"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The date."""
        return None if value is None else date.fromisoformat(value)

    def write(self, stored: Any) -> Any:
        """The date as YYYY-MM-DD."""
        return None if stored is None else stored.isoformat()


@dataclass(frozen=True, kw_only=True)
class PartialDate(Field):
    """A year, a month or a day: '2018', '2018-07', '2018-07-13'."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A year, a month or a day of the calendar, as text."""
        whole = value + "-01-01"[3 * (value.count("-")) :] if isinstance(value, str) else ""
        if parse_iso_date(whole) is None:
            yield self.name, f"“{value}” is no date; write '2018', '2018-07' or '2018-07-13', in quotes"


@dataclass(frozen=True, kw_only=True)
class Both(Field):
    """A text in French and Dutch. `both`: neither side may be missing."""

    both: bool = False
    longest: int = 4000

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A map with fr, nl or both: trimmed words, not too long, without a bank account."""
        yield from _side_faults(self.name, value, self.both)
        if isinstance(value, Mapping):
            for side, words in value.items():
                path = f"{self.name}.{side}"
                if not isinstance(words, str) or not words.strip():
                    yield path, "write words here, or leave this side out"
                elif len(words) > self.longest:
                    yield path, f"{len(words)} characters; at most {self.longest}"
                elif words != words.strip():
                    yield path, "take away the spaces around the text"
                elif has_controls(words.replace("\n", "")):
                    yield path, "take away tabs and control characters"
                elif holds_bank_account(words):
                    yield path, "a bank account number never stands in the guide"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """Both sides as one value; empty when the field is left out."""
        return Bilingual(**value) if value else Bilingual()

    def write(self, stored: Bilingual) -> Any:
        """The sides that have words; left out when neither has."""
        return dict(stored) or None

    def merge(self, base: Any, mine: Any, theirs: Any) -> Merge:
        """Side by side: a correction of the French does not keep the file's Dutch out."""
        sides = three_way_merge(base, mine, theirs, dict.fromkeys(LANGUAGES, merge_value))
        return replace(sides, merged=sides.merged or None)

    def canonical(self, value: Any) -> Any:
        """French before Dutch."""
        return _sides_in_order(value)


@dataclass(frozen=True, kw_only=True)
class BothLists(Field):
    """A list of short texts per language."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A map with fr, nl or both, each a list of texts that stand there once."""
        yield from _side_faults(self.name, value, both=False)
        if isinstance(value, Mapping):
            for side, words in value.items():
                yield from _words_faults(f"{self.name}.{side}", words)

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """Language → texts; {} when the field is left out."""
        return dict(value) if value else {}

    def write(self, stored: Mapping[str, Sequence[str]]) -> Any:
        """The sides that have texts, French first; left out when neither has."""
        return {side: list(stored[side]) for side in LANGUAGES if stored.get(side)} or None

    def canonical(self, value: Any) -> Any:
        """French before Dutch."""
        return _sides_in_order(value)


@dataclass(frozen=True, kw_only=True)
class Words(Field):
    """A list of short texts, each once; `allowed` limits them."""

    allowed: tuple[str, ...] = ()

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A list of texts, each once, and only those that are allowed."""
        yield from _words_faults(self.name, value)
        if self.allowed and isinstance(value, list):
            for word in value:
                if word not in self.allowed:
                    yield self.name, f"“{word}” is not one of: {', '.join(self.allowed)}"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The texts; [] when the field is left out."""
        return list(value or [])

    def write(self, stored: Sequence[str]) -> Any:
        """The texts in their order; left out when there are none."""
        return list(stored) or None


@dataclass(frozen=True, kw_only=True)
class Keys(Words):
    """Keys of other records, in the order that is wanted; stored as they are. `what` is one of them, in words."""

    kind: str
    what: str

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """As words, each the key of a record that is there."""
        yield from super().errors(value, known)
        for key in value if isinstance(value, list) else []:
            if isinstance(key, str) and not known(self.kind, key):
                yield self.name, f"“{key}” is no {self.what}"


@dataclass(frozen=True, kw_only=True)
class Sentences(Field):
    """A map of keys to sentences, kept as it is. `kind`: the records that these are the keys of."""

    kind: str

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A map of keys of records that are there to sentences."""
        sound = isinstance(value, Mapping) and all(
            isinstance(words, str) and words for words in value.values()
        )
        if not sound or not value:
            yield self.name, "write a map of keys and sentences here"
            return
        for key in value:
            if not known(self.kind, str(key)):
                yield self.name, f"“{key}” is not the key of any record of {self.kind}"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """Key → sentence; {} when the field is left out."""
        return dict(value or {})

    def write(self, stored: Any) -> Any:
        """Key → sentence; left out when there are none."""
        return dict(stored) or None


@dataclass(frozen=True, kw_only=True)
class Labels(Field):
    """A map of these names to short words, each of them there."""

    names: tuple[str, ...]
    longest: int = 120

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A map with each of the names and no other, their words as lines."""
        if not isinstance(value, Mapping):
            yield self.name, f"write a map of words here: {', '.join(self.names)}"
            return
        for name in self.names:
            if name not in value:
                yield f"{self.name}.{name}", "is missing"
        for name, words in value.items():
            if name not in self.names:
                yield f"{self.name}.{name}", f"unknown; this map knows: {', '.join(self.names)}"
            else:
                yield from Line(name=f"{self.name}.{name}", longest=self.longest).errors(words, known)

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """Name → words; {} when the field is left out."""
        return dict(value or {})

    def write(self, stored: Any) -> Any:
        """Name → words in the order of the names; left out when there are none."""
        return {name: stored[name] for name in self.names if name in stored} or None

    def canonical(self, value: Any) -> Any:
        """In the order of the names."""
        return {name: value[name] for name in self.names}


@dataclass(frozen=True, kw_only=True)
class Points(Field):
    """Pairs of latitude and longitude, at most `most` of them."""

    most: int

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """One to `most` pairs of degrees within the Brussels region."""
        if not isinstance(value, list) or not 0 < len(value) <= self.most:
            yield self.name, f"write a list of 1 to {self.most} pairs [latitude, longitude]"
        elif not all(
            isinstance(point, list)
            and len(point) == 2
            and all(isinstance(figure, int | float) for figure in point)
            and LATITUDES[0] <= point[0] <= LATITUDES[1]
            and LONGITUDES[0] <= point[1] <= LONGITUDES[1]
            for point in value
        ):
            yield self.name, "each point is a pair [latitude, longitude] in the Brussels region"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The pairs; [] when the field is left out."""
        return list(value or [])

    def write(self, stored: Any) -> Any:
        """The pairs; left out when there are none."""
        return list(stored) or None


@dataclass(frozen=True, kw_only=True)
class Reference(Field):
    """The key of another record; stored as a relationship. `key_of` names the attribute that is its key.

    `as_key`: stored as the key itself. `chain`: records of this kind lead on to one another by this field, so it
    may not lead back to the record it stands in, whose own end of the chain is the field `chain_from`.
    """

    kind: str
    key_of: str = "key"
    as_key: bool = False
    chain: str = ""
    chain_from: str = "key"

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """The key of a record that is there."""
        if not isinstance(value, str) or not known(self.kind, value):
            yield self.name, f"“{value}” is not the key of any record of {self.kind}"

    def beside(self, record: Mapping[str, Any], known: Known, follow: Follow) -> FieldErrors:
        """A chain may not lead back to the record it begins at."""
        if not self.chain:
            return
        own, value = str(record.get(self.chain_from)), record[self.name]
        if value == own:
            yield self.name, f"“{value}” leads to itself: name another one"
            return
        way = self._way_back(own, value, follow)
        if way:
            yield (
                self.name,
                f"leads back to where it began ({' → '.join(way)}): take one of these references away",
            )

    def _way_back(self, own: str, value: str, follow: Follow) -> list[str]:
        """The shortest way from the record over `value` back to itself; [] when there is none."""
        came_from = {value: own}
        waiting = [value]
        for key in waiting:
            for further in follow(self.chain, self.name, key):
                if further == own:
                    way = [own, key]
                    while way[-1] != own:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if further not in came_from:
                    came_from[further] = key
                    waiting.append(further)
        return []

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The object it names, or the key itself (`as_key`). KeyError when there is no such object."""
        return value if value is None or self.as_key else lookup(self.kind, value)

    def write(self, stored: Any) -> Any:
        """The key."""
        return stored if stored is None or self.as_key else getattr(stored, self.key_of)


@dataclass(frozen=True, kw_only=True)
class References(Field):
    """Keys of other records: a set, written in alphabetical order."""

    kind: str

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A list of keys of records that are there, each once."""
        yield from _words_faults(self.name, value)
        if isinstance(value, list):
            for key in value:
                if not isinstance(key, str) or not known(self.kind, key):
                    yield self.name, f"“{key}” is not the key of any record of {self.kind}"

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The objects they name; [] when the field is left out. KeyError when there is no such object."""
        return [lookup(self.kind, key) for key in value or []]

    def write(self, stored: Sequence[Any]) -> Any:
        """The keys in alphabetical order; left out when there are none."""
        return sorted(item.key for item in stored) or None

    def canonical(self, value: Any) -> Any:
        """In alphabetical order."""
        return sorted(value)


def _sides_in_order(value: Mapping[str, Any]) -> dict[str, Any]:
    return {side: value[side] for side in LANGUAGES if side in value}


def _side_faults(name: str, value: Any, both: bool) -> FieldErrors:
    if not isinstance(value, Mapping) or not value or set(value) - set(LANGUAGES):
        yield name, "write a map with fr and nl"
    elif both:
        for side in LANGUAGES:
            if side not in value:
                yield f"{name}.{side}", "is missing: this text is needed in both languages"


def _words_faults(name: str, value: Any) -> FieldErrors:
    if not isinstance(value, list) or not value:
        yield name, "write a list here, or leave the field out"
        return
    seen: set[str] = set()
    for word in value:
        if not isinstance(word, str) or not word.strip():
            yield name, f"“{word}” is not text (put figures in quotes)"
        elif word in seen:
            yield name, f"“{word}” stands here twice"
        else:
            seen.add(word)
