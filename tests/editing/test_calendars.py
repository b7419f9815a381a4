"""Calendars that editors changed, and what of them a coordinator has not seen yet."""

from datetime import timedelta

from guide.audit import Edit
from guide.editing import calendars, calendars_to_see, desk_counts
from guide.model import Account, PeriodKind
from tests.editing.conftest import NOW, Scenario


def write(scenario: Scenario, day: str, author: Account) -> None:
    stands = calendars.periods_of(scenario.organization, NOW.date())
    periods = stands | {PeriodKind.CLOSED.value: [{"kind": "closed", "starts": day, "ends": day}]}
    typed = calendars.CalendarEdit(periods, stands, NOW.date())
    assert calendars.save(scenario.session, scenario.organization, typed, Edit(author, NOW)) == []


def test_the_last_change_of_an_editor_is_to_be_seen_until_a_coordinator_has(scenario: Scenario) -> None:
    session, seen = scenario.session, Edit(scenario.coordinator, NOW + timedelta(hours=1))
    write(scenario, "2027-05-06", scenario.coordinator)
    assert calendars_to_see.to_see(session) == []
    write(scenario, "2027-05-07", scenario.editor)
    [first] = calendars_to_see.to_see(session)
    write(scenario, "2027-05-08", scenario.editor)
    [unseen] = calendars_to_see.to_see(session)
    assert (unseen.organization, unseen.at, unseen.by) == (scenario.organization, NOW, scenario.editor)
    assert desk_counts.count(session, NOW).live == 1
    assert calendars_to_see.call_seen(session, [first.seq], seen) == 0
    assert [calendars_to_see.call_seen(session, [unseen.seq], seen) for _click in range(2)] == [1, 0]
    assert calendars_to_see.to_see(session) == []
    assert desk_counts.count(session, NOW).live == 0
    write(scenario, "2027-05-09", scenario.editor)
    assert len(calendars_to_see.to_see(session)) == 1


def test_a_change_by_somebody_whose_account_is_gone_is_still_to_be_seen(scenario: Scenario) -> None:
    write(scenario, "2027-05-07", scenario.editor)
    scenario.session.delete(scenario.editor)
    scenario.session.flush()
    assert [one.by for one in calendars_to_see.to_see(scenario.session)] == [None]
