"""The forms of a service's name that mean it: the name, the name without its place, its acronym."""

import re
from collections.abc import Iterator
from typing import Protocol

from guide.languages import Bilingual

_PLACE = re.compile(r"\s+(?:(?:de|à|van|te|in)\s+)?Jette$")
_ACRONYM = re.compile(r"\(([A-ZÀ-Þ][A-ZÀ-Þ0-9.&-]{1,9})\)")


class Named(Protocol):
    """What has names: a `Service`, a `Listing`, or the row of a query that asks for nothing else."""

    @property
    def name(self) -> Bilingual: ...
    @property
    def alternate_names(self) -> dict[str, list[str]]: ...


def forms_of_name(name: str) -> Iterator[str]:
    """'CPAS de Jette' is typed as 'CPAS', 'Agence locale (ALE)' as 'ALE'."""
    yield name
    without_place = _PLACE.sub("", name)
    if without_place != name:
        yield without_place
    yield from _ACRONYM.findall(name)


def names_of(service: Named) -> set[str]:
    """Every form of every name of a service, in both languages."""
    names = {name for _, name in service.name}
    names.update(*service.alternate_names.values())
    return {form for name in names for form in forms_of_name(name)}


def own_names_of(service: Named) -> set[str]:
    """The forms of its own name, without the other names it bears, which may be common words."""
    return {form for _, name in service.name for form in forms_of_name(name)}
