"""Tables that leave the guide as CSV, so that a spreadsheet shows cells and never runs them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_TRIGGER = re.compile(r"[\s\ufeff\x00-\x1f\x7f]*[=+\-@|%]|[\ufeff \x00]*[\t\r\n]")


def safe_cell(value: object) -> str:
    """The value as a cell; one that a spreadsheet could take for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _TRIGGER.match(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with its header, cells parted by ';', with the mark by which Excel knows UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()
