"""What the coordinator's desk counts, and how often it asks the database for it."""

from datetime import date, timedelta

from guide.audit import Edit
from guide.directory.freshness import Freshness
from guide.editing import desk_counts, proposals, reports
from guide.editing.listings import value_at
from guide.languages import Bilingual
from guide.model import Mail, SearchedWord
from tests import factories
from tests.editing.conftest import NOW, Scenario
from tests.queries import counted


def test_an_empty_desk_counts_what_nobody_confirmed_yet(scenario: Scenario) -> None:
    found = desk_counts.count(scenario.session, NOW)
    assert found.ages[Freshness.UNVERIFIED] == 1
    assert (found.proposals, found.live, found.reports, found.links, found.mails) == (0, 0, 0, 0, 0)
    assert found.without_editor == 0


def test_each_thing_that_waits_is_counted_once(scenario: Scenario) -> None:
    session = scenario.session
    seen = {"summary.fr": value_at(scenario.record, "summary.fr")}
    proposals.save(
        session, scenario.service, proposals.Typed({"summary.fr": "Soupe."}, seen), Edit(scenario.editor, NOW)
    )
    scenario.organization.trusted = True
    phones = {"phones": [{"number": "02 423 00 00"}]}
    proposals.save(
        session, scenario.service, proposals.Typed(phones, {"phones": None}), Edit(scenario.editor, NOW)
    )
    reports.report(session, scenario.service, reports.Remark("phone", "Faux", None, "fr"), NOW)
    action = factories.action()
    session.add(factories.plan([action]))
    session.add(factories.fulfilment(action, scenario.service, basis="stated", state="proposed"))
    session.add(SearchedWord(day=NOW.date(), language="fr", word="frigo", count=2, without_result=2))
    session.add(SearchedWord(day=NOW.date(), language="fr", word="soupe", count=2, without_result=0))
    row = session.query(Mail).first()
    assert row is not None
    row.given_up_at = NOW
    alone = factories.organization(key="seule")
    session.add_all([alone, factories.service(key="seul", organization=alone, name=Bilingual("Bain public"))])
    session.flush()
    found = desk_counts.count(session, NOW)
    assert (found.proposals, found.live, found.reports, found.links) == (1, 1, 1, 1)
    assert (found.searches, found.mails, found.without_editor) == (1, 1, 1)


def test_ages_and_what_is_asked_to_be_archived(scenario: Scenario) -> None:
    days = {"a": date(2026, 11, 1), "b": date(2026, 5, 1), "c": date(2026, 1, 1), "d": date(2025, 1, 1)}
    for key, day in days.items():
        scenario.session.add(factories.service(key=key, assured_date=day, review_interval_months=6))
    scenario.session.flush()
    found = desk_counts.count(scenario.session, NOW)
    assert found.ages == {
        Freshness.UNVERIFIED: 1,
        Freshness.FRESH: 1,
        Freshness.TO_CONFIRM: 1,
        Freshness.STALE: 2,
    }
    assert found.to_archive == 1
    later = desk_counts.count(scenario.session, NOW + timedelta(days=500))
    assert later.ages[Freshness.STALE] == 4


def test_texts_on_one_side_make_half_a_listing(scenario: Scenario) -> None:
    scenario.service.description = Bilingual("Chaque midi.", None)
    scenario.service.fees = Bilingual(None, "2 euro")
    scenario.session.flush()
    found = desk_counts.count(scenario.session, NOW)
    assert (found.half, found.to_translate) == (1, {"fr": 1, "nl": 1})


def test_the_desk_asks_eleven_times_however_much_there_is(scenario: Scenario) -> None:
    for number in range(12):
        scenario.session.add(factories.service(key=f"plus-{number}", organization=scenario.organization))
    scenario.session.commit()
    with counted(scenario.session) as asked:
        desk_counts.count(scenario.session, NOW)
    assert len(asked) == 11
