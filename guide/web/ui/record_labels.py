"""A record in words: what each field and part is called, and its value as the public reads it, line by line.

For whoever edits, reviews or compares records (`guide.editing.listings`); values are plain, as in the data file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from guide.directory import figures, hours_in_words
from guide.directory.hours_typed import ALWAYS
from guide.directory.labels import Vocabulary, label
from guide.directory.needs import terms_by_taxonomy
from guide.directory.timetable import DAYS, Timetable, nights_joined, slot_of
from guide.editing import field_words
from guide.editing.listings import TEXTS, public_reads
from guide.languages import LANGUAGES, Bilingual, Language, LocalText, other
from guide.model import Organization, Proposal, ScheduleKind, Service
from guide.records.paths import FieldPath
from guide.web.ui.formatting import short_date
from guide.web.ui.labels import access_label, language_name
from guide.web.ui.request_context import needs, now, session
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""A record of which nothing is known."""


def part_label(part: str) -> str:
    """One of the seven parts of a listing."""
    return {
        "about": _("Le service en bref"),
        "for_whom": _("Pour qui ?"),
        "price": _("Le prix et les papiers"),
        "access": _("Contact et accès"),
        "hours": _("Heures et places libres"),
        "plan": _("Lien avec les plans"),
        "professionals": _("Pour les professionnels"),
    }[part]


def field_label(path: FieldPath) -> str:
    """What a field is called; the path of one side of a text names its language too: 'En bref (français)'."""
    return field_words.field_label(path, reader())


def now_label(service: Service | None, path: FieldPath) -> str:
    """What the value that stands now is called beside a change of it: public only where the public reads it."""
    return _("Public maintenant") if public_reads(service, path) else _("Maintenant")


def hidden_street(written_in: Iterable[FieldPath]) -> str:
    """What is said when a text of a listing whose address is secret (their paths) holds its street."""
    return _(
        "L’adresse de cette fiche est secrète, et sa rue est écrite ici : %(names)s. Enlevez-la de ce texte.",
        names=", ".join(field_label(path) for path in written_in),
    )


def gone_words(paths: Iterable[FieldPath]) -> str:
    """What is said of a change (its paths) for an address that its listing has no more."""
    return _(
        "Ceci ne peut plus être publié : %(names)s. L’adresse n’est plus dans la fiche.",
        names=", ".join(field_label(path) for path in paths),
    )


def intake_label(status: str) -> str:
    """Does it take new people?"""
    return label(Vocabulary.INTAKE, status, reader())


def interval_label(months: int) -> str:
    return _("%(months)s mois", months=months)


def lines(path: str, value: Any, record: Mapping[str, Any] = NOTHING) -> list[LocalText]:
    """The value at this path, in words; [] when there is none. Each line knows its language.

    `record`: what it stands in, where its addresses are named.
    """
    lang = reader()
    name, _dot, side = path.partition(".")
    if value in (None, "", [], {}, False):
        return []
    if name in TEXTS and isinstance(value, str):
        written: Language = "nl" if side == "nl" else "fr"
        return [LocalText(part.strip(), written) for part in value.split("\n") if part.strip()]
    if name in TEXTS and isinstance(value, Mapping):
        return [line for one in LANGUAGES for line in lines(f"{name}.{one}", value.get(one))]
    if name in ("addresses", "closures"):
        return [line for item in value for line in _ITEMS[name](item, lang)]
    if name in ("documents", "alternate_names"):
        return [LocalText(item, one) for one in LANGUAGES for item in value.get(one, [])]
    if name in ("phones", "schedules"):
        return (_phones if name == "phones" else hours_lines)(value, record)
    return [LocalText(words, lang) for words in _plain(name, value)]


