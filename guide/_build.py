"""Build hook: compiles the message catalogues for wheel, sdist and editable installs.

Runs inside the build backend, before anything of the guide can be imported; it needs Babel only.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NO_DATE = datetime(2020, 2, 2, tzinfo=UTC)
"""Of every file in a wheel that Hatch builds. Babel would write the minute of the build into a catalogue without
a date of its own, and the same sources would make another wheel a minute later."""


class CompileCatalogues(BuildHookInterface[Any]):
    """Writes `messages.mo` beside each `messages.po` before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po in sorted(Path(self.root, "translations").glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parent.parent.name)
            catalogue.creation_date = NO_DATE
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
