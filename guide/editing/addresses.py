"""The addresses of a record, and what is of one of them alone: its hours and its phones name it by its key.

Records come together by their fields (a proposal on addresses, another on hours); here they fit again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from guide.model import ScheduleKind
from guide.records.places import keyed_places

OF_AN_ADDRESS = ("phones", "schedules")
"""The fields whose items may name an address."""

TOGETHER = ("addresses", *OF_AN_ADDRESS)
"""The fields that speak of one another."""


def settled(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with hours and phones that fit its addresses.

    Each of several addresses has a key. The hours of an address that is gone go with it; its phones are then of the
    whole listing. Hours of no address go where each address has its own: they would hold nowhere.
    """
    made = dict(record)
    addresses = made.get("addresses") or []
    if len(addresses) > 1 and not all(item.get("key") for item in addresses):
        made["addresses"] = addresses = keyed_places(addresses, addresses)
    keys = _keys(made)
    for name, items in (("phones", list(_phones(made, keys))), ("schedules", list(_hours(made, keys)))):
        if items != (made.get(name) or []):
            made[name] = items
            if not items:
                del made[name]
    return made


def names_only(
    value: Sequence[Mapping[str, Any]] | None, addresses: Sequence[Mapping[str, Any]] | None
) -> bool:
    """Do these phones or hours name no address but those?"""
    keys = {item.get("key") for item in addresses or []}
    return all(item.get("address") in (None, *keys) for item in value or [])


def placeless(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record in which no number and no hours name an address, for a listing that is to hold none.

    Hours that are the same wherever there are some become those of the whole listing. Where they differ, those of
    an address go with it (`hours_differ`).
    """
    made = dict(record)
    if record.get("phones"):
        made["phones"] = [_unnamed(item) for item in record["phones"]]
    slots = record.get("schedules") or []
    if any("address" in slot for slot in slots):
        made["schedules"] = [
            slot
            for kind in ScheduleKind
            for slot in _everywhere([one for one in slots if one["kind"] == kind])
        ]
    if not made.get("schedules"):
        made.pop("schedules", None)
    return made


def hours_differ(record: Mapping[str, Any]) -> bool:
    """Are some of its hours of one address alone, so that they go when the addresses go?"""
    slots = record.get("schedules") or []
    return any(len(_by_address(one for one in slots if one["kind"] == kind)) > 1 for kind in ScheduleKind)


def needed_with(before: Mapping[str, Any], after: Mapping[str, Any], chosen: Collection[str]) -> list[str]:
    """The other fields of TOGETHER that must change too when these change from `before` to `after`.

    Without them hours or numbers would be lost, or be those of another address. [] when nothing is needed.
    """
    needed: list[str] = []
    while more := _unfit(before, after, {*chosen, *needed}):
        needed += more
    return needed


def new_addresses(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The keys of the addresses that are in `after` alone."""
    return _keys(after) - _keys(before)


def _unfit(before: Mapping[str, Any], after: Mapping[str, Any], chosen: Collection[str]) -> list[str]:
    wanted = {name: (after if name in chosen else before).get(name) for name in TOGETHER}
    fitting = settled(wanted)
    torn = {name for name in OF_AN_ADDRESS if (fitting.get(name) or []) != (wanted[name] or [])}
    if ("addresses" in chosen) != ("schedules" in chosen):
        # The hours of the whole listing would hold at an address that has, or had, others.
        with_it, without = (after, before) if "addresses" in chosen else (before, after)
        if _has_visits(with_it, new_addresses(without, with_it)) and _has_visits(wanted, {None}):
            torn.add("schedules")
    if "addresses" not in chosen:
        return ["addresses"] if torn else []
    return [name for name in OF_AN_ADDRESS if name in torn and name not in chosen]


def _keys(record: Mapping[str, Any]) -> set[str]:
    return {item["key"] for item in record.get("addresses") or [] if item.get("key")}


def _has_visits(record: Mapping[str, Any], addresses: Collection[str | None]) -> bool:
    return any(
        slot["kind"] == ScheduleKind.VISIT and slot.get("address") in addresses
        for slot in record.get("schedules") or []
    )


def _unnamed(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in item if name != "address"}


def _by_address(slots: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Hours of one kind, address by address, each kind of week once."""
    tables: dict[str | None, list[Mapping[str, Any]]] = {}
    for slot in slots:
        tables.setdefault(slot.get("address"), []).append(_unnamed(slot))
    found: list[list[Mapping[str, Any]]] = []
    for table in tables.values():
        if sorted(map(str, table)) not in [sorted(map(str, other)) for other in found]:
            found.append(table)
    return found


def _everywhere(slots: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The hours of one kind that hold without an address."""
    tables = _by_address(slots)
    return tables[0] if len(tables) == 1 else [slot for slot in slots if "address" not in slot]


def _phones(record: Mapping[str, Any], keys: set[str]) -> Iterator[Mapping[str, Any]]:
    for item in record.get("phones") or []:
        known = item.get("address") is None or item["address"] in keys
        yield item if known else _unnamed(item)


def _hours(record: Mapping[str, Any], keys: set[str]) -> Iterator[Mapping[str, Any]]:
    known = [item for item in record.get("schedules") or [] if item.get("address") in (None, *keys)]
    visits = {item.get("address") for item in known if item["kind"] == ScheduleKind.VISIT}
    each_has_its_own = bool(keys) and len(keys) == len(record.get("addresses") or []) and keys <= visits
    for item in known:
        if item.get("address") or item["kind"] != ScheduleKind.VISIT or not each_has_its_own:
            yield item