def hours_lines(slots: Iterable[Mapping[str, Any]], record: Mapping[str, Any] = NOTHING) -> list[LocalText]:
    """Hours as the public reads them, address by address; those of the telephone on lines of their own."""
    slots = list(slots)
    found = []
    for kind in ScheduleKind:
        tables = _by_address(slot for slot in slots if slot["kind"] == kind)
        told = [
            line
            for address, table in tables.items()
            for line in _table_lines(table, _at(address, record, len(tables) > 1))
        ]
        if told and kind is ScheduleKind.PHONE:
            first = told[0].words
            small = first[:1].lower() + first[1:]
            told[0] = replace(told[0], words=" ".join((_("Par téléphone :"), small)))
        found += told + _holidays_line(tables.values())
    return found


def _by_address(slots: Iterable[Mapping[str, Any]]) -> dict[str, Timetable]:
    """The hours by the key of their address, '' for those of none, which come first; as they are written, so that
    every change of them is seen."""
    slots = list(slots)
    keys = sorted({slot.get("address", "") for slot in slots})
    return {
        key: Timetable(
            tuple(nights_joined([slot_of(slot) for slot in slots if slot.get("address", "") == key]))
        )
        for key in keys
    }


def _table_lines(timetable: Timetable, heading: LocalText) -> list[LocalText]:
    lang = reader()
    told = hours_in_words.table_lines(timetable, lang, now().date()) or [
        _("Ces heures ne valent plus : leurs dates sont passées.")
    ]
    return [*([heading] if heading else []), *(LocalText(line, lang) for line in told)]


def _at(address: str, record: Mapping[str, Any], others: bool) -> LocalText:
    """What stands before the hours of this address; '' where there are none but those of the whole listing."""
    lang = reader()
    if not address:
        return LocalText(_("Aux autres adresses :") if others else "", lang)
    street = _street(address, record)
    return replace(street, words=_("%(street)s :", street=street.words))


def _street(address: str, record: Mapping[str, Any]) -> LocalText:
    """How the address with this key is called among those of its record."""
    found = next((item for item in record.get("addresses") or [] if item.get("key") == address), None)
    if found is None:
        return LocalText(_("Adresse %(number)s", number=address), reader())
    return _side(found.get("street"), reader())


def _holidays_line(tables: Iterable[Timetable]) -> list[LocalText]:
    """What is said of public holidays; that nothing is said, too: so that a change of it is seen."""
    slots = [slot for table in tables for slot in table.slots]
    said = [slot.holidays for slot in slots]
    always = any(len(slot.byday) == len(DAYS) and (slot.opens_at, slot.closes_at) in ALWAYS for slot in slots)
    if not slots or (always and None in said):
        return []
    words = hours_in_words.holidays_words(said, reader()) or _("Jours fériés : pas encore connu.")
    return [LocalText(words, reader())]


def _phones(items: Iterable[Mapping[str, Any]], record: Mapping[str, Any]) -> list[LocalText]:
    found = []
    for item in items:
        found += _phone(item, reader())
        if item.get("address"):
            street = _street(item["address"], record)
            found.append(LocalText(_("À cette adresse : %(street)s", street=street.words), reader()))
    return found


def _phone(item: Mapping[str, Any], lang: Language) -> list[LocalText]:
    number, label = figures.phone(item["number"]), _side(item.get("label"), lang)
    return [LocalText(f"{number} ({label.words})", label.lang) if label else LocalText(number, lang)]


def _address(item: Mapping[str, Any], lang: Language) -> list[LocalText]:
    street, city, note = (_side(item.get(name), lang) for name in ("street", "city", "note"))
    town = " ".join(part for part in (item.get("postal_code", ""), city.words) if part)
    line = LocalText(", ".join(part for part in (street.words, town) if part), street.lang)
    return [line, note] if note else [line]


def _closure(item: Mapping[str, Any], lang: Language) -> list[LocalText]:
    starts, ends = (short_date(date.fromisoformat(item[name])) for name in ("starts", "ends"))
    line = LocalText(_("Du %(start)s au %(end)s inclus.", start=starts, end=ends), lang)
    reason = _side(item.get("reason"), lang)
    return [line, reason] if reason else [line]


