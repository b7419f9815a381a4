"""Listings as a region would have them: so many, in both languages, the same each time.

The guide's own data first, then listings made of its vocabulary: names of a kind of place and what it helps with,
sentences of the guide’s own records (a French one beside its Dutch), needs, publics and languages in the proportions
of the real ones, hours of some hundred kinds, places around Jette. They are data files, so that `guide check` and
`guide load` judge them as they judge any. Nobody has their numbers, names and streets.

    python -m benchmarks.listings 5000 FOLDER
"""

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from guide import paths
from guide.loading.files import to_yaml
from guide.records.kinds import KINDS

Record = dict[str, Any]
SERVICES = next(kind for kind in KINDS if kind.name == "services")

PLACES = (
    ("Maison", "Huis"), ("Point", "Punt"), ("Espace", "Ruimte"), ("Atelier", "Atelier"), ("Relais", "Steunpunt"),
    ("Centre", "Centrum"), ("Permanence", "Permanentie"), ("Antenne", "Antenne"), ("Comptoir", "Loket"),
    ("Service", "Dienst"),
)  # fmt: skip
STREETS = (("Rue", "straat"), ("Avenue", "laan"), ("Place", "plein"), ("Chaussée", "steenweg"))
SYLLABLES = (
    "ba",
    "lo",
    "mi",
    "ra",
    "ten",
    "vel",
    "dor",
    "sin",
    "ga",
    "nu",
    "per",
    "lis",
    "mo",
    "tar",
    "kel",
    "fi",
)
OPENINGS, CLOSINGS = (
    ("08:00", "08:30", "09:00", "09:30", "10:00"),
    ("12:00", "12:30", "16:00", "17:00", "18:00"),
)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR"]


def records(count: int, seed: int = 14) -> Iterator[Record]:
    """So many generated listings, each as its data file says it."""
    draw = random.Random(seed)
    own = [_yaml(file) for file in sorted((paths.DATA / "services").glob("*.yaml"))]
    full = [one for one in own if {"fr", "nl"} <= set(one["summary"]) and one.get("terms")]
    organizations = sorted(file.stem for file in (paths.DATA / "organizations").glob("*.yaml"))
    names, sensitive = _names_of_terms(), _sensitive_terms()
    for number in range(count):
        record = _record(number, draw, draw.choice(full), organizations, names)
        if sensitive & {term["term"] for term in record["terms"]}:
            # As the desk asks for it: marked, and its address nowhere.
            record |= {"sensitive": True, "address_confidential": True}
            record.pop("addresses", None)
            record["citations"] = [one for one in record["citations"] if one["field"] != "address"]
        yield record


def write(folder: Path, count: int, seed: int = 14) -> Path:
    """The guide's data in this folder, with generated listings until there are `count` in all."""
    shutil.copytree(paths.DATA, folder)
    missing = count - len(list((folder / "services").glob("*.yaml")))
    for record in records(missing, seed):
        text = to_yaml(SERVICES.shape.canonical(record))
        (folder / "services" / f"{record['key']}.yaml").write_text(text, encoding="utf-8")
    return folder


def _yaml(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _names_of_terms() -> dict[str, tuple[str, str]]:
    """What each need and topic is called in French and Dutch."""
    found = {}
    for need in _yaml(paths.DATA / "needs.yaml"):
        for term in (need, *need.get("topics", ())):
            found[term["key"]] = (term["name"]["fr"], term["name"]["nl"])
    return found


def _sensitive_terms() -> set[str]:
    """The needs and topics of violence, abuse and suicide."""
    return {
        term["key"]
        for need in _yaml(paths.DATA / "needs.yaml")
        for term in (need, *need.get("topics", ()))
        if need.get("sensitive") or term.get("sensitive")
    }


def _record(
    number: int,
    draw: random.Random,
    like: Record,
    organizations: list[str],
    names: dict[str, tuple[str, str]],
) -> Record:
    terms = [dict(term) for term in draw.sample(like["terms"], min(len(like["terms"]), draw.randint(1, 4)))]
    terms[0]["rank"] = "primary"
    invented = "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()
    place, topic = draw.choice(PLACES), names[terms[0]["term"]]
    found: Record = {
        "key": f"exemple-{number:05d}",
        "short_code": f"zz{_base36(number):0>4}",
        "kind": "service",
        "state": "existing",
        "name": {
            "fr": f"{place[0]} {invented}, {topic[0]}"[:120],
            "nl": f"{place[1]} {invented}, {topic[1]}"[:120],
        },
        "summary": dict(like["summary"]),
        "citations": [],
    }
    if like.get("description"):
        found["description"] = dict(like["description"])
    if draw.random() < 0.5:
        found["organization"] = draw.choice(organizations)
    found |= {name: like[name] for name in ("eligibility", "free", "access_modes", "publics") if name in like}
    found["languages"] = sorted({"fr", *draw.sample(["nl", "en", "ar", "tr", "es"], draw.randint(0, 3))})
    found["terms"] = terms
    if draw.random() < 0.8:
        found["phones"] = [{"number": f"02 555 {number // 100 % 100:02d} {number % 100:02d}"}]
    if draw.random() < 0.75:
        found["addresses"] = [_address(draw, invented) for _ in range(1 if draw.random() < 0.9 else 2)]
    if draw.random() < 0.7:
        found |= {"schedules": _hours(draw), "schedule_source": "releve-2026"}
    if draw.random() < 0.05:
        found["closures"] = [
            {"starts": "2026-12-24", "ends": "2027-01-03", "reason": {"fr": "Vacances.", "nl": "Vakantie."}}
        ]
    cited = {"phones": "phone", "addresses": "address", "schedules": "hours", "free": "fees"}
    fields = ["name", "summary", "languages", *(name for key, name in cited.items() if key in found)]
    fields += [name for name in ("description", "eligibility") if name in found]
    found["citations"] = [{"field": name, "source": "releve-2026"} for name in fields]
    return found


def _address(draw: random.Random, invented: str) -> Record:
    street, house = draw.choice(STREETS), draw.randint(1, 240)
    return {
        "street": {"fr": f"{street[0]} {invented} {house}", "nl": f"{invented}{street[1]} {house}"},
        "postal_code": "1090",
        "city": {"fr": "Jette", "nl": "Jette"},
        "latitude": round(draw.uniform(50.862, 50.892), 5),
        "longitude": round(draw.uniform(4.305, 4.345), 5),
        "precision": "street",
        "position_source": "openstreetmap",
    }


def _hours(draw: random.Random) -> list[Record]:
    """Weekly hours, and of some a night, the first Sunday of the month, or other hours in summer."""
    days = sorted(draw.sample(WEEKDAYS, draw.randint(2, 5)), key=WEEKDAYS.index)
    slots: list[Record] = [_slot(days, draw.choice(OPENINGS), draw.choice(CLOSINGS))]
    kind = draw.random()
    if kind < 0.1:
        slots.append(_slot(["FR", "SA"], "20:00", "08:00"))
    elif kind < 0.2:
        slots.append(_slot(["1SU"], "10:00", "13:00"))
    elif kind < 0.3:
        slots.append(_slot(days, "09:00", "11:30") | {"valid_from": "2027-07-01", "valid_to": "2027-08-31"})
    return slots


def _slot(days: list[str], opens_at: str, closes_at: str) -> Record:
    return {"kind": "visit", "byday": list(days), "opens_at": opens_at, "closes_at": closes_at}


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


if __name__ == "__main__":
    print(write(Path(sys.argv[2]), int(sys.argv[1])))
