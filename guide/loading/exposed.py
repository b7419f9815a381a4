"""`guide check`, whom a listing would expose: one about violence, abuse or suicide says how it is protected.

These faults stop no load, for such a listing is protected by its need until somebody decides (`model.Service`): an
older export is loaded as it is. They stop a record from being reviewed without anybody having thought of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guide.loading.files import DataFile, read_all
from guide.model import ServiceKind
from guide.records.errors import ErrorDetail


def exposed(folder: Path) -> list[ErrorDetail]:
    """Services without a flag that their need, or a crisis panel that leads to them, asks for.

    The folder must be one in which `check` finds no fault.
    """
    files, _ = read_all(folder)
    terms = _sensitive_terms(_records(files, "needs"))
    led_to = _led_to(files, terms)
    errors = []
    for file in files:
        for record in file.records if file.kind.name == "services" else []:
            for field, words in _faults(record, terms, led_to):
                errors.append(ErrorDetail(file.path, str(record["key"]), field, words))
    return errors


def _faults(
    record: Mapping[str, Any], terms: set[str], led_to: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    filed = next((item["term"] for item in record.get("terms", []) if item["term"] in terms), None)
    if record.get("kind") == ServiceKind.HELPLINE and record.get("accepts_relay"):
        yield "accepts_relay", "a help line is called: it receives no fiche-relais"
    if record.get("safety_decided"):
        return
    decided = "or `safety_decided: true` when the coordinator has decided otherwise"
    if filed is not None and not record.get("sensitive"):
        yield "sensitive", f"filed under “{filed}”, which is sensitive: write `sensitive: true`, {decided}"
    elif record["key"] in led_to and not record.get("sensitive"):
        crisis = led_to[record["key"]]
        yield "sensitive", f"the panel “{crisis}” leads here: write `sensitive: true`, {decided}"
    if filed is not None and record.get("addresses"):
        hide = "take the address out and write `address_confidential: true`"
        yield "addresses", f"filed under “{filed}”, which is sensitive: {hide}, {decided}"


def _records(files: list[DataFile], kind: str) -> list[Mapping[str, Any]]:
    return [record for file in files if file.kind.name == kind for record in file.records]


def _sensitive_terms(needs: list[Mapping[str, Any]]) -> set[str]:
    """Keys of the needs and topics about violence, abuse or suicide: a topic is what its need is, too."""
    found = set()
    for need in needs:
        for term in (need, *need.get("topics", [])):
            if need.get("sensitive") or term.get("sensitive"):
                found.add(str(term["key"]))
    return found


def _led_to(files: list[DataFile], terms: set[str]) -> dict[str, str]:
    """Service → crisis, for those to talk to in a panel that words of a sensitive need bring."""
    brought = {
        group["crisis"]
        for words in _records(files, "vocabulary")
        for group in words.get("groups", [])
        if group.get("crisis") and group["term"] in terms
    }
    services = {number["key"]: number.get("service") for number in _records(files, "urgent_numbers")}
    return {
        str(services[key]): str(crisis["key"])
        for crisis in _records(files, "crises")
        if crisis["key"] in brought
        for key in crisis.get("talk", [])
        if services.get(key)
    }
