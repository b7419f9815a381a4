"""Of two people who have the same form open, the second is asked: what she changed, and what somebody else did."""

from collections.abc import Collection, Mapping


def told_apart(
    mine: Mapping[str, str], seen: Mapping[str, str] | None, stands: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """What of a form is a change (name → value), and the names that somebody else changed otherwise meanwhile.

    `seen` are the values as the form first showed them. None: nobody knows, and whatever differs from what
    stands now is asked about. All are plain strings; '' is "nothing".
    """
    changed: dict[str, str] = {}
    conflicts = []
    for name, value in mine.items():
        before = None if seen is None else seen[name]
        if value in (before, stands[name]):
            continue
        if stands[name] == before:
            changed[name] = value
        else:
            conflicts.append(name)
    return changed, conflicts


def now_seen(
    seen: Mapping[str, str] | None, stands: Mapping[str, str], conflicts: Collection[str]
) -> dict[str, str]:
    """What she has seen once the page showed her what the others wrote in these fields.

    Of the other fields it stays what her form showed: what somebody changed there, and she did not, is not undone
    by what still stands in her boxes.
    """
    return {**(stands if seen is None else seen), **{name: stands[name] for name in conflicts}}
