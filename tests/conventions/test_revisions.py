"""The history of the database: one line of revisions, each number used once, and none rewritten once landed."""

import hashlib
import re
from pathlib import Path

from guide import migrations

VERSIONS = Path(migrations.__file__).parent / "versions"
FILES = sorted(VERSIONS.glob("*.py"))
LANDED = Path(__file__).with_name("landed_revisions.txt")


def statement(name: str, file: Path) -> str:
    """What the file says its revision, or the one before it, is; 'None' for the first one's."""
    found = re.findall(
        rf"^{name} = (?:['\"](\w+)['\"]|(None))$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(found) == 1, f"{file.name}: one line that says `{name} = '…'`"
    return "".join(found[0])


def landed() -> dict[str, str]:
    lines = LANDED.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def test_revisions_are_numbered_one_after_another_and_named_by_their_number() -> None:
    numbers = [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    assert [file.name[:5] for file in FILES] == [f"{number}_" for number in numbers]
    assert [statement("revision", file) for file in FILES] == numbers
    assert list(migrations.revisions()) == numbers


def test_each_revision_stands_on_the_one_before() -> None:
    before = ["None", *(file.name[:4] for file in FILES[:-1])]
    assert [statement("down_revision", file) for file in FILES] == before


def test_a_revision_that_has_landed_is_never_rewritten() -> None:
    """Databases stand at it: a change there would reach only those made later. Write a further revision instead.

    `sha256sum 0*.py` in the folder of the revisions gives the line that a revision gets when it lands.
    """
    known = landed()
    assert {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FILES if file.name in known
    } == known


def test_what_landed_is_the_beginning_of_the_history() -> None:
    assert sorted(landed()) == [file.name for file in FILES[: len(landed())]]
