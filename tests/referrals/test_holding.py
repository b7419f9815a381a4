"""An account that closes, in every state of what it holds and by every way of closing: an answer reaches somebody."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import idle, people, sessions
from guide.database import writing
from guide.model import (
    Account,
    AccountSession,
    AccountState,
    AuditEntry,
    Mail,
    Membership,
    Organization,
    ReferralState,
    Role,
)
from guide.model.referrals import Referral
from guide.referrals import (
    answering,
    deadlines,
    deliveries,
    finding,
    holding,
    purging,
    reading,
    sending,
    telling,
)
from guide.referrals.holding import Closing
from guide.referrals.life import OPEN, UNFINISHED, Party
from guide.referrals.sending import ConsentMissingError
from guide.referrals.telling import Hearer
from tests import factories, postgresql
from tests.people import make_account
from tests.referrals.conftest import CONTENT, NOW, Scenario, consent, furnished

pytestmark = pytest.mark.usefixtures("days_pass")

S = ReferralState
LATER = NOW + timedelta(days=1)
HELD = (S.DRAFT, *UNFINISHED, S.CLOSED, S.REROUTED)
"""The states in which a referral can be found: a withdrawn one is erased at once."""


@pytest.fixture
def colleague(scenario: Scenario) -> Account:
    found = make_account(scenario.session, Role.SOCIAL_WORKER, scenario.worker.organizations[0])
    scenario.session.commit()
    return found


@pytest.fixture
def coordinator(scenario: Scenario) -> Account:
    found = make_account(scenario.session, Role.COORDINATOR, language="nl")
    scenario.session.commit()
    return found


def brought_to(scenario: Scenario, state: ReferralState, substitute: Account | None = None) -> Referral:
    """A referral of the worker's in this state."""
    session = scenario.session
    if state is S.DRAFT:
        made = sending.keep_draft(
            session, sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", "normal"), NOW
        )
        session.commit()
        return made
    made = scenario.send(consent=consent(substitute=substitute.id if substitute else None))
    if state in (S.SEEN, S.UNDER_STUDY, S.ACCEPTED, S.CLOSED):
        reading.open_person(session, made, "visit", NOW)
    if state is S.UNDER_STUDY:
        answering.study(session, made, "visit", NOW)
    if state in (S.ACCEPTED, S.CLOSED):
        answering.accept(session, made, "visit", "Mardi", None, NOW)
    if state in (S.DECLINED, S.REROUTED):
        answering.decline(session, made, "visit", "full", "", NOW)
    if state is S.REROUTED:
        other = scenario.send(scenario.loose, previous=made)
        sending.withdraw(session, other, Party.SENDER, "x", NOW)
    if state is S.CLOSED:
        sending.close(session, made, Party.RECEIVER, "visit", "met", NOW)
    if state is S.EXPIRED:
        made.sent_at = NOW - timedelta(days=30)
        deadlines.tick(session, NOW)
    session.commit()
    assert made.state is state
    return made


def close(scenario: Scenario) -> object:
    return holding.close_account(scenario.session, scenario.worker, LATER, f"account:{scenario.stranger.id}")


def go_idle(scenario: Scenario) -> object:
    """Two years unused, told of it, and thirty days gone: what a running guide cannot bring about is set here."""
    scenario.worker.last_seen, scenario.worker.idle_notice = date(2024, 1, 1), date(2026, 1, 1)
    scenario.session.flush()
    return idle.tidy(
        scenario.session, LATER, lambda account: holding.let_go(scenario.session, account, LATER, "command")
    )


def change_role(scenario: Scenario) -> object:
    """No screen does it; whatever does, the next daily run sees to what she held."""
    scenario.worker.role = Role.EDITOR
    scenario.session.flush()
    return deadlines.tick(scenario.session, LATER)


def disable_behind(scenario: Scenario) -> object:
    people.disable(scenario.session, scenario.worker, LATER, "command")
    return deadlines.tick(scenario.session, LATER)


