"""The rules between the fields of a record, and between records."""

from typing import Any

import pytest

from guide.loading import ErrorDetail, check
from guide.records import word_shapes
from guide.records.shapes import SERVICE
from tests.loading import helpers
from tests.loading.helpers import LINK, action, plan, service

ADDRESS = {"street": {"fr": "rue de la Soupe 1"}}
HOURS = {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "17:00"}
NEED = helpers.NEEDS[0]


def faults(tmp_path, changes: dict[str, Any]) -> list[ErrorDetail]:
    return check(helpers.write(tmp_path, changes))


def cited(*names: str) -> list[dict[str, str]]:
    return [{"field": name, "source": "notes"} for name in ("phone", *names)]


def test_a_whole_small_guide_is_in_order(tmp_path) -> None:
    assert faults(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"state": "announced"}, "state_note", "what was announced"),
        ({"state": "ended"}, "state_note", "when it ended"),
        (
            {"address_confidential": True, "addresses": [ADDRESS], "citations": cited("address")},
            "addresses",
            "the address is confidential",
        ),
        ({"address_confidential": True, "neighbourhood": "magritte"}, "addresses", "address is confidential"),
        ({"schedules": [HOURS]}, "schedule_source", "say where these hours come from"),
        ({"terms": None}, "terms", "with rank primary"),
        ({"terms": [{"term": "repas", "rank": "secondary"}]}, "terms", "with rank primary"),
        ({"citations": None}, "citations", "no source is given for: phone"),
        ({"website": "https://soupe.example.be"}, "citations", "no source is given for: website"),
        ({"email": "info@soupe.example.be"}, "citations", "no source is given for: email"),
        ({"addresses": [ADDRESS]}, "citations", "no source is given for: address"),
        ({"fees": {"fr": "Gratuit", "nl": "Gratis"}}, "citations", "no source is given for: fees"),
        ({"organization": "absent"}, "organization", "“absent” is not the key of any record"),
        ({"publics": ["magritte"]}, "publics", "is not the key of any record of publics"),
        ({"short_code": "A1"}, "short_code", "printed on paper"),
        ({"website": "soupe.example.be"}, "website", "starts with https://"),
        ({"email": "soupe"}, "email", "name@organisation.be"),
        ({"mayor": "nobody"}, "mayor", "unknown field"),
        ({"summary": None}, "summary", "is missing"),
        (
            {"closures": [{"starts": "2026-12-02", "ends": "2026-12-01"}]},
            "closures[1].ends",
            "before it starts",
        ),
        (
            {"terms": [{"term": "repas", "rank": "primary"}, {"term": "repas", "rank": "secondary"}]},
            "terms",
            "twice",
        ),
    ],
)
def test_a_service_that_breaks_a_rule_is_named_with_its_field(tmp_path, changes, field, words) -> None:
    found = faults(tmp_path, {"services/soupe.yaml": service(**changes)})
    assert [(fault.file, fault.record) for fault in found] == [("services/soupe.yaml", "soupe")] * len(found)
    assert any(fault.field.startswith(field) and words in fault.words for fault in found), found


@pytest.mark.parametrize(
    ("kind", "terms"),
    [("tool", None), ("programme", None), ("measure", [{"term": "faim", "rank": "secondary"}])],
)
def test_what_nobody_visits_needs_no_first_reason_to_go_there(tmp_path, kind, terms) -> None:
    assert faults(tmp_path, {"services/soupe.yaml": service(kind=kind, terms=terms)}) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"citations": None}, "needs 1 quotation(s); 0 found"),
        ({"citations": [{"source": "revue"}]}, "needs 1 quotation(s); 0 found"),
        ({"basis": "named_in_review"}, "needs 2 quotation(s); 1 found"),
        ({"basis": "inferred"}, "what is inferred is proposed, never confirmed"),
        ({"action": "plan-x/9"}, "is not the key of any record of actions"),
        ({"service": "absent"}, "is not the key of any record of services"),
        ({"reason": {"fr": "Le plan la nomme."}}, "needed in both languages"),
    ],
)
def test_a_confirmed_link_needs_its_evidence(tmp_path, changes, words) -> None:
    link = {name: value for name, value in (LINK | changes).items() if value is not None}
    (fault,) = faults(tmp_path, {"fulfilments.yaml": [link]})
    assert fault.file == "fulfilments.yaml"
    assert words in fault.words


def test_a_proposed_link_needs_a_reason_and_no_quotation(tmp_path) -> None:
    link = {name: value for name, value in LINK.items() if name != "citations"}
    assert faults(tmp_path, {"fulfilments.yaml": [link | {"basis": "inferred", "state": "proposed"}]}) == []


@pytest.mark.parametrize(
    "changed",
    [
        action("1", text=None),
        action("1", text_status="missing"),
        action("1", text_status="damaged", text=None),
    ],
)
def test_an_action_has_a_text_or_says_that_it_is_missing(tmp_path, changed) -> None:
    (fault,) = faults(tmp_path, {"plans/plan-x.yaml": plan([changed])})
    assert "an action has a text, or text_status missing" in fault.words


