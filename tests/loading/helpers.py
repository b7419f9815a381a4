"""A small folder of data files, whole and sound, that a test bends in one place."""

from pathlib import Path
from typing import Any

from guide import paths
from guide.loading.files import to_yaml

CODES = {"soupe": "aaaa", "pain": "bbbb"}

SOURCES: list[dict[str, Any]] = [
    {"key": "notes", "kind": "own_site", "title": {"fr": "Notes", "nl": "Nota’s"}, "date": "2026-10"},
    {"key": "revue", "kind": "official", "title": {"fr": "Revue"}, "date": "2025"},
]
TAXONOMIES = [
    {"taxonomy": "neighbourhoods", "key": "magritte", "name": {"fr": "Magritte", "nl": "Magritte"}},
    {"taxonomy": "publics", "key": "seniors", "name": {"fr": "Aînés", "nl": "Senioren"}},
]
NEEDS: list[dict[str, Any]] = [
    {
        "key": "faim",
        "slug": {"fr": "faim", "nl": "honger"},
        "name": {"fr": "J’ai faim", "nl": "Ik heb honger"},
        "hint": {"fr": "Repas", "nl": "Maaltijd"},
        "icon": "bowl",
        "topics": [
            {"key": "repas", "name": {"fr": "Repas", "nl": "Maaltijd"}},
            {"key": "colis", "name": {"fr": "Colis", "nl": "Pakket"}},
        ],
    }
]
ORGANIZATION = {"key": "marmite", "kind": "asbl_vzw", "name": {"fr": "La Marmite", "nl": "De Kookpot"}}
CRISES = [
    {
        "key": "vital",
        "title": {"fr": "En danger ?", "nl": "In gevaar?"},
        "advice": {"fr": "Appelez le 112.", "nl": "Bel 112."},
        "danger": ["urgence"],
    }
]
URGENT = [
    {
        "key": "urgence",
        "number": "112",
        "name": {"fr": "Urgence", "nl": "Nood"},
        "purpose": {"fr": "Ambulance", "nl": "Ziekenwagen"},
        "block": "danger",
        "always": True,
    }
]
VOCABULARY = [{"term": "faim", "fr": ["rien à manger"], "nl": ["niets te eten"]}]
PLAIN_WORDS = [{"key": "fr-solliciter", "language": "fr", "words": ["solliciter"], "easier": "demander"}]
MAP = [
    {
        "key": "jette",
        "kind": "outline",
        "name": {"fr": "Jette", "nl": "Jette"},
        "points": [[50.87, 4.30], [50.87, 4.34], [50.89, 4.34], [50.89, 4.30]],
    }
]
OTHER_LANGUAGES = [
    {"code": "en", "name": "English", "direction": "ltr", "intro": "Help in Jette.", "call": "Call us."}
]
LINK: dict[str, Any] = {
    "service": "soupe",
    "action": "plan-x/1",
    "role": "delivers",
    "basis": "named_in_action",
    "state": "confirmed",
    "reason": {"fr": "Le plan la nomme.", "nl": "Het plan noemt ze."},
    "citations": [{"source": "revue", "quote": "distribuer de la soupe"}],
}


def service(key: str = "soupe", **changes: Any) -> dict[str, Any]:
    """A service record; a change to None takes the field away."""
    record: dict[str, Any] = {
        "key": key,
        "short_code": CODES.get(key, "cccc"),
        "kind": "service",
        "state": "existing",
        "name": {"fr": key.capitalize(), "nl": f"{key.capitalize()} nl"},
        "organization": "marmite",
        "summary": {"fr": "Un bol chaud.", "nl": "Een warme kom."},
        "phones": [{"number": "02 422 46 11"}],
        "terms": [{"term": "repas", "rank": "primary"}, {"term": "colis", "rank": "secondary"}],
        "publics": ["seniors"],
        "citations": [{"field": "phone", "source": "notes"}, {"field": "summary", "source": "revue"}],
    }
    record.update(changes)
    return {name: value for name, value in record.items() if value is not None}


def action(key: str, **changes: Any) -> dict[str, Any]:
    record = {
        "key": key,
        "number": key,
        "number_status": "printed",
        "text": {"fr": f"Action {key}", "nl": f"Actie {key}"},
        "text_status": "held",
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


def plan(actions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "key": "plan-x",
        "title": {"fr": "Plan X", "nl": "Plan X"},
        "short_title": {"fr": "Plan X", "nl": "Plan X"},
        "starts": 2022,
        "ends": 2027,
        "source": "revue",
        "themes": [
            {
                "key": "faim",
                "number": 1,
                "name": {"fr": "Faim", "nl": "Honger"},
                "actions": [action("1"), action("2")] if actions is None else actions,
            }
        ],
    }


def content() -> dict[str, Any]:
    """Path below the data folder → content, for a small sound guide of two services and two actions."""
    return {
        "sources.yaml": SOURCES,
        "taxonomies.yaml": TAXONOMIES,
        "needs.yaml": NEEDS,
        "organizations/marmite.yaml": ORGANIZATION,
        "services/pain.yaml": service("pain"),
        "services/soupe.yaml": service(),
        "crises.yaml": CRISES,
        "vocabulary/faim.yaml": VOCABULARY,
        "urgent_numbers.yaml": URGENT,
        "plans/plan-x.yaml": plan(),
        "fulfilments.yaml": [LINK],
        "lineage.yaml": [],
        "other_languages.yaml": OTHER_LANGUAGES,
        "plain_words.yaml": PLAIN_WORDS,
        "map.yaml": MAP,
    }


def write(folder: Path, changes: dict[str, Any] | None = None) -> Path:
    """Writes the small guide with these files changed (None takes a file away); gives the folder."""
    for path, records in (content() | (changes or {})).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if records is None:
            target.unlink(missing_ok=True)
        else:
            target.write_text(records if isinstance(records, str) else to_yaml(records), encoding="utf-8")
    return folder


def shipped_records() -> dict[str, bytes]:
    """The data files that ship with the guide, but for the sentences it was taught with: no record of a database."""
    return {path: held for path, held in files_of(paths.DATA).items() if not path.startswith("sentences/")}


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
