"""References between records lead somewhere: never to nothing, to themselves, or round in a circle."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide.editing.merging import successor
from guide.loading import check, load
from guide.loading.check import format_files
from guide.loading.load import DataValidationError
from guide.model import Organization, Publication, Service
from guide.records.fields import Keys, Reference, References, Sentences
from guide.records.kinds import KINDS
from guide.records.shape import Many, Records, Shape
from tests import databases
from tests.loading import helpers
from tests.loading.helpers import LINK, action, plan, service
from tests.running import MONDAY_MORNING


def organization(key: str, parent: str | None = None) -> dict[str, Any]:
    record = helpers.ORGANIZATION | {"key": key}
    return record | {"parent_organization": parent} if parent else record


def gone(key: str, into: str) -> dict[str, Any]:
    return service(key, publication="archived", merged_into=into, short_code=f"{key[:4]}x".lower())


def lineage(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"from": f"plan-x/{one}", "to": f"plan-x/{two}", "kind": "renews"} for one, two in pairs]


def question(**changes: Any) -> dict[str, Any]:
    words = {"fr": "Oui ?", "nl": "Ja?"}
    asked = {"key": "une", "fact": "topic", "about": ["repas"], "text": words, "yes": words, "no": words}
    return {"key": "faim", "need": "faim", "questions": [asked | changes]}


def selection(**changes: Any) -> dict[str, Any]:
    both = {"fr": "mardi", "nl": "dinsdag"}
    texts = {"slug": both, "title": both, "introduction": both}
    return {
        "key": "mardi",
        "order": 1,
        "kind": "sheet",
        **texts,
        "services": [{"service": "soupe"}],
    } | changes


TO_NOTHING: list[tuple[str, Any, str, str]] = [
    ("services/soupe.yaml", gone("soupe", "absent"), "soupe", "merged_into"),
    ("services/soupe.yaml", service(organization="absent"), "soupe", "organization"),
    ("services/soupe.yaml", service(neighbourhood="absent"), "soupe", "neighbourhood"),
    ("services/soupe.yaml", service(service_area="absent"), "soupe", "service_area"),
    ("services/soupe.yaml", service(schedule_source="absent"), "soupe", "schedule_source"),
    ("services/soupe.yaml", service(publics=["absent"]), "soupe", "publics"),
    (
        "services/soupe.yaml",
        service(terms=[{"term": "absent", "rank": "primary"}]),
        "soupe",
        "terms[1].term",
    ),
    (
        "services/soupe.yaml",
        service(citations=[{"field": "phone", "source": "absent"}]),
        "soupe",
        "citations[1].source",
    ),
    ("organizations/marmite.yaml", organization("marmite", "absent"), "marmite", "parent_organization"),
    ("urgent_numbers.yaml", [helpers.URGENT[0] | {"service": "absent"}], "urgence", "service"),
    ("crises.yaml", [helpers.CRISES[0] | {"danger": ["absent"]}], "vital", "danger"),
    ("crises.yaml", [helpers.CRISES[0] | {"talk": ["absent"]}], "vital", "talk"),
    ("vocabulary/faim.yaml", [{"term": "absent", "fr": ["rien"]}], "faim", "groups[1].term"),
    (
        "vocabulary/faim.yaml",
        [{"term": "faim", "crisis": "absent", "fr": ["rien"]}],
        "faim",
        "groups[1].crisis",
    ),
    ("plans/plan-x.yaml", plan() | {"source": "absent"}, "plan-x", "source"),
    (
        "plans/plan-x.yaml",
        plan([action("1", bodies=[{"organization": "absent"}])]),
        "plan-x",
        "themes[1].actions[1].bodies[1].organization",
    ),
    ("fulfilments.yaml", [LINK | {"service": "absent"}], "absent plan-x/1", "service"),
    ("fulfilments.yaml", [LINK | {"action": "plan-x/9"}], "soupe plan-x/9", "action"),
    ("lineage.yaml", lineage(("9", "1")), "plan-x/9 plan-x/1", "from"),
    ("lineage.yaml", lineage(("1", "9")), "plan-x/1 plan-x/9", "to"),
    (
        "other_languages.yaml",
        [helpers.OTHER_LANGUAGES[0] | {"needs": {"absent": "Thirsty."}}],
        "en",
        "needs",
    ),
    (
        "other_languages.yaml",
        [helpers.OTHER_LANGUAGES[0] | {"lines": {"absent": "Police"}}],
        "en",
        "lines",
    ),
    (
        "other_languages.yaml",
        [
            helpers.OTHER_LANGUAGES[0]
            | {"crises": [{"crisis": "absent", "title": "Fire?", "advice": "Go out.", "says": ["It burns"]}]}
        ],
        "en",
        "crises[1].crisis",
    ),
    ("questions/faim.yaml", question(about=["absent"]), "faim", "questions[1].about"),
    ("questions/faim.yaml", question(fact="public", about=["repas"]), "faim", "questions[1].about"),
    ("questions/faim.yaml", question(fact="topic", about=["seniors"]), "faim", "questions[1].about"),
    ("selections/mardi.yaml", selection(services=[{"service": "absent"}]), "mardi", "services[1].service"),
    ("selections/mardi.yaml", selection(without=["absent"]), "mardi", "without"),
    ("selections/mardi.yaml", selection(terms=["absent"]), "mardi", "terms"),
    ("selections/mardi.yaml", selection(publics=["absent"]), "mardi", "publics"),
    ("map.yaml", [helpers.MAP[0] | {"source": "absent"}], "jette", "source"),
]


@pytest.mark.parametrize(("path", "content", "record", "field"), TO_NOTHING)
def test_a_reference_to_nothing_is_named_with_file_record_and_field(
    tmp_path: Path, path: str, content: Any, record: str, field: str
) -> None:
    found = check(helpers.write(tmp_path, {path: content}))
    assert (path, record, field) in [(fault.file, fault.record, fault.field) for fault in found], found


def _references(shape: Shape, path: str = "") -> Iterator[str]:
    """Every field of a shape that names other records, with those of its parts."""
    for field in shape.fields:
        if isinstance(field, Many | Records):
            yield from _references(field.shape, f"{path}{field.name}[1].")
        elif isinstance(field, Reference | References | Keys | Sentences):
            yield f"{path}{field.name}"


def test_every_kind_of_reference_there_is_has_its_planted_fault() -> None:
    planted = {(path.partition("/")[0], field) for path, _content, _record, field in TO_NOTHING}
    wanting = []
    for kind in KINDS:
        for field in _references(kind.shape):
            # The evidence of a link and of an organisation is the shape that a service's citations have;
            # a position's source and the need of a question are planted below.
            if field.endswith(("citations[1].source", "position_source", "need")):
                continue
            if (kind.place, field) not in planted:
                wanting.append(f"{kind.name}: {field}")
    assert wanting == []


def test_the_other_references_are_checked_too(tmp_path: Path) -> None:
    place = {"street": {"fr": "Rue"}, "latitude": 50.87, "longitude": 4.3, "precision": "house"}
    changes = {
        "services/soupe.yaml": service(addresses=[place | {"position_source": "absent"}]),
        "questions/faim.yaml": question() | {"key": "absent", "need": "absent"},
        "fulfilments.yaml": [LINK | {"citations": [{"source": "absent", "quote": "x"}]}],
    }
    found = {fault.field for fault in check(helpers.write(tmp_path, changes))}
    assert {"addresses[1].position_source", "need", "citations[1].source"} <= found


CIRCLES: list[tuple[dict[str, Any], str, str, int]] = [
    ({"services/soupe.yaml": gone("soupe", "soupe")}, "merged_into", "“soupe” leads to itself", 1),
    (
        {"services/soupe.yaml": gone("soupe", "pain"), "services/pain.yaml": gone("pain", "soupe")},
        "merged_into",
        "(soupe → pain → soupe)",
        2,
    ),
    (
        {
            "services/soupe.yaml": gone("soupe", "pain"),
            "services/pain.yaml": gone("pain", "riz"),
            "services/riz.yaml": gone("riz", "soupe"),
        },
        "merged_into",
        "(soupe → pain → riz → soupe)",
        3,
    ),
    ({"organizations/marmite.yaml": organization("marmite", "marmite")}, "parent_organization", "itself", 1),
    (
        {
            "organizations/marmite.yaml": organization("marmite", "a"),
            "organizations/a.yaml": organization("a", "b"),
            "organizations/b.yaml": organization("b", "marmite"),
            # It leads into the circle and is in none.
            "organizations/c.yaml": organization("c", "a"),
        },
        "parent_organization",
        "(a → b → marmite → a)",
        3,
    ),
    ({"lineage.yaml": lineage(("1", "1"))}, "to", "“plan-x/1” leads to itself", 1),
    ({"lineage.yaml": lineage(("1", "2"), ("2", "1"))}, "to", "(plan-x/1 → plan-x/2 → plan-x/1)", 2),
]


@pytest.mark.parametrize(("changes", "field", "words", "number"), CIRCLES)
def test_a_circle_is_refused_and_nothing_is_loaded(
    session: Session, tmp_path: Path, changes: dict[str, Any], field: str, words: str, number: int
) -> None:
    folder = helpers.write(tmp_path, changes)
    found = [fault for fault in check(folder) if fault.field == field]
    assert len(found) == number
    assert any(words in fault.words for fault in found), found
    assert all(fault.file in changes for fault in found)
    with pytest.raises(DataValidationError):
        load(session, folder, MONDAY_MORNING)
    assert session.scalars(select(Service)).all() == []


def test_lines_that_part_and_meet_again_are_no_circle(tmp_path: Path) -> None:
    four = plan([action(key) for key in "1234"])
    changes = {
        "plans/plan-x.yaml": four,
        "lineage.yaml": lineage(("1", "2"), ("1", "3"), ("2", "4"), ("3", "4")),
        "services/soupe.yaml": gone("soupe", "riz"),
        "services/pain.yaml": gone("pain", "riz"),
        "services/riz.yaml": service("riz"),
    }
    folder = helpers.write(tmp_path, changes)
    format_files(folder)
    assert check(folder) == []


@pytest.fixture(params=databases.BOTH)
def guide_of_four(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Path]]:
    """A database loaded from a folder with two organisations and three services that lead nowhere; and the folder."""
    changes = {"services/riz.yaml": service("riz"), "organizations/a.yaml": organization("a")}
    folder = helpers.write(tmp_path / "data", changes)

    def filled(engine: Engine) -> tuple[Engine, Path]:
        with Session(engine) as session:
            load(session, folder, MONDAY_MORNING)
            session.commit()
        return engine, folder

    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield filled(engine)


def test_a_circle_of_files_and_what_was_done_here_is_kept_out_and_listed(
    guide_of_four: tuple[Engine, Path],
) -> None:
    """pain → riz and marmite → a were said here; the files, sound by themselves, close both circles."""
    engine, folder = guide_of_four
    with Session(engine) as session:
        pain = session.scalars(select(Service).where(Service.key == "pain")).one()
        pain.publication, pain.merged_into = Publication.ARCHIVED, "riz"
        organizations = {one.key: one for one in session.scalars(select(Organization))}
        organizations["marmite"].parent_organization = organizations["a"]
        session.commit()
        helpers.write(
            folder,
            {
                "services/soupe.yaml": gone("soupe", "pain") | {"short_code": "aaaa"},
                "services/riz.yaml": gone("riz", "soupe") | {"short_code": "cccc"},
                "services/pain.yaml": service("pain"),
                "organizations/marmite.yaml": organization("marmite"),
                "organizations/a.yaml": organization("a", "marmite"),
            },
        )
        format_files(folder)
        report = load(session, folder, MONDAY_MORNING)
        session.commit()
        session.expire_all()
        listed = "\n".join(report.kept)
        assert (
            "organizations a: parent_organization: leads back to where it began (a → marmite → a)" in listed
        )
        assert "merged_into: leads back to where it began" in listed
        for one in session.scalars(select(Service)):
            assert one.merged_into is None or successor(session, one) is not None, one.key
        assert organizations["a"].parent_organization is None


def test_a_listing_may_stand_before_the_one_it_was_merged_into(session: Session, tmp_path: Path) -> None:
    changes = {
        "services/aa.yaml": gone("aa", "pain"),
        "services/pain.yaml": gone("pain", "zz") | {"short_code": "bbbb"},
        "services/zz.yaml": service("zz"),
    }
    folder = helpers.write(tmp_path, changes)
    format_files(folder)
    assert load(session, folder, MONDAY_MORNING).kept == []
    session.expire_all()
    one = session.scalars(select(Service).where(Service.key == "aa")).one()
    found = successor(session, one)
    assert found is not None
    assert found.key == "zz"


def test_what_an_older_guide_let_in_leads_nowhere_and_for_ever_nowhere(
    session: Session, tmp_path: Path
) -> None:
    load(session, helpers.write(tmp_path), MONDAY_MORNING)
    soup, bread = session.scalars(select(Service).order_by(Service.key.desc())).all()
    soup.merged_into, bread.merged_into = bread.key, soup.key
    session.flush()
    assert successor(session, soup) is None
    soup.merged_into, bread.merged_into = soup.key, "absent"
    session.flush()
    assert successor(session, soup) is None
    assert successor(session, bread) is None
