"""Three versions of one thing: what each changed alone stands, what both changed is a conflict, nothing is lost."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guide.records.fields import Both, Line
from guide.records.shape import Many, Shape
from guide.records.three_way_merge import Change, Outcome, merge_value, seen_now, three_way_merge

ACTION = Shape(SimpleNamespace, (Line(name="key"), Both(name="text"), Line(name="state")))
PLAN = Shape(
    SimpleNamespace,
    (Line(name="title"), Both(name="summary"), Many(name="actions", shape=ACTION, identity="key")),
)

words = st.sampled_from([None, "un", "deux", "trois"])
flat = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "un", "deux"]))


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


sides = st.builds(lambda fr, nl: without_none({"fr": fr, "nl": nl}) or None, words, words)
actions = st.dictionaries(st.sampled_from("xyz"), st.tuples(sides, words)).map(
    lambda found: (
        [
            without_none({"key": key, "text": text, "state": state})
            for key, (text, state) in sorted(found.items())
        ]
        or None
    )
)
plans = st.builds(
    lambda title, summary, rows: without_none({"title": title, "summary": summary, "actions": rows}),
    words,
    sides,
    actions,
)


def leaves(plan: dict[str, Any]) -> dict[str, Any]:
    """Every single value of a plan by its path; that an action is there at all is a value too."""
    found = {"title": plan.get("title")}
    found |= {f"summary.{side}": text for side, text in (plan.get("summary") or {}).items()}
    for action in plan.get("actions") or []:
        name = f"actions[{action['key']}]"
        found |= {name: True, f"{name}.state": action.get("state")}
        found |= {f"{name}.text.{side}": text for side, text in (action.get("text") or {}).items()}
    return {path: value for path, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "outcome", "kept"),
    [
        ("a", "a", "a", Outcome.UNCHANGED, "a"),
        ("a", "b", "a", Outcome.MINE, "b"),
        ("a", "a", "b", Outcome.THEIRS, "b"),
        ("a", "b", "b", Outcome.AGREED, "b"),
        ("a", "b", "c", Outcome.CONFLICT, "b"),
        (None, "b", None, Outcome.MINE, "b"),
        ("a", None, "b", Outcome.CONFLICT, None),
        ("a", None, "a", Outcome.MINE, None),
        ("a", "b", None, Outcome.CONFLICT, "b"),
    ],
)
def test_who_changed_a_value(base: Any, mine: Any, theirs: Any, outcome: Outcome, kept: Any) -> None:
    change = Change("name", base, mine, theirs)
    assert change.outcome is outcome
    merge = merge_value(base, mine, theirs)
    assert merge.merged == kept
    assert [found.outcome for found in merge.changes] == [outcome] * (outcome is not Outcome.UNCHANGED)


@given(plans, plans)
def test_who_changed_nothing_loses_nothing(base: dict[str, Any], changed: dict[str, Any]) -> None:
    theirs, mine = PLAN.merge(base, base, changed), PLAN.merge(base, changed, base)
    assert leaves(theirs.merged) == leaves(mine.merged) == leaves(changed)
    assert {change.outcome for change in theirs.changes} <= {Outcome.THEIRS}
    assert {change.outcome for change in mine.changes} <= {Outcome.MINE}
    assert bool(mine.changes) is (leaves(base) != leaves(changed))


@given(plans, plans)
def test_what_both_changed_alike_is_no_conflict(base: dict[str, Any], changed: dict[str, Any]) -> None:
    merge = PLAN.merge(base, changed, changed)
    assert leaves(merge.merged) == leaves(changed)
    assert {change.outcome for change in merge.changes} <= {Outcome.AGREED}


@given(plans, plans, plans)
def test_both_sides_meet_in_the_same_places(
    base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Who is called mine decides what a conflict keeps, never what is one; without one the result is the same."""
    here, there = PLAN.merge(base, one, other), PLAN.merge(base, other, one)
    assert sorted(change.path for change in here.conflicts) == sorted(
        change.path for change in there.conflicts
    )
    if not here.conflicts:
        assert leaves(here.merged) == leaves(there.merged)


@settings(max_examples=300)
@given(plans, plans, plans)
def test_each_single_value_is_what_its_own_three_versions_make_of_it(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """Fields, languages and actions by themselves; an action that came or went on a side, as one thing."""
    merge = PLAN.merge(base, mine, theirs)
    versions = [leaves(version) for version in (base, mine, theirs)]
    whole = {
        name
        for version in versions
        for name in version
        if name.endswith("]") and not all(name in found for found in versions)
    }
    found = leaves(merge.merged)
    for path in set().union(*versions):
        if path.partition("]")[0] + "]" in whole:
            continue
        before, here, there = (version.get(path) for version in versions)
        assert found.get(path) == (there if here in (before, there) else here), path
    met = {change.path for change in merge.conflicts}
    for path in {path for version in versions for path in version}:
        if path.endswith("]") or path.partition("]")[0] + "]" in whole:
            continue
        before, here, there = (version.get(path) for version in versions)
        assert (path in met) is (here != before and there != before and here != there), path


def test_an_action_edited_here_leaves_the_others_to_the_file() -> None:
    def plan(first: str, second: str, more: bool = False) -> dict[str, Any]:
        rows = [{"key": "1", "state": first}, {"key": "2", "state": second}]
        return {"actions": [*rows, {"key": "3", "state": "neuf"}] if more else rows}

    merge = PLAN.merge(plan("a", "a"), plan("ici", "a"), plan("a", "fichier", more=True))
    assert merge.merged == plan("ici", "fichier", more=True)
    assert [(change.path, change.outcome.value) for change in merge.changes] == [
        ("actions[1].state", "mine"),
        ("actions[2].state", "theirs"),
        ("actions[3]", "theirs"),
    ]


def test_an_action_removed_here_and_changed_there_is_a_conflict_named_as_a_whole() -> None:
    row = {"key": "1", "state": "a"}
    merge = PLAN.merge({"actions": [row]}, {}, {"actions": [row | {"state": "b"}]})
    assert merge.merged == {}
    assert [change.path for change in merge.conflicts] == ["actions[1]"]


@given(flat, flat, flat)
def test_a_form_only_speaks_of_what_it_shows(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    merge = three_way_merge(base, mine, theirs)
    assert {change.path for change in merge.changes} <= set(mine)
    for name, value in mine.items():
        edited = value != base.get(name) and value != theirs.get(name)
        assert (name in merge.edits) is (edited and base.get(name) == theirs.get(name))
        assert (name in {change.path for change in merge.conflicts}) is (
            edited and base.get(name) != theirs.get(name)
        )


def test_a_form_of_which_nobody_knows_what_it_showed_asks_about_all_that_differs() -> None:
    merge = three_way_merge(None, {"a": "x", "b": "", "c": "same"}, {"a": "y", "b": "y", "c": "same"})
    assert [change.path for change in merge.conflicts] == ["a", "b"]
    assert not merge.edits


@given(flat, flat, flat)
def test_once_asked_the_second_try_goes_through(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    """She has read what the others wrote, and says what she said: now it is hers to say."""
    asked = [change.path for change in three_way_merge(base, mine, theirs).conflicts]
    seen = seen_now(base, theirs, [path for path in asked if path in theirs])
    again = three_way_merge(seen, mine, theirs)
    assert [change.path for change in again.conflicts] == [path for path in asked if path not in theirs]
    assert set(asked) & set(theirs) <= set(again.edits)
    assert seen_now(None, theirs, []) == theirs