def _second(record: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    return [record, record | changes]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"services/pain.yaml": service("pain", short_code="aaaa")},
            "“aaaa” is already taken in services/pain.yaml",
        ),
        ({"services/pain.yaml": service()}, "already taken"),
        ({"sources.yaml": [*helpers.SOURCES, helpers.SOURCES[0]]}, "“notes” is already taken"),
        ({"needs.yaml": _second(NEED, key="eau", topics=None)}, "“faim” is already taken"),
        ({"fulfilments.yaml": [LINK, LINK]}, "“soupe plan-x/1” is already taken"),
        ({"plans/plan-x.yaml": plan([action("1"), action("1")])}, "stands here twice"),
        ({"services/croissant.yaml": service("pain")}, "named otherwise than its record"),
        ({"crises.yaml": [helpers.CRISES[0] | {"danger": ["absent"]}]}, "“absent” is no urgent number"),
        (
            {"crises.yaml": [{name: helpers.CRISES[0][name] for name in ("key", "title", "advice")}]},
            "a panel needs somebody to call",
        ),
        (
            {"urgent_numbers.yaml": [{k: v for k, v in helpers.URGENT[0].items() if k != "name"}]},
            "give a service, or a number and a name",
        ),
    ],
)
def test_records_that_contradict_each_other_are_named(tmp_path, changes, words) -> None:
    assert any(words in fault.words for fault in faults(tmp_path, changes))


@pytest.mark.parametrize("points", [[[50.8, 4.3]] * 41, [["x", "y"]], [[50.8]], ["a"], [[0.0, 0.0]] * 4])
def test_the_outline_of_the_map_is_a_coarse_one_of_figures(tmp_path, points) -> None:
    assert faults(tmp_path, {"map.yaml": [helpers.MAP[0] | {"points": points}]})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("services/soupe.yaml", "- a list"),
        ("services/soupe.yaml", "key: [unclosed"),
        ("services/soupe.yaml", ""),
        ("services/soupe.yaml", "key: &a [*a]"),
        ("services/soupe.yaml", "key: !!python/object:os.system {}"),
        ("needs.yaml", "key: one record"),
        ("needs.yaml", "- words"),
        ("needs.yaml", [NEED | {"slug": "faim"}]),
        ("needs.yaml", [NEED | {"topics": 3}]),
        ("plans/plan-x.yaml", plan() | {"themes": "none"}),
        ("plans/plan-x.yaml", plan() | {"themes": [{"key": "a", "actions": ["b"]}]}),
        ("crises.yaml", [helpers.CRISES[0] | {"danger": 112}]),
        ("vocabulary/faim.yaml", "term: faim"),
        ("services/soupe.yaml", service(citations="notes")),
        ("services/soupe.yaml", service(terms=["repas"])),
    ],
)
def test_a_file_of_another_form_is_a_fault_and_never_a_crash(tmp_path, path, content) -> None:
    found = faults(tmp_path, {path: content})
    assert path in [fault.file for fault in found]


def test_a_field_written_twice_is_refused_with_its_line(tmp_path) -> None:
    text = "key: pain\nkind: service\nkind: benefit\n"
    assert ErrorDetail(
        "services/pain.yaml", "", "", "cannot be read: “kind” is written twice (line 3)"
    ) in faults(tmp_path, {"services/pain.yaml": text})


def test_a_file_that_is_missing_is_named(tmp_path) -> None:
    assert ErrorDetail("map.yaml", "", "", "this file is missing") in faults(tmp_path, {"map.yaml": None})


@pytest.mark.parametrize(
    ("way", "field"),
    [
        ({"kind": "telepathy"}, "ways[1].kind"),
        ({"kind": "chat", "url": "tele-accueil.be"}, "ways[1].url"),
        ({"kind": "chat", "hours": {"fr": "le soir"}}, "ways[1].hours"),
    ],
)
def test_a_way_without_a_voice_is_checked(way: dict, field: str) -> None:
    record = {
        "key": "107",
        "number": "107",
        "name": {"fr": "107", "nl": "107"},
        "purpose": {"fr": "parler", "nl": "praten"},
        "block": "talk",
        "ways": [way],
    }
    found = [name for name, _words in word_shapes.URGENT_NUMBER.errors(record, lambda kind, key: True)]
    assert any(name.startswith(field) for name in found), found


def test_addresses_of_a_file_of_before_get_the_keys_that_a_migration_gave_them() -> None:
    street = {"street": {"fr": "rue Une 1"}}
    assert [one["key"] for one in SERVICE.canonical({"addresses": [street, street]})["addresses"]] == [
        "1",
        "2",
    ]
    assert SERVICE.canonical({"addresses": [street]})["addresses"] == [street]
    named = [{"key": "2", **street}, street]
    assert [one["key"] for one in SERVICE.canonical({"addresses": named})["addresses"]] == ["2", "1"]
