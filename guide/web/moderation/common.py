"""What the coordinator's pages share: a change before and after, numbers that were ticked, parts of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g, request, url_for

from guide.editing import listings, review
from guide.editing.differences import Run, runs
from guide.editing.listings import FOLLOWING, Record
from guide.languages import Language, LocalText, other
from guide.records.paths import FieldPath, field_of
from guide.web.ui import record_labels
from guide.web.ui.urls import query_string, query_value

SLICES: dict[str, dict[Language, str]] = {
    "to_confirm": {"fr": "a-confirmer", "nl": "te-bevestigen"},
    "stale": {"fr": "perimees", "nl": "verouderd"},
    "to_archive": {"fr": "a-retirer", "nl": "weg-te-halen"},
    "unverified": {"fr": "jamais", "nl": "nooit"},
}
"""What the list of listings to confirm can be narrowed to, with its name in an address."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One path before and after, in words, and word by word where both are texts."""

    path: FieldPath
    before: list[LocalText]
    after: list[LocalText]
    words: list[Run]
    quick: bool


def shown(path: FieldPath, before: object, after: object, sides: tuple[Record, Record] = ({}, {})) -> Shown:
    """A change of one path, as the page shows it; `sides` are the records it is between, which name addresses."""
    texts = isinstance(before, str) and isinstance(after, str) and field_of(path) in listings.TEXTS
    return Shown(
        path,
        record_labels.lines(path, before, sides[0]),
        record_labels.lines(path, after, sides[1]),
        runs(str(before), str(after)) if texts else [],
        field_of(path) in listings.QUICK,
    )


def shown_changes(changes: Iterable[review.Change], before: Record, after: Record) -> list[Shown]:
    """These changes between two records."""
    return [shown(change.path, change.before, change.after, (before, after)) for change in changes]


def shown_between(before: Record, after: Record, paths: Iterable[FieldPath]) -> list[Shown]:
    """These paths in two records; what only follows another field is left out."""
    return [
        shown(path, listings.value_at(before, path), listings.value_at(after, path), (before, after))
        for path in paths
        if path not in FOLLOWING
    ]


def numbers(name: str) -> list[int]:
    """The whole numbers sent under this name; what is none is left aside."""
    return [number for value in request.form.getlist(name) if (number := as_number(value)) is not None]


def as_number(text: str) -> int | None:
    """A whole number as an address or a form holds it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def slice_url(name: str, lang: Language) -> str:
    """The list of listings to confirm, narrowed to one of SLICES ('' is all of them)."""
    return url_for("moderation.queues.listings_list") + (
        query_string({"class": SLICES[name][lang]}, lang) if name else ""
    )


def chosen_slice(slices: dict[str, dict[Language, str]], lang: Language) -> str:
    """The part of a list that the address asks for; '' is all of it. The switch of language keeps it."""
    asked = query_value("class", lang)
    found = next((name for name, names in slices.items() if names[lang] == asked), "")
    if found:
        g.alternate_query = {"class": slices[found][other(lang)]}
    return found