WAYS: list[Callable[[Scenario], object]] = [close, go_idle, change_role, disable_behind]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", HELD)
def test_with_a_substitute_what_is_unfinished_is_hers_and_nobody_else_s(
    scenario: Scenario,
    colleague: Account,
    coordinator: Account,
    state: ReferralState,
    way: Callable[..., object],
) -> None:
    referral = brought_to(scenario, state, colleague)
    reference, number = referral.reference, scenario.worker.id
    assert finding.find(scenario.session, colleague, reference, NOW) is None, "not before"
    way(scenario)
    scenario.session.commit()
    scenario.session.expire_all()
    found = finding.find(scenario.session, colleague, reference, LATER)
    if state not in UNFINISHED:
        assert found is None
        assert not scenario.mails("referral_substitute")
        return
    assert found == (referral, Party.SENDER)
    assert referral.substitute is None
    assert [mail["count"] for mail in scenario.mails("referral_substitute")] == [1]
    assert reading.read_own(scenario.session, referral, colleague, LATER).person.name == "Zoulou"
    scenario.session.rollback()
    before = scenario.session.scalar(select(Account).where(Account.id == number))
    if before is not None:
        assert finding.find(scenario.session, before, reference, LATER) is None, "not after"
    assert holding.unheld(scenario.session, LATER) == []
    assert telling.hearer(scenario.session, referral) is Hearer.HOLDER
    verbs = scenario.session.scalars(
        select(AuditEntry.verb).where(AuditEntry.object == telling.about(referral))
    )
    assert "referral_handed_over" in list(verbs)


@pytest.mark.control("C2")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", HELD)
def test_without_one_it_waits_unread_and_the_coordinator_sees_that_it_does(
    scenario: Scenario,
    colleague: Account,
    coordinator: Account,
    state: ReferralState,
    way: Callable[..., object],
) -> None:
    referral = brought_to(scenario, state)
    way(scenario)
    scenario.session.commit()
    scenario.session.expire_all()
    waits = [referral] if state in UNFINISHED else []
    assert holding.unheld(scenario.session, LATER) == waits
    for reader in (colleague, coordinator):
        assert finding.find(scenario.session, reader, referral.reference, LATER) is None
        assert finding.sent_by(scenario.session, reader, LATER) == []
    if waits:
        assert telling.hearer(scenario.session, referral) is Hearer.COORDINATION


@pytest.mark.parametrize("state", [*OPEN])
def test_what_the_receiver_does_then_is_told_to_the_coordinators_and_to_none_else(
    scenario: Scenario, coordinator: Account, state: ReferralState
) -> None:
    referral = brought_to(scenario, state)
    close(scenario)
    scenario.session.commit()
    news = len(scenario.mails("referral_news"))
    told = []
    if state is S.SENT:
        reading.open_person(scenario.session, referral, "visit", LATER)
        told.append("seen")
    if state in (S.SENT, S.SEEN):
        answering.study(scenario.session, referral, "visit", LATER)
        told.append("under_study")
    if state is not S.ACCEPTED:
        answering.accept(scenario.session, referral, "visit", "Lundi", None, LATER)
        told.append("accepted")
    scenario.session.commit()
    assert [mail["what"] for mail in scenario.mails("referral_unheld")] == told
    assert len(scenario.mails("referral_news")) == news
    deadlines.tick(scenario.session, NOW + timedelta(days=25))
    scenario.session.commit()
    assert scenario.mails("referral_unheld")[-1]["what"] == "consent_ends"
    sending.take_back(scenario.session, referral, NOW + timedelta(days=26))
    scenario.session.commit()
    assert scenario.mails("referral_unheld")[-1]["what"] == "withdrawn"
    assert holding.unheld(scenario.session, LATER) == []


def test_its_deadlines_go_on_and_its_end_comes(scenario: Scenario, coordinator: Account) -> None:
    brought_to(scenario, S.SENT)
    close(scenario)
    for day in range(2, 31):
        deadlines.tick(scenario.session, NOW + timedelta(days=day))
    scenario.session.commit()
    assert [mail["what"] for mail in scenario.mails("referral_unheld")] == ["silent", "expired"]
    assert [row.state for row in holding.unheld(scenario.session, NOW + timedelta(days=31))] == [S.EXPIRED]
    purging.purge(scenario.session, NOW + timedelta(days=61), clock_is_right=True)
    assert scenario.count(Referral) == 0


