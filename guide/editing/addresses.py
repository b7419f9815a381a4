"""The addresses of a record, and what is of one of them alone: its hours and its phones name it by its key.

Records come together by their fields (a proposal on addresses, another on hours); here they fit again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guide.model import ScheduleKind
from guide.records.places import keyed_places

OF_AN_ADDRESS = ("phones", "schedules")
"""The fields whose items may name an address."""


def settled(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with hours and phones that fit its addresses.

    Each of several addresses has a key. The hours of an address that is gone go with it; its phones are then of the
    whole listing. Hours of no address go where each address has its own: they would hold nowhere.
    """
    made = dict(record)
    addresses = made.get("addresses") or []
    if len(addresses) > 1 and not all(item.get("key") for item in addresses):
        made["addresses"] = addresses = keyed_places(addresses, addresses)
    keys = {item["key"] for item in addresses if item.get("key")}
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


def _phones(record: Mapping[str, Any], keys: set[str]) -> Iterator[Mapping[str, Any]]:
    for item in record.get("phones") or []:
        known = item.get("address") is None or item["address"] in keys
        yield item if known else {name: item[name] for name in item if name != "address"}


def _hours(record: Mapping[str, Any], keys: set[str]) -> Iterator[Mapping[str, Any]]:
    known = [item for item in record.get("schedules") or [] if item.get("address") in (None, *keys)]
    visits = {item.get("address") for item in known if item["kind"] == ScheduleKind.VISIT}
    each_has_its_own = bool(keys) and len(keys) == len(record.get("addresses") or []) and keys <= visits
    for item in known:
        if item.get("address") or item["kind"] != ScheduleKind.VISIT or not each_has_its_own:
            yield item
