"""PDFs: a Typst template of this package, set with data, as a tagged file that screen readers can read (PDF/UA-1).

Works offline and with the fonts of this package only. Whatever people wrote goes in as data, never as source, so
that no sign of theirs can be a command. Nothing is written to disk. A template imports `frame.typ`, which sets
title, language, paper and type; see `relay_sheet.typ`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import typst

from guide.languages import Language

TEMPLATES = Path(__file__).resolve().parent / "typst"
"""The templates, and in `fonts/` the two weights of the site's own letter."""

Paper = Literal["a3", "a4", "a5"]
JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""What joins or colours signs: nothing to see by itself, and no font has it apart."""


class CannotSet(Exception):
    """None of the fonts can write one of the signs (a script we do not carry). Says nothing of the text."""


class BrokenTemplate(Exception):
    """The template failed: a fault of ours. Names the template only, because Typst's words may repeat the data."""


def render(
    template: str,
    data: Mapping[str, object],
    *,
    title: str,
    language: Language,
    made: datetime,
    paper: Paper = "a4",
) -> bytes:
    """The PDF of a template (`'relay_sheet'`), with these data: whatever JSON can hold.

    `title` and `language` are the document's own; parts in the other language are marked by the template. `made`
    is the date the file bears, so that the same call gives the same bytes. Raises CannotSet and BrokenTemplate.
    """
    frame = {"title": title, "lang": language, "paper": paper}
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True
    )
    fault: Exception
    try:
        made_file = compiler.compile(
            format="pdf",
            sys_inputs={"frame": json.dumps(frame), "data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="ua-1",
            timestamp=int(made.timestamp()),
        )
    except typst.TypstError as problem:
        # Raised anew outside of this block: a chained error would carry Typst's words into a log.
        fault = CannotSet() if "could not be displayed" in problem.message else BrokenTemplate(template)
    else:
        assert isinstance(made_file, bytes)
        return made_file
    raise fault


def render_without(
    template: str,
    data: Mapping[str, object],
    *,
    title: str,
    language: Language,
    made: datetime,
    paper: Paper = "a4",
) -> bytes:
    """As `render`, for what is public: signs that no font can write are left out. Raises BrokenTemplate.

    One listing with a smiley must not take the printed guide from everybody.
    """
    try:
        return render(template, data, title=title, language=language, made=made, paper=paper)
    except CannotSet:
        told = json.dumps(data, ensure_ascii=False)
        left: Mapping[str, object] = json.loads(writable(told))
        return render(template, left, title=writable(title), language=language, made=made, paper=paper)


def writable(text: str) -> str:
    """The text without the signs that no font can write, and without what only joins those."""
    unknown = {sign for sign in set(text) if not sign.isascii() and not _can_set(sign)}
    return "".join(sign for sign in text if sign not in unknown) if unknown else text


@lru_cache(maxsize=2048)
def _can_set(sign: str) -> bool:
    if sign in JOINERS:
        return False
    probe = b'#set document(title: sys.inputs.sign)\n#set text(font: "Public Sans")\n#sys.inputs.sign'
    compiler = typst.Compiler(probe, root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    try:
        compiler.compile(format="pdf", sys_inputs={"sign": sign}, pdf_standards="ua-1")
    except typst.TypstError:
        return False
    return True


@cache
def _fonts() -> typst.Fonts:
    """Public Sans as on the site, and what Typst carries for letters it lacks; no font of the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[TEMPLATES / "fonts"])