def test_without_coordinators_administrators_hear_and_without_both_nobody_does(scenario: Scenario) -> None:
    referral = brought_to(scenario, S.SEEN)
    close(scenario)
    assert telling.hearer(scenario.session, referral) is Hearer.NOBODY
    answering.study(scenario.session, referral, "visit", LATER)
    scenario.session.commit()
    assert not scenario.mails("referral_unheld")
    chief = make_account(scenario.session, Role.ADMINISTRATOR)
    scenario.session.commit()
    assert telling.hearer(scenario.session, referral) is Hearer.COORDINATION
    answering.accept(scenario.session, referral, "visit", "", None, LATER)
    scenario.session.commit()
    assert [mail["what"] for mail in scenario.mails("referral_unheld")] == ["accepted"]
    assert telling.coordinators(scenario.session) == [chief]


def test_closing_is_foreseen_to_the_number_and_signs_out_everywhere(
    scenario: Scenario, colleague: Account, coordinator: Account
) -> None:
    for state in HELD:
        brought_to(scenario, state)
    for state in (S.SENT, S.DECLINED):
        brought_to(scenario, state, colleague)
    sessions.begin(scenario.session, scenario.worker, "", NOW, True)
    scenario.session.commit()
    foreseen = holding.foresee(scenario.session, scenario.worker, LATER)
    assert foreseen == Closing(open=5, unhelped=3, handed=2, waiting=6, drafts=1)
    assert close(scenario) == foreseen
    scenario.session.commit()
    assert scenario.count(AccountSession) == 0
    assert len(holding.unheld(scenario.session, LATER)) == 6
    assert [mail["count"] for mail in scenario.mails("referral_waiting")] == [6]
    assert [mail["count"] for mail in scenario.mails("referral_substitute")] == [2]
    before = (scenario.mails(), scenario.count(AuditEntry))
    assert close(scenario) == Closing(), "a second click does nothing more"
    scenario.session.commit()
    assert (scenario.mails(), scenario.count(AuditEntry)) == before


def test_whoever_closed_or_opened_an_account_is_told_when_the_mail_about_it_fails(
    scenario: Scenario, colleague: Account, coordinator: Account
) -> None:
    brought_to(scenario, S.SENT, colleague)
    brought_to(scenario, S.SENT)
    scenario.worker.password_hash = "x"
    close(scenario)
    holding.reopen_account(scenario.session, scenario.worker, LATER, f"account:{scenario.stranger.id}")
    found = scenario.session.scalars(select(Mail).where(Mail.kind.in_(telling.COUNTED)))
    assert {row.kind: row.actor_id for row in found} == dict.fromkeys(telling.COUNTED, scenario.stranger.id)
    assert holding.reopen_account(scenario.session, scenario.worker, LATER, "command") == 0, (
        "it is open already"
    )


def test_what_did_not_reach_who_held_it_before_is_not_told_to_who_holds_it_now(
    scenario: Scenario, colleague: Account
) -> None:
    referral = brought_to(scenario, S.SEEN, colleague)
    assert "referral_news" in deliveries.deliveries(scenario.session, [referral], LATER)[referral.uid]
    close(scenario)
    assert referral.sender == colleague
    assert "referral_news" not in deliveries.deliveries(scenario.session, [referral], LATER)[referral.uid]


