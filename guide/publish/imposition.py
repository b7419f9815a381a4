"""Pages of a booklet laid two by two for a copier: printed on both sides, folded once, stapled in the fold.

The result has no tags: it is for the printer. Who reads on a screen takes the booklet itself.
"""

import io
from datetime import UTC, datetime

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, IndirectObject, NameObject


def impose(booklet: bytes, made: datetime) -> bytes:
    """The pages (all of one size) side by side on sheets of twice their width, in the order of a folded stack.

    Blank pages are put in before the last one, which is the back of the booklet, so that the count divides by
    four. Print it on both sides, flipped on the short edge. The same booklet and moment give the same bytes.
    """
    reader = PdfReader(io.BytesIO(booklet))
    writer = PdfWriter()
    forms: list[IndirectObject | None] = [_form(writer, page) for page in reader.pages]
    forms[-1:-1] = [None] * (-len(forms) % 4)
    width, height = float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)
    for left, right in sheet_order(len(forms)):
        sheet = writer.add_blank_page(2 * width, height)
        placed = [(form, place * width) for place, form in enumerate((forms[left], forms[right])) if form]
        names = {NameObject(f"/P{place}"): form for place, (form, _) in enumerate(placed)}
        drawn = [f"q 1 0 0 1 {shift:g} 0 cm /P{place} Do Q" for place, (_, shift) in enumerate(placed)]
        content = DecodedStreamObject()
        content.set_data("\n".join(drawn).encode("ascii"))
        sheet[NameObject("/Contents")] = writer._add_object(content)
        sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject(names)})
    title = str(reader.metadata.title) if reader.metadata and reader.metadata.title else ""
    stamp = made.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    writer.add_metadata({"/Title": title, "/CreationDate": stamp, "/ModDate": stamp})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _form(writer: PdfWriter, page: PageObject) -> IndirectObject:
    """The page as a drawing that a sheet can place: copied whole, since reading its content takes seconds."""
    content = page.get_contents()
    drawing = DecodedStreamObject()
    drawing.set_data(content.get_data() if content is not None else b"")
    form = drawing.flate_encode()
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = page.mediabox.clone(writer)
    form[NameObject("/Resources")] = page["/Resources"].clone(writer)
    return writer._add_object(form)


def sheet_order(count: int) -> list[tuple[int, int]]:
    """Which pages (from 0) stand left and right on each printed side; `count` divides by four.

    Of eight: (7, 0), (1, 6), (5, 2), (3, 4).
    """
    order = []
    for front in range(0, count // 2, 2):
        order += [(count - 1 - front, front), (front + 1, count - 2 - front)]
    return order
