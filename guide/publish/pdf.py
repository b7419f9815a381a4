"""PDFs: a Typst template of this package, set with data, as a tagged file that screen readers can read (PDF/UA-1).

Works offline and with the fonts of this package only. Whatever people wrote goes in as data, never as source, so
that no sign of theirs can be a command. Nothing is written to disk. Typst runs in processes of its own, since it
keeps what it has set (see `typesetter`); they start with the first file. A template imports `frame.typ`, which sets
title, language, paper and type; see `referral_sheet.typ`.
"""

import atexit
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from guide.languages import Language
from guide.publish.worker_pool import WorkerPool

TEMPLATES = Path(__file__).resolve().parent / "typst"
"""The templates, and in `fonts/` the two weights of the site's own letter."""

Paper = Literal["a3", "a4", "a5"]
JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""What joins or colours signs: nothing to see by itself, and no font has it apart."""

WORKERS = WorkerPool(TEMPLATES)
"""Of this process; they end with it."""
atexit.register(WORKERS.close)
os.register_at_fork(after_in_child=WORKERS.forget)


class TypesettingError(Exception):
    """None of the fonts can write one of the signs (a script we do not carry). Says nothing of the text."""


class TemplateError(Exception):
    """The template failed: a fault of ours. Names the template only, because Typst's words may repeat the data."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is set, whatever data go in: the template (`'referral_sheet'`), the document's own title and language,
    its paper, and the moment the file bears, so that the same call gives the same bytes. `imposed`: its pages are
    laid two by two for a copier (see `imposition`).
    """

    template: str
    title: str
    language: Language
    made: datetime
    paper: Paper = "a4"
    imposed: bool = False


def render(document: Document, data: Mapping[str, object], personal: bool = False) -> bytes:
    """The PDF of a document with these data: whatever JSON can hold.

    Parts in the other language are marked by the template. What tells of a person is `personal`: the process that
    set it ends with it. Raises TypesettingError, TemplateError, and WorkerError when the process was lost.
    """
    frame = {"title": document.title, "lang": document.language, "paper": document.paper}
    inputs = {"frame": json.dumps(frame), "data": json.dumps(data, ensure_ascii=False)}
    job = {
        "template": document.template,
        "inputs": inputs,
        "timestamp": int(document.made.timestamp()),
        "imposed": document.imposed,
    }
    content, failure = WORKERS.ask(job, keep=not personal)
    if failure:
        raise TypesettingError if failure == "sign" else TemplateError(document.template)
    return content


def render_without(document: Document, data: Mapping[str, object]) -> bytes:
    """As `render`, for what is public: signs that no font can write are left out. Raises TemplateError.

    One listing with a smiley must not take the printed guide from everybody.
    """
    try:
        return render(document, data)
    except TypesettingError:
        left: Mapping[str, object] = json.loads(writable(json.dumps(data, ensure_ascii=False)))
        return render(replace(document, title=writable(document.title)), left)


def writable(text: str) -> str:
    """The text without the signs that no font can write, and without what only joins those."""
    unknown = {sign for sign in set(text) if not sign.isascii() and not _can_set(sign)}
    return "".join(sign for sign in text if sign not in unknown) if unknown else text


@lru_cache(maxsize=2048)
def _can_set(sign: str) -> bool:
    if sign in JOINERS:
        return False
    _, failure = WORKERS.ask({"template": "sign", "inputs": {"sign": sign}, "timestamp": 0})
    return not failure
