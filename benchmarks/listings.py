"""Listings as a region would have them: so many, in both languages, the same each time.

The guide's own data first, then listings made of its vocabulary: names of a kind of place and what it helps with,
texts of the guide's own records (a French one beside its Dutch), needs, publics and languages in the proportions
of the real ones, hours of some hundred kinds, places around Jette. For ten listings there is an organisation with a
calendar of its own, and one in ten fulfils an action of the plan, so that every kind of page grows with the
directory if it can. They are data files: `guide check` and `guide load` judge them as they judge any. Nobody has
their numbers, names and streets.

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
SHAPES = {kind.name: kind.shape for kind in KINDS}
LISTINGS_AN_ORGANIZATION = 10
"""How many listings there are for each organisation that is generated."""
FULFILLING = 10
"""One listing of so many fulfils an action."""
PLAN = "pasap-2022-2027"
SOUGHT = {"faim": 12, "dettes": 5, "logement": 5}
"""Needs whose listings are made so much more often: what most people ask for finds a tenth of all and more."""

PLACES = (
    ("Maison", "Huis"), ("Point", "Punt"), ("Espace", "Ruimte"), ("Atelier", "Atelier"), ("Relais", "Steunpunt"),
    ("Centre", "Centrum"), ("Permanence", "Permanentie"), ("Antenne", "Antenne"), ("Comptoir", "Loket"),
    ("Service", "Dienst"),
)  # fmt: skip
STREETS = (("Rue", "straat"), ("Avenue", "laan"), ("Place", "plein"), ("Chaussée", "steenweg"))
SYLLABLES = (
    "ba", "lo", "mi", "ra", "ten", "vel", "dor", "sin", "ga", "nu", "per", "lis", "mo", "tar", "kel", "fi",
)  # fmt: skip
OPENINGS, CLOSINGS = (
    ("08:00", "08:30", "09:00", "09:30", "10:00"),
    ("12:00", "12:30", "16:00", "17:00", "18:00"),
)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR"]


def records(count: int, seed: int = 14) -> Iterator[Record]:
    """So many generated listings, each as its data file says it; the organisations are those of `organizations`."""
    draw = random.Random(seed)
    own = [_yaml(file) for file in sorted((paths.DATA / "services").glob("*.yaml"))]
    full = [one for one in own if {"fr", "nl"} <= set(one["summary"]) and one.get("terms")]
    known = sorted(file.stem for file in (paths.DATA / "organizations").glob("*.yaml"))
    known += [one["key"] for one in organizations(count, seed)]
    names, sensitive, sought = _names_of_terms(), _sensitive_terms(), _sought_terms()
    weights = [_weight({term["term"] for term in one["terms"]}, sensitive, sought) for one in full]
    for number in range(count):
        record = _record(number, draw, draw.choices(full, weights)[0], known, names)
        if sensitive & {term["term"] for term in record["terms"]}:
            # As the desk asks for it: marked, and its address nowhere.
            record |= {"sensitive": True, "address_confidential": True}
            record.pop("addresses", None)
            record["citations"] = [one for one in record["citations"] if one["field"] != "address"]
        yield record


def organizations(count: int, seed: int = 14) -> Iterator[Record]:
    """The generated organisations of so many generated listings, each with a calendar of its own."""
    draw = random.Random(seed + 1)
    for number in range(count // LISTINGS_AN_ORGANIZATION):
        invented = _invented(draw)
        yield {
            "key": f"exemple-asbl-{number:04d}",
            "kind": "asbl_vzw",
            "name": {"fr": f"{invented} ASBL", "nl": f"{invented} VZW"},
            "calendar": _calendar(draw),
            "citations": [{"field": "name", "source": "releve-2026"}],
        }


def fulfilments(count: int, seed: int = 14) -> Iterator[Record]:
    """Which of so many generated listings fulfil an action of the plan, some of it confirmed."""
    draw = random.Random(seed + 2)
    plan = _yaml(paths.DATA / "plans" / f"{PLAN}.yaml")
    actions = [action["key"] for theme in plan["themes"] for action in theme["actions"]]
    for number in range(0, count, FULFILLING):
        # What an organisation states is confirmed by the coordinator; what is inferred is only proposed.
        stated = {"basis": "stated", "state": "confirmed", "decided_on": "2026-10-01"}
        yield {
            "service": f"exemple-{number:05d}",
            "action": f"{PLAN}/{draw.choice(actions)}",
            "role": draw.choice(("delivers", "contributes", "informs")),
            **draw.choice((stated, {"basis": "inferred", "state": "proposed"})),
            "reason": {
                "fr": "Ce lieu offre une partie de l’action.",
                "nl": "Deze plaats biedt een deel van de actie aan.",
            },
            "citations": [{"source": "releve-2026"}],
        }


def write(folder: Path, count: int, seed: int = 14) -> Path:
    """The guide's data in this folder, with generated listings until there are `count` in all.

    With a `count` that the guide's own data reaches already, it is those data alone.
    """
    shutil.copytree(paths.DATA, folder)
    missing = max(0, count - len(list((folder / "services").glob("*.yaml"))))
    for kind, made in (("services", records(missing, seed)), ("organizations", organizations(missing, seed))):
        for record in made:
            text = to_yaml(SHAPES[kind].canonical(record))
            (folder / kind / f"{record['key']}.yaml").write_text(text, encoding="utf-8")
    if missing:
        linked = [SHAPES["fulfilments"].canonical(one) for one in fulfilments(missing, seed)]
        with (folder / "fulfilments.yaml").open("a", encoding="utf-8") as file:
            file.write(to_yaml(linked))
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


def _sought_terms() -> dict[str, int]:
    """The weight of each of these needs and of its topics."""
    return {
        term["key"]: SOUGHT[need["key"]]
        for need in _yaml(paths.DATA / "needs.yaml")
        if need["key"] in SOUGHT
        for term in (need, *need.get("topics", ()))
    }


def _weight(terms: set[str], sensitive: set[str], sought: dict[str, int]) -> int:
    """How much more often a listing is made after one that is filed under these terms: sensitive stay a tenth."""
    if terms & sensitive:
        return 3
    return max(sought.get(term, 1) for term in terms)


def _record(
    number: int,
    draw: random.Random,
    like: Record,
    organizations: list[str],
    names: dict[str, tuple[str, str]],
) -> Record:
    terms = [dict(term) for term in draw.sample(like["terms"], min(len(like["terms"]), draw.randint(1, 4)))]
    terms[0]["rank"] = "primary"
    invented = _invented(draw)
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
    if phones := _phones(number, draw):
        found["phones"] = phones
    if draw.random() < 0.75:
        found["addresses"] = [
            {"key": str(place), **_address(draw, invented)}
            for place in range(1, draw.choices((1, 2, 3), weights=(85, 10, 5))[0] + 1)
        ]
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


def _invented(draw: random.Random) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()


def _phones(number: int, draw: random.Random) -> list[Record]:
    """None to three numbers, of a range that is given to nobody."""
    count = draw.choices((0, 1, 2, 3), weights=(20, 60, 15, 5))[0]
    return [
        {"number": f"02 555 {(number // 100 + line * 31) % 100:02d} {number % 100:02d}"}
        for line in range(count)
    ]


def _calendar(draw: random.Random) -> list[Record]:
    """When an organisation is closed, and mostly when its hours are short."""
    summer = draw.randint(1, 20)
    periods: list[Record] = [
        {
            "kind": "closed",
            "starts": f"2027-07-{summer:02d}",
            "ends": f"2027-07-{summer + draw.randint(4, 11):02d}",
            "reason": {"fr": "Congés annuels.", "nl": "Jaarlijkse vakantie."},
        }
    ]
    if draw.random() < 0.6:
        opens, closes = draw.choice((("09:00", "12:00"), ("10:00", "13:00")))
        day = f"2026-12-{draw.randint(21, 31)}"
        periods.append(
            {"kind": "short_hours", "starts": day, "ends": day, "opens_at": opens, "closes_at": closes}
        )
    return periods


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
