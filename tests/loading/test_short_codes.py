"""Short codes stand on printed sheets: those given once never change and are never given to another record."""

from pathlib import Path

import yaml

from guide import paths

GIVEN = dict(
    line.split("\t") for line in (Path(__file__).parent / "short_codes.tsv").read_text("utf-8").splitlines()
)


def test_every_code_that_was_printed_still_leads_to_its_record() -> None:
    now = {
        str(record["key"]): str(record["short_code"])
        for file in (paths.DATA / "services").glob("*.yaml")
        for record in [yaml.safe_load(file.read_text("utf-8"))]
    }
    assert {key: now.get(key) for key in GIVEN} == GIVEN
    assert not {key for key, code in now.items() if key not in GIVEN and code in GIVEN.values()}