def period_lines(period: Mapping[str, Any]) -> list[LocalText]:
    """A period of a calendar: its days, the hours that hold then, and why."""
    lang = reader()
    starts, ends = (date.fromisoformat(period[name]) for name in ("starts", "ends"))
    words = (
        _("Le %(date)s", date=short_date(starts))
        if starts == ends
        else _("Du %(start)s au %(end)s inclus", start=short_date(starts), end=short_date(ends))
    )
    if "opens_at" in period:
        words = f"{words}, {figures.slot(period['opens_at'], period['closes_at'], lang)}"
    reason = _side(period.get("reason"), lang)
    return [LocalText(f"{words}.", lang), *([reason] if reason else [])]


_ITEMS = {"addresses": _address, "closures": _closure}


def _plain(name: str, value: Any) -> list[str]:
    """Fields that are one value or a list of words."""
    words = _WORDS.get(name)
    return words(value) if words is not None else [_answer(name, value)]


def _listed(words: Iterable[str]) -> list[str]:
    """Several words as one line."""
    return [figures.first_capital(", ".join(words))]


def _named(taxonomy: str, keys: Iterable[str]) -> list[str]:
    """Terms by their names; a key that the taxonomy has no more stands for itself."""
    named = {term.key: term.name.localized(reader()).words for term in terms_by_taxonomy(session(), taxonomy)}
    return [named.get(key, key) for key in keys]


def _day(value: str) -> list[str]:
    return [short_date(date.fromisoformat(value))]


def _organization(key: str) -> list[str]:
    found = session().scalar(select(Organization).where(Organization.key == key))
    return [found.name.localized(reader()).words if found else key]


def _terms(filed: Iterable[Mapping[str, Any]]) -> list[str]:
    side = reader()
    named = {term.key: term.name.localized(side).words for need in needs() for term in (need, *need.topics)}
    filed = list(filed)
    found = []
    for rank, words in (("primary", _("Surtout :")), ("secondary", _("Aussi :"))):
        names = [named.get(item["term"], item["term"]) for item in filed if item["rank"] == rank]
        if names:
            found.append(f"{words} {', '.join(names)}")
    return found


_WORDS: Mapping[str, Callable[[Any], list[str]]] = {
    "terms": _terms,
    "publics": lambda keys: [", ".join(_named("publics", keys))],
    "languages": lambda codes: _listed(map(language_name, codes)),
    "name_translated": lambda code: _listed([language_name(code)]),
    "access_modes": lambda modes: _listed(map(access_label, modes)),
    "intake_status": lambda value: [intake_label(value)],
    "review_interval_months": lambda value: [interval_label(value)],
    "assured_date": _day,
    "intake_as_of": _day,
    "neighbourhood": lambda key: _named("neighbourhoods", [key]),
    "service_area": lambda key: _named("areas", [key]),
    "organization": _organization,
    "citations": lambda found: [str(len(found))],
}
"""Fields whose values have words of their own, or are looked up."""


def _answer(name: str, value: Any) -> str:
    """A fixed word of the record, or a plain line such as an address of the web."""
    if value is True:
        return _("Oui")
    return label(Vocabulary(name) if name in list(Vocabulary) else Vocabulary.ANSWER, value, reader())


def _side(value: Any, lang: Language) -> LocalText:
    return Bilingual(**(value or {})).localized(lang)


LABELS = {
    "part_label": part_label,
    "field_label": field_label,
    "now_label": now_label,
    "gone_words": gone_words,
}


def proposal_title(found: Proposal) -> LocalText:
    """What a proposal is about: the name of its listing; '' when it has none yet."""
    lang = reader()
    name = found.record.get("name") or {}
    for side in (lang, other(lang)):
        if name.get(side):
            return LocalText(str(name[side]), side, fell_back=side != lang)
    return LocalText("", lang)
