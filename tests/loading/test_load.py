"""Loading once and again: what somebody edited here is kept, what only the file changed is taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from guide.languages import Bilingual
from guide.loading import LoadReport, export, load
from guide.loading.check import format_files
from guide.loading.export import texts
from guide.loading.load import DataValidationError, _Loading
from guide.model import (
    Action,
    Attribute,
    Base,
    Citation,
    Fulfilment,
    Holidays,
    LoadedRecord,
    Organization,
    Phone,
    PlainWord,
    SearchChange,
    Service,
    SourceDocument,
    TaxonomyTerm,
    changes,
)
from guide.records.kinds import KINDS
from tests.loading import helpers
from tests.loading.helpers import LINK, action, plan, service
from tests.queries import counted
from tests.running import MONDAY_MORNING

Again = Callable[..., LoadReport]
SOUP = "services/soupe.yaml"


@pytest.fixture
def again(session: Session, tmp_path) -> Again:
    """Loads the small guide; `again({path: content})` loads it once more with these files changed."""
    folder = helpers.write(tmp_path / "data")
    load(session, folder, MONDAY_MORNING)
    session.commit()

    def load_again(changes: dict[str, Any] | None = None) -> LoadReport:
        helpers.write(folder, changes)
        format_files(folder)
        report = load(session, folder, MONDAY_MORNING + timedelta(days=1))
        session.commit()
        session.expire_all()
        return report

    return load_again


def soup(session: Session) -> Service:
    return session.scalars(select(Service).where(Service.key == "soupe")).one()


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def changes_since(session: Session, revision: int) -> list[str]:
    return list(
        session.scalars(
            select(SearchChange.document)
            .where(SearchChange.revision > revision)
            .order_by(SearchChange.revision)
        )
    )


def revision(session: Session) -> int:
    return session.scalar(select(func.max(SearchChange.revision))) or 0


def test_a_first_load_makes_every_record_and_its_parts(session: Session, tmp_path) -> None:
    heard: list[tuple[str, int]] = []
    folder = helpers.write(tmp_path)
    report = load(session, folder, MONDAY_MORNING, progress=lambda *kind: heard.append(kind))
    assert (report.created, report.changed, report.unchanged, report.kept, report.gone) == (16, 0, 0, [], [])
    assert ("services", 2) in heard
    assert [kind for kind, _ in heard][:5] == ["sources", "taxonomies", "needs", "organizations", "services"]
    found = soup(session)
    assert found.name == Bilingual("Soupe", "Soupe nl")
    assert found.organization.key == "marmite"
    filed = [(attribute.term.key, attribute.rank) for attribute in found.attributes]
    assert filed == [("repas", "primary"), ("colis", "secondary")]
    assert [number.number for number in found.phones] == ["02 422 46 11"]
    references = session.scalars(select(Action.reference).order_by(Action.position))
    assert references.all() == ["plan-x/1", "plan-x/2"]
    assert session.scalars(select(LoadedRecord.loaded_at)).first() is not None


def test_the_same_files_again_change_nothing(session: Session, again: Again) -> None:
    before = revision(session)
    report = again()
    assert (report.created, report.changed, report.unchanged, report.kept, report.gone) == (0, 0, 16, [], [])
    assert changes_since(session, before) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": {"fr": "Un grand bol.", "nl": "Een grote kom."}},
        {"free": "yes"},
        {"terms": [{"term": "colis", "rank": "primary"}]},
        {"terms": [{"term": "colis", "rank": "primary"}, {"term": "repas", "rank": "secondary"}]},
        {"phones": [{"number": "107"}, {"number": "112"}]},
        {"publics": None},
        {"organization": None},
        {"citations": [{"field": "phone", "source": "revue", "quote": "un bol"}]},
    ],
)
def test_what_only_the_file_changed_is_taken(session: Session, again: Again, tmp_path, changes) -> None:
    before = revision(session)
    report = again({SOUP: service(**changes)})
    assert (report.created, report.changed, report.kept) == (0, 1, [])
    assert changes_since(session, before) == ["service:soupe"]
    export(session, tmp_path / "out")
    assert (tmp_path / "out" / SOUP).read_bytes() == (tmp_path / "data" / SOUP).read_bytes()


def test_a_change_leaves_no_orphan_of_the_old_version(session: Session, again: Again) -> None:
    before = {table: count(session, table) for table in (Attribute, Citation, Phone)}
    again({SOUP: service(free="yes")})
    assert {table: count(session, table) for table in before} == before


@pytest.mark.control("C33")
def test_what_was_edited_here_is_kept(session: Session, again: Again) -> None:
    soup(session).summary = Bilingual("Édité ici.", "Hier aangepast.")
    session.commit()
    assert again().changed == 0
    assert soup(session).summary.fr == "Édité ici."
    report = again({SOUP: service(free="yes")})
    assert report.changed == 1
    assert soup(session).summary.fr == "Édité ici."
    assert soup(session).free == "yes"


def test_what_was_edited_here_is_listed(session: Session, again: Again) -> None:
    soup(session).summary = Bilingual("Édité ici.", "Hier aangepast.")
    session.commit()
    for _ in range(2):
        assert again().kept == ["services soupe: summary.fr", "services soupe: summary.nl"]


def test_what_both_changed_is_kept_as_edited_here_and_listed(session: Session, again: Again) -> None:
    soup(session).summary = Bilingual("Édité ici.", "Hier aangepast.")
    session.commit()
    report = again({SOUP: service(summary={"fr": "Autre.", "nl": "Anders."}, free="yes")})
    assert report.kept == ["services soupe: summary.fr", "services soupe: summary.nl"]
    assert soup(session).summary.fr == "Édité ici."
    assert soup(session).free == "yes"


def test_a_correction_of_one_language_leaves_the_other_to_the_file(session: Session, again: Again) -> None:
    again({SOUP: service(summary={"fr": "Un bol.", "nl": "Een kom."})})
    soup(session).summary = Bilingual("Un grand bol.", "Een kom.")
    session.commit()
    report = again({SOUP: service(summary={"fr": "Un bol.", "nl": "Een kom soep."})})
    assert soup(session).summary == Bilingual("Un grand bol.", "Een kom soep.")
    assert report.kept == ["services soupe: summary.fr"]


def test_one_action_edited_here_leaves_the_others_to_the_file(session: Session, again: Again) -> None:
    first, _ = session.scalars(select(Action).order_by(Action.position))
    first.note = Bilingual("Vu ici.", "Hier gezien.")
    session.commit()
    noted = {"fr": "Du plan.", "nl": "Uit het plan."}
    report = again({"plans/plan-x.yaml": plan([action("1"), action("2", note=noted)])})
    assert [found.note.fr for found in session.scalars(select(Action).order_by(Action.position))] == [
        "Vu ici.",
        "Du plan.",
    ]
    assert all("actions[1].note" in line for line in report.kept)
    assert report.kept


def test_a_short_code_is_never_taken_back(session: Session, again: Again) -> None:
    code = soup(session).short_code
    report = again({SOUP: service(short_code="zzzz")})
    assert soup(session).short_code == code
    assert any("short_code" in line for line in report.kept)


def test_what_both_changed_alike_is_no_conflict(session: Session, again: Again) -> None:
    soup(session).summary = Bilingual("Un grand bol.")
    session.commit()
    report = again({SOUP: service(summary={"fr": "Un grand bol."})})
    assert report.kept == []
    assert soup(session).summary == Bilingual("Un grand bol.")


def test_what_was_emptied_here_stays_empty(session: Session, again: Again) -> None:
    soup(session).phones = []
    session.commit()
    again({SOUP: service(free="yes")})
    assert soup(session).phones == []


def test_what_was_removed_here_stays_removed_and_is_listed(session: Session, again: Again) -> None:
    session.delete(session.scalars(select(Service).where(Service.key == "pain")).one())
    session.commit()
    report = again()
    assert report.created == 0
    assert report.kept == ["services pain: removed here, still in the files"]
    assert session.scalar(select(Service).where(Service.key == "pain")) is None


def test_a_new_record_that_names_one_removed_here_is_listed_and_does_not_stop_the_load(
    session: Session, again: Again
) -> None:
    session.delete(session.scalars(select(Service).where(Service.key == "pain")).one())
    session.commit()
    report = again({"fulfilments.yaml": [LINK, LINK | {"service": "pain"}]})
    assert any("fulfilments pain plan-x/1" in line for line in report.kept)
    assert count(session, Fulfilment) == 1


def test_what_is_gone_from_the_files_is_kept_and_listed(session: Session, again: Again) -> None:
    report = again({"services/pain.yaml": None})
    assert report.gone == ["services pain"]
    assert session.scalar(select(Service).where(Service.key == "pain")) is not None


def test_what_is_gone_here_and_from_the_files_is_not_said_to_be_kept(session: Session, again: Again) -> None:
    session.delete(session.scalars(select(Service).where(Service.key == "pain")).one())
    session.commit()
    assert again({"services/pain.yaml": None}).gone == []


def test_a_new_file_makes_a_new_record(session: Session, again: Again) -> None:
    before = revision(session)
    report = again({"services/tarte.yaml": service("tarte")})
    assert (report.created, report.changed) == (1, 0)
    assert changes_since(session, before) == ["service:tarte"]


def test_an_action_taken_out_of_its_plan_takes_its_links_along(session: Session, again: Again) -> None:
    again({"plans/plan-x.yaml": plan([action("2")]), "fulfilments.yaml": []})
    assert session.scalars(select(Action.reference)).all() == ["plan-x/2"]
    assert count(session, Fulfilment) == 0


def test_an_action_keeps_its_links_when_its_plan_changes(session: Session, again: Again) -> None:
    noted = action("1", note={"fr": "Vu.", "nl": "Gezien."})
    again({"plans/plan-x.yaml": plan([action("0"), action("2"), noted])})
    (link,) = session.scalars(select(Fulfilment))
    assert link.action.reference == "plan-x/1"
    assert link.action.position == 2


def test_a_topic_taken_out_of_the_files_with_its_uses_is_taken_out(session: Session, again: Again) -> None:
    need = helpers.NEEDS[0]
    only = [{"term": "repas", "rank": "primary"}]
    again(
        {
            "needs.yaml": [need | {"topics": need["topics"][:1]}],
            SOUP: service(terms=only),
            "services/pain.yaml": service("pain", terms=only),
        }
    )
    assert session.scalar(select(TaxonomyTerm).where(TaxonomyTerm.key == "colis")) is None


@pytest.mark.parametrize(
    ("path", "content", "document"),
    [
        ("organizations/marmite.yaml", helpers.ORGANIZATION, None),
        (SOUP, service(name={"fr": "La Louche"}), "service:soupe"),
        ("needs.yaml", [helpers.NEEDS[0] | {"sensitive": True}], "*"),
        ("vocabulary/faim.yaml", [{"term": "faim", "fr": ["ventre vide"]}], "*"),
        ("plans/plan-x.yaml", plan([action("1"), action("2"), action("3")]), "*"),
        # What no index holds stands on pages.
        ("urgent_numbers.yaml", [helpers.URGENT[0] | {"name": {"fr": "Secours", "nl": "Hulp"}}], "page"),
        ("map.yaml", [helpers.MAP[0] | {"name": {"fr": "Jette !", "nl": "Jette!"}}], "page"),
    ],
)
def test_the_search_index_is_told_what_changed(
    session: Session, again: Again, path, content, document
) -> None:
    before = revision(session)
    again({path: content})
    assert changes_since(session, before) == ([document] if document else [])


def test_a_renamed_organisation_is_found_anew_with_its_services(session: Session, again: Again) -> None:
    before = revision(session)
    again({"organizations/marmite.yaml": helpers.ORGANIZATION | {"name": {"fr": "Le Chaudron"}}})
    told = changes_since(session, before)
    assert "*" in told or {"organization:marmite", "service:soupe", "service:pain"} <= set(told)


def test_files_in_another_order_move_the_records(session: Session, again: Again) -> None:
    again({"sources.yaml": [helpers.SOURCES[1], helpers.SOURCES[0]]})
    keys = session.scalars(select(SourceDocument.key).order_by(SourceDocument.position))
    assert keys.all() == ["revue", "notes"]


def test_ten_times_the_listings_are_loaded_with_as_many_questions(session: Session, tmp_path) -> None:
    asked = []
    for number in (2, 20):
        helpers.write(
            tmp_path,
            {
                f"services/pain-{one}.yaml": service(f"pain-{one}", short_code=f"p{one:03d}")
                for one in range(100, 100 + number)
            },
        )
        for _ in ("new", "unchanged"):
            with counted(session) as selects:
                load(session, tmp_path, MONDAY_MORNING)
                session.commit()
            session.expunge_all()
            asked.append(len(selects))
    _, few_unchanged, many, many_unchanged = asked
    assert many <= few_unchanged + 5, "only eighteen are new"
    assert many_unchanged <= few_unchanged + 1
    assert few_unchanged < 90


def test_most_of_the_listings_changed_is_one_word_for_the_index(
    session: Session, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_DOCUMENTS", 20)
    before = revision(session)
    again(
        {f"services/pain-{one}.yaml": service(f"pain-{one}", short_code=f"p{one:03d}") for one in range(21)}
    )
    assert changes_since(session, before) == ["*"]


def test_nobody_edits_on_postgresql_what_a_load_has_read() -> None:
    asked: list[Select[Any]] = []

    def hear(query: Select[Any]) -> list[Any]:
        asked.append(query)
        return []

    heard = Mock(scalars=hear)
    services = next(kind for kind in KINDS if kind.name == "services")
    _Loading(heard, Mock(), {}, LoadReport(), MONDAY_MORNING).begin(services)
    (query,) = asked
    assert str(query.compile(dialect=postgresql.dialect())).endswith("FOR UPDATE OF service")


def test_unsound_files_change_nothing(session: Session, again: Again) -> None:
    before = revision(session)
    with pytest.raises(DataValidationError) as refused:
        again({SOUP: service(free="yes", wheelchair="perhaps")})
    session.rollback()
    assert [fault.field for fault in refused.value.errors] == ["wheelchair"]
    assert soup(session).free is None
    assert revision(session) == before


@pytest.mark.control("C33")
def test_an_interrupted_load_leaves_nothing(session: Session, tmp_path) -> None:
    def stopped(kind: str, number: int) -> None:
        if kind == "map":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(session, helpers.write(tmp_path), MONDAY_MORNING, progress=stopped)
    session.rollback()
    assert [count(session, table) for table in (Service, Organization, LoadedRecord, SearchChange)] == [0] * 4


def test_organisations_find_their_parents_wherever_these_stand(session: Session, tmp_path) -> None:
    def body(key: str, parent: str) -> dict[str, Any]:
        return helpers.ORGANIZATION | {"key": key, "parent_organization": parent}

    changes = {"organizations/a.yaml": body("a", "b"), "organizations/b.yaml": body("b", "marmite")}
    load(session, helpers.write(tmp_path, changes), MONDAY_MORNING)
    session.expire_all()
    (found,) = session.scalars(select(Organization).where(Organization.key == "a"))
    assert found.parent_organization.parent_organization.key == "marmite"


def test_an_export_of_an_older_guide_is_loaded_and_what_it_lacks_is_told(
    session: Session, again: Again
) -> None:
    words = session.query(PlainWord).count()
    report = again(
        {
            "plain_words.yaml": None,
            "services/pain.yaml": service("pain", summary={"fr": "Du pain.", "nl": "Brood."}),
        }
    )
    assert "plain_words.yaml" in report.absent
    assert (report.changed, report.gone) == (1, [])
    assert session.query(PlainWord).count() == words


def test_only_the_named_kinds_are_loaded(session: Session, tmp_path) -> None:
    report = load(session, helpers.write(tmp_path), MONDAY_MORNING, only=["sources", "plain_words"])
    assert (report.created, report.gone) == (3, [])
    assert session.query(Service).count() == 0


HOURS = {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}


def test_what_files_newly_say_of_holidays_is_taken_where_nobody_edited_the_hours(
    session: Session, again: Again
) -> None:
    again({SOUP: service(schedules=[HOURS], schedule_source="notes")})
    assert [slot.holidays for slot in soup(session).schedules] == [None]
    newer = {SOUP: service(schedules=[HOURS | {"holidays": "closed"}], schedule_source="notes")}
    assert again(newer).kept == []
    assert [slot.holidays for slot in soup(session).schedules] == [Holidays.CLOSED]
    assert again(newer).changed == 0


def test_what_was_said_of_holidays_here_is_kept_and_listed(session: Session, again: Again) -> None:
    again({SOUP: service(schedules=[HOURS], schedule_source="notes")})
    soup(session).schedules[0].holidays = Holidays.OPEN
    session.commit()
    newer = {SOUP: service(schedules=[HOURS | {"holidays": "closed"}], schedule_source="notes")}
    assert again(newer).kept == ["services soupe: schedules"]
    assert [slot.holidays for slot in soup(session).schedules] == [Holidays.OPEN]


def test_the_hours_of_an_urgent_number_say_what_becomes_of_them_on_holidays(
    session: Session, again: Again
) -> None:
    stated = HOURS | {"kind": "phone", "holidays": "closed"}
    again(
        {
            "urgent_numbers.yaml": [
                *helpers.URGENT,
                helpers.URGENT[0] | {"key": "ligne", "schedules": [stated]},
            ]
        }
    )
    assert "    holidays: closed\n" in texts(session)["urgent_numbers.yaml"]
