"""`guide booklet FILE`: the guide as a PDF, whole or in part, to print."""

import argparse
import sys
from datetime import datetime, time
from pathlib import Path

from guide import clock
from guide.commands.database import reading
from guide.publish.booklet import PAPERS, SIDES, Choice, NothingToPrintError, make
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide booklet` to the command line."""
    parser = commands.add_parser("booklet", help="write the guide as a PDF, whole or in part, to print")
    parser.add_argument("file", type=Path, help="the PDF to write")
    parser.add_argument(
        "--language", choices=SIDES, default="fr", help="fr, nl, or both side by side (default: %(default)s)"
    )
    parser.add_argument(
        "--paper",
        choices=PAPERS,
        default="a4",
        help="a4 in large type, a5, or a5-imposed: two pages on an A4, for a copier (default: %(default)s)",
    )
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--need", default="", metavar="KEY", help="only who helps with this need")
    part.add_argument("--neighbourhood", default="", metavar="KEY", help="only this neighbourhood")
    part.add_argument(
        "--list", default=(), type=_keys, metavar="KEY,…", help="only these services, in this order"
    )
    parser.set_defaults(run=_booklet)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _booklet(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if settings.site_url is None:
        raise SettingError(
            "GUIDE_SITE_URL: what is printed needs the public address for its codes and short links. "
            "Write it as https://guide.example.be, then run `guide booklet` again."
        )
    choice = Choice(options.language, options.paper, options.need, options.neighbourhood, options.list)
    day = datetime.combine(clock.today(), time(), clock.BRUSSELS)
    with reading(settings) as session:
        try:
            content = make(session, choice, day, settings.site_url)
        except NothingToPrintError:
            print(
                "guide: nothing to print: no service was found there. Keys stand in data/ (needs.yaml, "
                "taxonomies.yaml, the names of the files in services/).",
                file=sys.stderr,
            )
            return 1
    options.file.write_bytes(content)
    print(f"Written to {options.file} ({len(content) / 1_000_000:.1f} MB).")
    return 0
