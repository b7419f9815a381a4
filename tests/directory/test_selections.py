"""Ready-made sheets: who stands on them by place and by rule, and who is there on which day."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.directory.selections import all_selections, selection_by_slug, services_of, week_table
from guide.editing import selections
from guide.editing.selections import Direction
from guide.model import (
    Account,
    AuditEntry,
    Publication,
    Role,
    Schedule,
    ScheduleKind,
    Selection,
    Service,
    ServiceState,
)
from tests import factories
from tests.people import make_account
from tests.running import MONDAY_MORNING as NOW

TODAY = NOW.date()
SHEETS = ["aide-alimentaire", "sans-logement", "aide-au-logement", "dettes", "seniors"]
SHEETS += ["enfants-et-ecole", "nouveaux-arrivants"]


@pytest.fixture
def boss(directory: Session) -> Account:
    directory.info["secret_key"] = "x" * 40
    return make_account(directory, Role.COORDINATOR)


def sheet(session: Session, key: str = "aide-alimentaire") -> Selection:
    return session.scalars(select(Selection).where(Selection.key == key)).one()


def service(session: Session, key: str) -> Service:
    return session.scalars(select(Service).where(Service.key == key)).one()


def keys(session: Session, key: str = "aide-alimentaire") -> list[str]:
    session.flush()
    session.expire_all()
    return [one.key for one in services_of(session, sheet(session, key), TODAY)]


def test_the_seven_sheets_are_there_in_order_each_with_services_in_both_languages(
    directory: Session,
) -> None:
    found = all_selections(directory)
    assert [one.key for one in found] == SHEETS
    for one in found:
        assert len(services_of(directory, one, TODAY)) >= 3, one.key
        assert selection_by_slug(directory, one.slug.nl or "", "nl") is one
        assert selection_by_slug(directory, one.slug.fr or "", "fr") is one


def test_what_has_a_place_stands_first_then_what_the_rule_finds(directory: Session) -> None:
    assert keys(directory, "sans-logement")[0] == "samusocial"
    assert keys(directory, "dettes")[0] == "mediation-dettes"
    assert len(set(keys(directory, "dettes"))) == len(keys(directory, "dettes"))


def test_a_sheet_is_of_today(directory: Session) -> None:
    assert "resto-jet" in keys(directory)
    for change in (
        {"state": ServiceState.ENDED},
        {"state": ServiceState.EXISTING, "publication": Publication.ARCHIVED},
    ):
        for name, value in change.items():
            setattr(service(directory, "resto-jet"), name, value)
        factories.as_committed(directory)
        assert "resto-jet" not in keys(directory)


def test_only_what_exists_can_be_gone_to(directory: Session) -> None:
    for key in SHEETS:
        services = services_of(directory, sheet(directory, key), TODAY)
        assert {one.state for one in services} == {ServiceState.EXISTING}


def test_the_order_is_the_coordinators_and_a_new_service_comes_at_the_end(
    directory: Session, boss: Account
) -> None:
    before = keys(directory)
    assert selections.move(
        directory, sheet(directory), service(directory, before[2]), Direction.UP, Edit(boss, NOW)
    )
    assert keys(directory) == [before[0], before[2], before[1], *before[3:]]
    assert selections.add(directory, sheet(directory), service(directory, "cpas-jette"), Edit(boss, NOW))
    assert keys(directory)[-1] == "cpas-jette"
    assert not selections.add(directory, sheet(directory), service(directory, "cpas-jette"), Edit(boss, NOW))


@pytest.mark.parametrize(("place", "where"), [(0, Direction.UP), (-1, Direction.DOWN)])
def test_nothing_moves_beyond_the_ends(
    directory: Session, boss: Account, place: int, where: Direction
) -> None:
    before = keys(directory)
    assert not selections.move(
        directory, sheet(directory), service(directory, before[place]), where, Edit(boss, NOW)
    )
    assert keys(directory) == before


def test_what_was_taken_out_stays_out_until_it_is_added_again(directory: Session, boss: Account) -> None:
    assert selections.remove(directory, sheet(directory), service(directory, "resto-jet"), Edit(boss, NOW))
    assert "resto-jet" not in keys(directory)
    assert not selections.remove(
        directory, sheet(directory), service(directory, "resto-jet"), Edit(boss, NOW)
    )
    assert selections.add(directory, sheet(directory), service(directory, "resto-jet"), Edit(boss, NOW))
    assert keys(directory)[-1] == "resto-jet"


def test_what_is_hidden_for_a_while_comes_back_to_the_sheet(directory: Session, boss: Account) -> None:
    selections.add(directory, sheet(directory), service(directory, "cpas-jette"), Edit(boss, NOW))
    service(directory, "cpas-jette").publication = Publication.IN_REVIEW
    first = keys(directory)[1]
    selections.move(directory, sheet(directory), service(directory, first), Direction.UP, Edit(boss, NOW))
    service(directory, "cpas-jette").publication = Publication.PUBLISHED
    assert keys(directory)[-1] == "cpas-jette"


def test_words_are_written_once_and_stand_in_the_log_without_their_content(
    directory: Session, boss: Account
) -> None:
    seen = selections.texts_of(sheet(directory))
    words = seen | {"title_fr": "Manger", "title_nl": "Eten", "extra_fr": "", "extra_nl": ""}
    assert selections.set_texts(directory, sheet(directory), words, seen, Edit(boss, NOW)) == []
    assert selections.texts_of(sheet(directory)) == words
    assert selections.set_texts(directory, sheet(directory), words, words, Edit(boss, NOW)) == []
    entry = directory.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.verb, entry.object, entry.detail) == (
        "selection_changed",
        "selection:aide-alimentaire",
        "texts: extra_fr, extra_nl, title_fr, title_nl",
    )


def slot(*days: str) -> Schedule:
    return Schedule(kind=ScheduleKind.VISIT, byday=list(days), opens_at="11:30", closes_at="14:00")


def test_the_week_says_who_is_there_and_whose_days_are_not_known(directory: Session) -> None:
    resto, caba = service(directory, "resto-jet"), service(directory, "caba-jette")
    resto.schedules = [slot("MO", "FR")]
    table = week_table([resto, caba], TODAY)
    there = {code: [one.service.key for one in present] for code, present in table.days}
    assert list(there) == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    assert {code for code, present in there.items() if present} == {"MO", "FR"}
    assert [one.key for one in table.unknown] == ["caba-jette"]
    monday = table.days[0][1][0]
    assert monday.day.slots == (("11:30", "14:00"),)
    assert not monday.sure, "hours without a source are never sure"


def test_a_reordered_sheet_survives_a_new_load_of_the_files(
    directory: Session, boss: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guide import paths
    from guide.loading import load

    before = keys(directory)
    selections.move(directory, sheet(directory), service(directory, before[1]), Direction.UP, Edit(boss, NOW))
    moved = keys(directory)
    load(directory, paths.DATA, NOW, only=["selections"])
    assert keys(directory) == moved