def test_reopening_gives_back_only_what_is_still_hers(
    scenario: Scenario, colleague: Account, coordinator: Account
) -> None:
    waits, went = brought_to(scenario, S.SEEN), brought_to(scenario, S.SEEN, colleague)
    close(scenario)
    answering.accept(scenario.session, waits, "visit", "", None, LATER)
    assert (
        holding.reopen_account(scenario.session, scenario.worker, LATER, f"account:{scenario.stranger.id}")
        == 0
    ), "an invitation first"
    scenario.worker.state = AccountState.DISABLED
    scenario.worker.password_hash = "x"
    scenario.session.flush()
    assert (
        holding.reopen_account(scenario.session, scenario.worker, LATER, f"account:{scenario.stranger.id}")
        == 1
    )
    scenario.session.commit()
    assert [mail["count"] for mail in scenario.mails("referral_returned")] == [1]
    assert finding.find(scenario.session, scenario.worker, waits.reference, LATER) == (waits, Party.SENDER)
    assert finding.find(scenario.session, scenario.worker, went.reference, LATER) is None
    assert holding.unheld(scenario.session, LATER) == []


@pytest.mark.parametrize("gone", ["closed", "left", "editor"])
def test_a_substitute_who_is_gone_herself_takes_nothing_over(
    scenario: Scenario, colleague: Account, gone: str
) -> None:
    referral = brought_to(scenario, S.SENT, colleague)
    if gone == "closed":
        people.disable(scenario.session, colleague, NOW, "x")
    elif gone == "editor":
        colleague.role = Role.EDITOR
    else:
        elsewhere = factories.organization()
        scenario.session.add(elsewhere)
        colleague.memberships.append(Membership(organization=elsewhere))
        scenario.session.flush()
        people.leave(scenario.session, colleague, scenario.worker.organizations[0].id, NOW, "x")
    assert holding.substitute_of(referral) is None
    assert close(scenario) == Closing(open=1, waiting=1)
    assert holding.unheld(scenario.session, LATER) == [referral]


def test_leaving_the_organisation_of_the_substitute_hands_over_and_of_another_does_not(
    scenario: Scenario, colleague: Account
) -> None:
    first, second = scenario.worker.organizations[0], factories.organization()
    scenario.session.add(second)
    scenario.worker.memberships.append(Membership(organization=second))
    scenario.session.flush()
    named, unnamed = brought_to(scenario, S.SENT, colleague), brought_to(scenario, S.SENT)
    assert _leave(scenario, second) == 0
    scenario.worker.memberships.append(Membership(organization=second))
    scenario.session.flush()
    assert _leave(scenario, first) == 1
    scenario.session.commit()
    assert (named.sender, unnamed.sender) == (colleague, scenario.worker)
    assert telling.hearer(scenario.session, unnamed) is Hearer.HOLDER


def _leave(scenario: Scenario, organization: Organization) -> int:
    return holding.leave_organization(scenario.session, scenario.worker, organization.id, LATER, "x")


def test_only_a_colleague_who_can_come_in_is_named_and_only_by_the_person_s_word(
    scenario: Scenario, colleague: Account
) -> None:
    assert holding.colleagues(scenario.session, scenario.worker) == [colleague]
    for wrong in (scenario.receiver.id, scenario.stranger.id, scenario.worker.id, 999):
        with pytest.raises(ConsentMissingError, match="substitute"):
            scenario.send(consent=consent(substitute=wrong))
        scenario.session.rollback()
    made = scenario.send(consent=None, motive="Un danger")
    assert made.substitute is None, "who could not be asked has named nobody"
    sending.renew(scenario.session, made, scenario.worker, consent(substitute=colleague.id), NOW)
    assert made.substitute == colleague
    sending.renew(scenario.session, made, scenario.worker, consent(), NOW)
    assert made.substitute is None


@pytest.fixture
def other_scenario(tmp_path: Path) -> Iterator[Scenario]:
    """The scenario on PostgreSQL, where several write at one moment."""
    with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
        yield from furnished(engine, tmp_path)


