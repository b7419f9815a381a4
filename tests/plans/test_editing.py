"""What the coordinator does to plans keeps every plan sound, says who did it, and is undone by nothing else."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import paths
from guide.audit import Edit
from guide.database import open_database, writing
from guide.languages import Bilingual
from guide.loading import export, load
from guide.loading.export import texts
from guide.model import (
    Account,
    Action,
    ActionLineage,
    ActionStanding,
    AuditEntry,
    Indicator,
    IndicatorFigure,
    LineageKind,
    Organization,
    Plan,
    Progress,
    SearchChange,
    SourceDocument,
    YesNo,
)
from guide.plans import editing
from guide.plans.queries import newest_standing, plan_by_key
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import PLAN, SOURCE
from tests import databases, instances
from tests.people import make_account
from tests.running import MONDAY_MORNING

PASAP = "pasap-2022-2027"
TABLE = """theme_number;theme_fr;theme_nl;number;text_fr;text_nl
1;Alimentation;Voeding;1;Ouvrir une épicerie sociale;Een sociale kruidenier openen
1;Alimentation;Voeding;2;Livrer des repas;Maaltijden leveren
2;Logement;Wonen;3;;
"""
HEAD: dict[str, Any] = {
    "key": "pasap-2028-2033",
    "title": {"fr": "Plan d’action sociale 2028-2033", "nl": "Sociaal actieplan 2028-2033"},
    "short_title": {"fr": "PASAP 2028-2033", "nl": "SAP 2028-2033"},
    "publisher": {"fr": "Une commune", "nl": "Een gemeente"},
    "starts": 2028,
    "ends": 2033,
    "source": "plan-pasap-2028-2033",
}
PUBLISHER = Bilingual("Une commune", "Een gemeente")


@pytest.fixture(params=databases.IN_CI)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """On the real guide, on a database of each kind."""
    instance = tmp_path / "instance"
    instances.copy(request.getfixturevalue(instances.LOADED[request.param]), instance)
    engine = open_database(instances.database_url(instance))
    with Session(writing(engine)) as db_session:
        db_session.info["secret_key"] = "x" * 40
        yield db_session
    engine.dispose()


@pytest.fixture
def boss(session: Session) -> Account:
    return make_account(session, "coordinator")


def action_of(session: Session, reference: str) -> Action:
    return session.scalars(select(Action).where(Action.reference == reference)).one()


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.seq)))


def test_the_state_said_last_counts_and_what_was_said_before_stays(session: Session, boss: Account) -> None:
    action = action_of(session, f"{PASAP}/46")
    for progress, day in ((Progress.RUNNING, date(2026, 3, 1)), (Progress.PLANNED, date(2025, 3, 1))):
        editing.set_standing(
            session,
            action,
            ActionStanding(progress=progress, as_of=day, evidence=Bilingual("Vu au conseil.")),
            Edit(boss, MONDAY_MORNING),
        )
    newest = newest_standing(action)
    assert newest is not None
    assert newest.progress is Progress.RUNNING, "the later day counts, not the later click"
    assert len(action.standings) == 2
    assert verbs(session) == ["action_state_set", "action_state_set"]
    changes = session.scalars(select(SearchChange.document)).all()
    assert changes[-1] == "*", "pages are renewed"


def test_an_indicator_goes_from_its_start_to_its_goal_with_one_figure_a_year(
    session: Session, boss: Account
) -> None:
    action = action_of(session, f"{PASAP}/46")
    indicator = editing.add_indicator(
        session,
        action,
        Indicator(
            name=Bilingual("Contrats", "Contracten"),
            baseline=164,
            baseline_year=2021,
            target=200,
            target_year=2027,
        ),
        Edit(boss, MONDAY_MORNING),
    )
    for year, value in ((2025, 181), (2024, 170), (2025, 182)):
        editing.set_figure(
            session,
            action,
            indicator,
            IndicatorFigure(year=year, value=value, source="Rapport annuel"),
            Edit(boss, MONDAY_MORNING),
        )
    session.expire_all()
    assert [(figure.year, figure.value) for figure in action.indicators[0].figures] == [
        (2024, 170),
        (2025, 182),
    ]
    plan = plan_by_key(session, PASAP)
    assert plan is not None
    record = PLAN.write(plan)
    assert list(PLAN.errors(record, DatabaseLookup(session).knows)) == []
    assert "'baseline': 164" in str(record)
    editing.remove_indicator(session, action, indicator, Edit(boss, MONDAY_MORNING))
    session.expire_all()
    assert action.indicators == []
    assert session.scalars(select(IndicatorFigure)).all() == []


def test_a_body_is_an_organisation_or_a_name_and_can_go_again(session: Session, boss: Account) -> None:
    action = action_of(session, f"{PASAP}/46")
    organization = session.scalars(select(Organization).order_by(Organization.key)).first()
    editing.add_body(session, action, organization, Bilingual("Un nom de trop"), Edit(boss, MONDAY_MORNING))
    editing.add_body(session, action, None, Bilingual("Le service Emploi"), Edit(boss, MONDAY_MORNING))
    assert [(body.organization, body.name.fr) for body in action.bodies] == [
        (organization, None),
        (None, "Le service Emploi"),
    ]
    editing.remove_body(session, action, action.bodies[0], Edit(boss, MONDAY_MORNING))
    editing.add_body(session, action, organization, Bilingual(), Edit(boss, MONDAY_MORNING))
    session.expire_all()
    assert [body.name.fr for body in action.bodies] == ["Le service Emploi", None]


@pytest.mark.parametrize(
    ("evidence", "url", "where"),
    [
        (Bilingual("Vu."), "javascript:alert(1)", "url"),
        (Bilingual("Versez sur BE68 5390 0754 7034."), None, "evidence"),
        (Bilingual("x" * 601), None, "evidence"),
    ],
)
def test_what_no_data_file_could_hold_is_refused(
    session: Session, boss: Account, evidence: Bilingual, url: str | None, where: str
) -> None:
    action = action_of(session, f"{PASAP}/46")
    with pytest.raises(editing.PlanValidationError) as refused:
        editing.set_standing(
            session,
            action,
            ActionStanding(progress=Progress.DONE, as_of=date(2026, 1, 1), evidence=evidence, url=url),
            Edit(boss, MONDAY_MORNING),
        )
    assert where in refused.value.paths[0]
    assert verbs(session) == []


def test_whether_a_service_is_expected_is_said(session: Session, boss: Account) -> None:
    action = action_of(session, f"{PASAP}/46")
    editing.set_service_expected(session, action, YesNo.NO, Edit(boss, MONDAY_MORNING))
    assert action.service_expected is YesNo.NO
    editing.set_service_expected(session, action, None, Edit(boss, MONDAY_MORNING))
    assert action.service_expected is None


def test_one_ancestor_more_leaves_the_others_and_their_kind(session: Session, boss: Account) -> None:
    links = session.scalars(select(ActionLineage).where(ActionLineage.kind == LineageKind.EXTENDS)).all()
    later = links[0].to_action
    before = {link.from_action_id: link.kind for link in later.comes_from}
    other = session.scalars(
        select(Action).where(Action.reference.startswith("pas-2015-2020/"), Action.id.not_in(before))
    ).first()
    assert other is not None
    assert editing.set_ancestors(session, later, [other], [], Edit(boss, MONDAY_MORNING))
    assert {link.from_action_id: link.kind for link in later.comes_from} == before | {
        other.id: LineageKind.CONTINUES
    }
    assert not editing.set_ancestors(session, later, [other], [], Edit(boss, MONDAY_MORNING)), "said twice"
    assert editing.set_ancestors(session, later, [], [other], Edit(boss, MONDAY_MORNING))
    assert {link.from_action_id: link.kind for link in later.comes_from} == before
    assert verbs(session) == ["lineage_set", "lineage_set"]


def test_of_the_links_we_drew_by_hand_many_are_among_the_first_suggestions(session: Session) -> None:
    plans = {plan.key: plan for plan in session.scalars(select(Plan))}
    older = editing.actions_of(session, plans["pas-2015-2020"])
    newer = editing.actions_of(session, plans[PASAP])
    found = editing.likely_ancestors(newer, older)
    drawn = [(link.to_action_id, link.from_action) for action in newer for link in action.comes_from]
    met = sum(before in found[later] for later, before in drawn)
    assert met >= len(drawn) * 0.4, "by chance one in thirty would be"
    assert all(len(likely) <= 5 for likely in found.values())


def test_a_table_becomes_a_plan_with_its_source_and_the_same_table_changes_nothing(
    session: Session, boss: Account
) -> None:
    draft = editing.read_plan(TABLE, HEAD)
    assert (draft.errors, draft.themes, draft.actions) == ([], 2, 3)
    plan = editing.add_plan(session, draft, PUBLISHER, Edit(boss, MONDAY_MORNING))
    assert plan is not None
    assert [action.reference for action in plan.actions] == [f"pasap-2028-2033/{n}" for n in (1, 2, 3)]
    assert [action.position for action in plan.actions] == [0, 1, 2]
    assert plan.source.kind == "plan"
    lookup = DatabaseLookup(session)
    assert list(SOURCE.errors(SOURCE.write(plan.source), lookup.knows)) == []
    assert list(PLAN.errors(PLAN.write(plan), lookup.knows)) == []
    editing.set_standing(
        session,
        plan.actions[0],
        ActionStanding(progress=Progress.RUNNING, as_of=date(2028, 1, 1), evidence=PUBLISHER),
        Edit(boss, MONDAY_MORNING),
    )
    told = verbs(session)
    again = editing.read_plan(TABLE, HEAD)
    assert editing.add_plan(session, again, PUBLISHER, Edit(boss, MONDAY_MORNING)) is None, (
        "followed since, still it"
    )
    assert verbs(session) == told
    assert len(session.scalars(select(SourceDocument).where(SourceDocument.key == HEAD["source"])).all()) == 1


def test_another_plan_is_not_written_over(session: Session, boss: Account) -> None:
    draft = editing.read_plan(TABLE, HEAD | {"key": PASAP})
    with pytest.raises(editing.PlanExistsError):
        editing.add_plan(session, draft, PUBLISHER, Edit(boss, MONDAY_MORNING))
    faulty = editing.read_plan(TABLE + "1;Alimentation;Voeding;2;encore;nog\n", HEAD)
    with pytest.raises(editing.PlanTableError):
        editing.add_plan(session, faulty, PUBLISHER, Edit(boss, MONDAY_MORNING))


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_however_a_spreadsheet_saved_it(mark: str, encoding: str) -> None:
    content = TABLE.replace(";", mark).replace("\n", "\r\n").encode(encoding)
    draft = editing.read_plan(content, HEAD)
    assert draft.errors == []
    assert draft.record == editing.read_plan(TABLE, HEAD).record


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("x;A;B;4;texte;tekst", "theme_number", "not_a_number"),
        ("1;Alimentation;Voeding;2;texte;tekst", "number", "twice"),
        ("1;Alimentation;Voeding;;texte;tekst", "number", "number_missing"),
        ("1;Alimentation;Voeding;rapport;texte;tekst", "number", "number_missing"),
        ("3;;Naam;5;texte;tekst", "theme_fr", "theme_name"),
        ("1;Autre nom;Voeding;5;texte;tekst", "theme_fr", "theme_differs"),
        ("1;Alimentation;Voeding;5;texte;", "text_nl", "other_side_missing"),
        (f"1;Alimentation;Voeding;5;texte;{'x' * 4001}", "text_nl", "too_long"),
        ("1;Alimentation;Voeding;5;texte;BE68 5390 0754 7034", "text_nl", "bank_account"),
    ],
)
def test_a_fault_says_its_line_and_its_column(row: str, column: str, code: str) -> None:
    assert editing.read_plan(TABLE + row + "\n", HEAD).errors == [editing.RowProblem(5, column, code)]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("", ["empty"]),
        (TABLE.splitlines()[0], ["empty"]),
        ("number;text_fr\n1;a", ["column_missing"] * 4),
        (TABLE.splitlines()[0] + "\n" + ";;;;;\n" * 1001, ["too_many"]),
        (TABLE + '1;Alimentation;Voeding;7;"' + "x" * 140_000, ["unreadable"]),
    ],
)
def test_a_table_that_is_none_says_so(table: str, codes: list[str]) -> None:
    assert [fault.code for fault in editing.read_plan(table, HEAD).errors] == codes


@pytest.mark.control("C17")
@given(st.binary(max_size=300))
def test_any_file_is_answered_with_a_draft(content: bytes) -> None:
    for draft in (
        editing.read_plan(content, HEAD),
        editing.read_plan(TABLE.encode() + content, HEAD),
    ):
        if not draft.errors:
            unsound = list(PLAN.errors(draft.record, lambda kind, key: True))
            assert unsound == []


def test_what_the_coordinator_did_is_exported_in_order_and_loads_again_as_it_was(
    session: Session, boss: Account, tmp_path: Path
) -> None:
    plan = editing.add_plan(session, editing.read_plan(TABLE, HEAD), PUBLISHER, Edit(boss, MONDAY_MORNING))
    assert plan is not None
    action, older = plan.actions[0], action_of(session, f"{PASAP}/46")
    editing.set_standing(
        session,
        action,
        ActionStanding(
            progress=Progress.RUNNING, as_of=date(2028, 1, 1), evidence=PUBLISHER, url="https://a.example"
        ),
        Edit(boss, MONDAY_MORNING),
    )
    indicator = editing.add_indicator(
        session,
        older,
        Indicator(name=Bilingual("Contrats"), baseline=164, baseline_year=None, target=200, target_year=2027),
        Edit(boss, MONDAY_MORNING),
    )
    editing.set_figure(
        session,
        older,
        indicator,
        IndicatorFigure(year=2025, value=181, source=None),
        Edit(boss, MONDAY_MORNING),
    )
    editing.add_body(session, older, None, Bilingual("Le service Emploi"), Edit(boss, MONDAY_MORNING))
    editing.set_ancestors(session, action, [older], [], Edit(boss, MONDAY_MORNING))
    shutil.copytree(paths.DATA, tmp_path / "data")
    written = export(session, tmp_path / "data")
    engine = open_database(databases.migrated_file(tmp_path))
    with Session(writing(engine)) as other:
        load(other, tmp_path / "data", MONDAY_MORNING)  # which checks them
        assert texts(other) == {path: (tmp_path / "data" / path).read_text("utf-8") for path in written}
    engine.dispose()
    report = load(session, paths.DATA, MONDAY_MORNING)
    assert report.changed == 0, "the files of the guide, loaded again, write over nothing of this"
    assert newest_standing(action) is not None
    assert [figure.value for figure in older.indicators[0].figures] == [181]
