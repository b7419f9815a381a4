"""`guide geo import FILE.geojson | forget`: the streets and the boundary that the map draws, from a file.

The guide itself ships a coarse sketch only. Whoever runs it brings the streets, and answers for their licence.
"""

import argparse
import sys
from pathlib import Path

from guide.commands.database import changing
from guide.loading import geo
from guide.loading.geojson import LARGEST, GeojsonError, read
from guide.settings import Settings

LONGEST_CREDIT = 200


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide geo` to the command line."""
    parser = commands.add_parser("geo", help="import or forget the streets and the boundary of the map")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    importing = verbs.add_parser("import", help="draw the streets, squares or boundary of a GeoJSON file")
    importing.add_argument(
        "file", type=Path, help="GeoJSON in WGS84, with name, name:fr and name:nl; at most 10 MB"
    )
    importing.add_argument(
        "--credit",
        type=_credit,
        help="what the file's licence asks to be written on the map; OpenStreetMap is always named",
    )
    importing.set_defaults(run=_import)
    forgetting = verbs.add_parser("forget", help="take all that was imported away again")
    forgetting.set_defaults(run=_forget)


def _credit(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_CREDIT or not words.isprintable():
        raise argparse.ArgumentTypeError(f"a credit is one line of at most {LONGEST_CREDIT} signs")
    return words


def _import(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    try:
        ground = read(_content(options.file))
    except GeojsonError as problem:
        print(f"guide: {options.file} was not imported:", file=sys.stderr)
        for error in problem.errors:
            print(f"  {error}", file=sys.stderr)
        return 1
    with changing(settings) as session:
        done = geo.put(session, ground.shapes, options.credit)
    parts = [f"{done.streets} street(s)", f"{done.squares} square(s)"] if done.streets or done.squares else []
    parts += ["the boundary"] if done.boundary else []
    if done.changed:
        print(f"Imported: {', '.join(parts)}.")
    else:
        print(f"Nothing changed: {', '.join(parts)} were there already.")
    if ground.elsewhere:
        print(f"  left out, too far from Jette: {ground.elsewhere}")
    if ground.empty:
        print(f"  left out, without a figure: {ground.empty}")
    return 0


def _content(file: Path) -> bytes:
    """One byte more than may be read at most: a huge file is not loaded to be refused."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as problem:
        reason = (problem.strerror or "it cannot be opened").lower()
        raise GeojsonError(f"The file cannot be read ({reason}). Check its name.") from problem


def _forget(options: argparse.Namespace) -> int:
    with changing(Settings.from_environment()) as session:
        gone = geo.forget(session)
    print(
        f"{gone} imported figure(s) taken away; the map is a sketch again."
        if gone
        else "Nothing was imported."
    )
    return 0