@pytest.mark.postgresql
@postgresql.needed
def test_an_answer_and_a_closing_at_one_moment_reach_the_substitute_whichever_is_first(
    other_scenario: Scenario,
) -> None:
    scenario = other_scenario
    other = make_account(scenario.session, Role.SOCIAL_WORKER, scenario.worker.organizations[0])
    scenario.session.commit()
    referrals = [brought_to(scenario, S.SEEN, other) for _ in range(6)]
    numbers, worker = [each.id for each in referrals], scenario.worker.id
    scenario.session.commit()
    start = threading.Barrier(len(numbers) + 1, timeout=60)

    def act(do: Callable[[Session], object]) -> None:
        with Session(writing(scenario.engine), info=dict(scenario.session.info)) as session:
            session.connection()
            start.wait()
            do(session)
            session.commit()

    def accept(number: int) -> Callable[[Session], object]:
        def do(session: Session) -> None:
            held = finding.hold(session, session.get_one(Referral, number))
            answering.accept(session, held, "visit", "Lundi", None, LATER)

        return do

    def end(session: Session) -> None:
        holding.close_account(session, session.get_one(Account, worker), LATER, "command")

    threads = [threading.Thread(target=act, args=(do,)) for do in (end, *map(accept, numbers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scenario.session.expire_all()
    assert {(each.state, each.sender_id) for each in scenario.session.scalars(select(Referral))} == {
        (S.ACCEPTED, other.id)
    }
    assert holding.unheld(scenario.session, LATER) == []
    assert [mail["count"] for mail in scenario.mails("referral_substitute")] == [6]


# The end of an agreement


def test_both_sides_of_an_accepted_one_are_warned_a_week_before_once_for_each_end(scenario: Scenario) -> None:
    referral = brought_to(scenario, S.ACCEPTED)
    ends = referral.consent_expires
    assert ends is not None
    told = []
    for day in range(1, 40):
        before = len(scenario.mails())
        deadlines.tick(scenario.session, NOW + timedelta(days=day))
        scenario.session.commit()
        told += [(day, mail["kind"], mail.get("what", "")) for mail in scenario.mails()[before:]]
        if day == 25:
            sending.renew(
                scenario.session, referral, scenario.worker, consent(expires=ends + timedelta(days=8)), NOW
            )
            scenario.session.commit()
    both = [("referral_news", "consent_ends"), ("referral_agreement", "")]
    assert told == [(day, *mail) for day in (23, 31) for mail in both]
    assert finding.consent_ends_soon(referral, NOW + timedelta(days=31))


def test_a_run_that_was_missed_still_tells_the_sender_that_it_has_ended(scenario: Scenario) -> None:
    brought_to(scenario, S.ACCEPTED)
    for day in (35, 36):
        deadlines.tick(scenario.session, NOW + timedelta(days=day))
    scenario.session.commit()
    assert [mail["what"] for mail in scenario.mails("referral_news")][-1] == "consent_lapsed"
    assert len(scenario.mails("referral_news")) == 3
    assert not scenario.mails("referral_agreement")


@pytest.mark.parametrize(("days", "told"), [(30, "accepted"), (31, "accepted_beyond")])
def test_an_appointment_after_the_agreement_is_told_at_once(scenario: Scenario, days: int, told: str) -> None:
    referral = brought_to(scenario, S.SEEN)
    appointment = NOW.date() + timedelta(days=days)
    answering.accept(scenario.session, referral, "visit", "", appointment, NOW)
    scenario.session.commit()
    assert scenario.mails("referral_news")[-1]["what"] == told
    assert finding.consent_ends_before_appointment(referral) is (told == "accepted_beyond")


@pytest.mark.parametrize("state", [state for state in HELD if state is not S.DRAFT])
def test_the_sender_reaches_her_client_after_the_agreement_s_end_and_it_is_written_down(
    scenario: Scenario, state: ReferralState
) -> None:
    referral = brought_to(scenario, state)
    referral.consent_expires = NOW.date() - timedelta(days=1)
    with pytest.raises(reading.ReferralClosedError):
        reading.read_own(scenario.session, referral, scenario.worker, NOW)
    told = reading.read_contact(scenario.session, referral, scenario.worker, NOW)
    assert (told.person.name, told.person.phone, told.person.safe) == ("Zoulou", "0470 12 34 56", "le matin")
    assert (told.need.request, told.sender.worker, told.person.coming_along) == ("", "", "")
    entry = scenario.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.verb, entry.actor) == ("referral_contact_read", f"account:{scenario.worker.id}")
