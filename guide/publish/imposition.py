"""Pages of a booklet laid two by two for a copier: printed on both sides, folded once, stapled in the fold.

The result has no tags: it is for the printer. Who reads on a screen takes the booklet itself.
"""

import io
from datetime import UTC, datetime

from pypdf import PageObject, PdfReader, PdfWriter, Transformation


def impose(booklet: bytes, made: datetime) -> bytes:
    """The pages (all of one size) side by side on sheets of twice their width, in the order of a folded stack.

    Blank pages are put in before the last one, which is the back of the booklet, so that the count divides by
    four. Print it on both sides, flipped on the short edge. The same booklet and moment give the same bytes.
    """
    reader = PdfReader(io.BytesIO(booklet))
    pages: list[PageObject | None] = list(reader.pages)
    blank: list[PageObject | None] = [None] * (-len(pages) % 4)
    pages[-1:-1] = blank
    width, height = float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)
    writer = PdfWriter()
    for left, right in sheet_order(len(pages)):
        sheet = writer.add_blank_page(2 * width, height)
        for place, index in enumerate((left, right)):
            page = pages[index]
            if page is not None:
                sheet.merge_transformed_page(page, Transformation().translate(place * width, 0))
        sheet.compress_content_streams()
    title = str(reader.metadata.title) if reader.metadata and reader.metadata.title else ""
    stamp = made.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    writer.add_metadata({"/Title": title, "/CreationDate": stamp, "/ModDate": stamp})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def sheet_order(count: int) -> list[tuple[int, int]]:
    """Which pages (from 0) stand left and right on each printed side; `count` divides by four.

    Of eight: (7, 0), (1, 6), (5, 2), (3, 4).
    """
    order = []
    for front in range(0, count // 2, 2):
        order += [(count - 1 - front, front), (front + 1, count - 2 - front)]
    return order
