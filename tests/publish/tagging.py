"""What a reader of tags finds wrong in a PDF: the part of PDF/UA-1 that can be asked of a file without opening it."""

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")


def faults(document: PdfReader) -> list[str]:
    """Sentences, one a fault; an empty list for a file that is sound."""
    return [*_of_the_file(document), *_of_the_pages(document), *_of_the_tree(document)]


def elements(document: PdfReader) -> Iterator[Any]:
    """Every element of the structure, in reading order."""
    waiting = [document.root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        if "/S" in node:
            yield node
        below = node.get("/K", [])
        found = [one.get_object() for one in (below if isinstance(below, list) else [below])]
        waiting += [one for one in reversed(found) if hasattr(one, "get") and "/S" in one]


def _of_the_file(document: PdfReader) -> Iterator[str]:
    root = document.root_object
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/Lang"):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the title is not what a window shows"
    if not (document.metadata and document.metadata.title):
        yield "no title"
    if b"<pdfuaid:part>1</pdfuaid:part>" not in root["/Metadata"].get_object().get_data():
        yield "does not say that it is PDF/UA-1"


def _of_the_pages(document: PdfReader) -> Iterator[str]:
    fonts: dict[str, Any] = {}
    for number, page in enumerate(document.pages, start=1):
        marks = [mark.get_object() for mark in page.get("/Annots", [])]
        if marks and page.get("/Tabs") != "/S":
            yield f"page {number}: tabs do not follow the structure"
        yield from (f"page {number}: a link says nothing" for mark in marks if not mark.get("/Contents"))
        fonts |= {str(font): font.get_object() for font in page["/Resources"].get("/Font", {}).values()}
    for font in fonts.values():
        for one in font.get("/DescendantFonts", [font]):
            if not set(EMBEDDED) & set(one.get_object().get("/FontDescriptor", {})):
                yield f"a font is not embedded: {font.get('/BaseFont')}"


def _of_the_tree(document: PdfReader) -> Iterator[str]:
    level = 0
    for one in elements(document):
        kind = one["/S"]
        if kind in HEADINGS:
            deep = HEADINGS.index(kind) + 1
            if deep > level + 1:
                yield f"a heading {deep} follows a heading {level}"
            level = deep
        elif kind == "/Figure" and not one.get("/Alt"):
            yield "a figure without words"
        elif kind == "/TH" and not any(
            found.get_object().get("/Scope") for found in _listed(one.get("/A", []))
        ):
            yield "a heading of a table that does not say what it heads"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
