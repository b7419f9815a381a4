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
from tests.referrals.conftest import CONTENT, NOW, House, consent, furnished

pytestmark = pytest.mark.usefixtures("days_pass")

S = ReferralState
LATER = NOW + timedelta(days=1)
HELD = (S.DRAFT, *UNFINISHED, S.CLOSED, S.REROUTED)
"""The states in which a referral can be found: a withdrawn one is erased at once."""


@pytest.fixture
def colleague(house: House) -> Account:
    found = make_account(house.session, Role.SOCIAL_WORKER, house.worker.organizations[0])
    house.session.commit()
    return found


@pytest.fixture
def coordinator(house: House) -> Account:
    found = make_account(house.session, Role.COORDINATOR, language="nl")
    house.session.commit()
    return found


def brought_to(house: House, state: ReferralState, substitute: Account | None = None) -> Referral:
    """A referral of the worker's in this state."""
    session = house.session
    if state is S.DRAFT:
        made = sending.keep_draft(
            session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", "normal"), NOW
        )
        session.commit()
        return made
    made = house.send(consent=consent(substitute=substitute.id if substitute else None))
    if state in (S.SEEN, S.UNDER_STUDY, S.ACCEPTED, S.CLOSED):
        reading.open_person(session, made, "visit", NOW)
    if state is S.UNDER_STUDY:
        answering.study(session, made, "visit", NOW)
    if state in (S.ACCEPTED, S.CLOSED):
        answering.accept(session, made, "visit", "Mardi", None, NOW)
    if state in (S.DECLINED, S.REROUTED):
        answering.decline(session, made, "visit", "full", "", NOW)
    if state is S.REROUTED:
        other = house.send(house.loose, previous=made)
        sending.withdraw(session, other, Party.SENDER, "x", NOW)
    if state is S.CLOSED:
        sending.close(session, made, Party.RECEIVER, "visit", "met", NOW)
    if state is S.EXPIRED:
        made.sent_at = NOW - timedelta(days=30)
        deadlines.tick(session, NOW)
    session.commit()
    assert made.state is state
    return made


def close(house: House) -> object:
    return holding.close_account(house.session, house.worker, LATER, f"account:{house.stranger.id}")


def go_idle(house: House) -> object:
    """Two years unused, told of it, and thirty days gone: what a running guide cannot bring about is set here."""
    house.worker.last_seen, house.worker.idle_notice = date(2024, 1, 1), date(2026, 1, 1)
    house.session.flush()
    return idle.tidy(
        house.session, LATER, lambda account: holding.let_go(house.session, account, LATER, "command")
    )


def change_role(house: House) -> object:
    """No screen does it; whatever does, the next daily run sees to what she held."""
    house.worker.role = Role.EDITOR
    house.session.flush()
    return deadlines.tick(house.session, LATER)


def disable_behind(house: House) -> object:
    people.disable(house.session, house.worker, LATER, "command")
    return deadlines.tick(house.session, LATER)


WAYS: list[Callable[[House], object]] = [close, go_idle, change_role, disable_behind]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", HELD)
def test_with_a_substitute_what_is_unfinished_is_hers_and_nobody_else_s(
    house: House, colleague: Account, coordinator: Account, state: ReferralState, way: Callable[..., object]
) -> None:
    referral = brought_to(house, state, colleague)
    reference, number = referral.reference, house.worker.id
    assert finding.find(house.session, colleague, reference, NOW) is None, "not before"
    way(house)
    house.session.commit()
    house.session.expire_all()
    found = finding.find(house.session, colleague, reference, LATER)
    if state not in UNFINISHED:
        assert found is None
        assert not house.mails("referral_substitute")
        return
    assert found == (referral, Party.SENDER)
    assert referral.substitute is None
    assert [mail["count"] for mail in house.mails("referral_substitute")] == [1]
    assert reading.read_own(house.session, referral, colleague, LATER).person.name == "Zoulou"
    house.session.rollback()
    before = house.session.scalar(select(Account).where(Account.id == number))
    if before is not None:
        assert finding.find(house.session, before, reference, LATER) is None, "not after"
    assert holding.unheld(house.session, LATER) == []
    assert telling.hearer(house.session, referral) is Hearer.HOLDER
    verbs = house.session.scalars(select(AuditEntry.verb).where(AuditEntry.object == telling.about(referral)))
    assert "referral_handed_over" in list(verbs)


@pytest.mark.control("C2")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", HELD)
def test_without_one_it_waits_unread_and_the_coordinator_sees_that_it_does(
    house: House, colleague: Account, coordinator: Account, state: ReferralState, way: Callable[..., object]
) -> None:
    referral = brought_to(house, state)
    way(house)
    house.session.commit()
    house.session.expire_all()
    waits = [referral] if state in UNFINISHED else []
    assert holding.unheld(house.session, LATER) == waits
    for reader in (colleague, coordinator):
        assert finding.find(house.session, reader, referral.reference, LATER) is None
        assert finding.sent_by(house.session, reader, LATER) == []
    if waits:
        assert telling.hearer(house.session, referral) is Hearer.COORDINATION


@pytest.mark.parametrize("state", [*OPEN])
def test_what_the_receiver_does_then_is_told_to_the_coordinators_and_to_none_else(
    house: House, coordinator: Account, state: ReferralState
) -> None:
    referral = brought_to(house, state)
    close(house)
    house.session.commit()
    news = len(house.mails("referral_news"))
    told = []
    if state is S.SENT:
        reading.open_person(house.session, referral, "visit", LATER)
        told.append("seen")
    if state in (S.SENT, S.SEEN):
        answering.study(house.session, referral, "visit", LATER)
        told.append("under_study")
    if state is not S.ACCEPTED:
        answering.accept(house.session, referral, "visit", "Lundi", None, LATER)
        told.append("accepted")
    house.session.commit()
    assert [mail["what"] for mail in house.mails("referral_unheld")] == told
    assert len(house.mails("referral_news")) == news
    deadlines.tick(house.session, NOW + timedelta(days=25))
    house.session.commit()
    assert house.mails("referral_unheld")[-1]["what"] == "consent_ends"
    sending.take_back(house.session, referral, NOW + timedelta(days=26))
    house.session.commit()
    assert house.mails("referral_unheld")[-1]["what"] == "withdrawn"
    assert holding.unheld(house.session, LATER) == []


def test_its_deadlines_go_on_and_its_end_comes(house: House, coordinator: Account) -> None:
    brought_to(house, S.SENT)
    close(house)
    for day in range(2, 31):
        deadlines.tick(house.session, NOW + timedelta(days=day))
    house.session.commit()
    assert [mail["what"] for mail in house.mails("referral_unheld")] == ["silent", "expired"]
    assert [row.state for row in holding.unheld(house.session, NOW + timedelta(days=31))] == [S.EXPIRED]
    purging.purge(house.session, NOW + timedelta(days=61), clock_is_right=True)
    assert house.count(Referral) == 0


def test_without_coordinators_administrators_hear_and_without_both_nobody_does(house: House) -> None:
    referral = brought_to(house, S.SEEN)
    close(house)
    assert telling.hearer(house.session, referral) is Hearer.NOBODY
    answering.study(house.session, referral, "visit", LATER)
    house.session.commit()
    assert not house.mails("referral_unheld")
    chief = make_account(house.session, Role.ADMINISTRATOR)
    house.session.commit()
    assert telling.hearer(house.session, referral) is Hearer.COORDINATION
    answering.accept(house.session, referral, "visit", "", None, LATER)
    house.session.commit()
    assert [mail["what"] for mail in house.mails("referral_unheld")] == ["accepted"]
    assert telling.coordinators(house.session) == [chief]


def test_closing_is_foreseen_to_the_number_and_signs_out_everywhere(
    house: House, colleague: Account, coordinator: Account
) -> None:
    for state in HELD:
        brought_to(house, state)
    for state in (S.SENT, S.DECLINED):
        brought_to(house, state, colleague)
    sessions.begin(house.session, house.worker, "", NOW, True)
    house.session.commit()
    foreseen = holding.foresee(house.session, house.worker, LATER)
    assert foreseen == Closing(open=5, unhelped=3, handed=2, waiting=6, drafts=1)
    assert close(house) == foreseen
    house.session.commit()
    assert house.count(AccountSession) == 0
    assert len(holding.unheld(house.session, LATER)) == 6
    assert [mail["count"] for mail in house.mails("referral_waiting")] == [6]
    assert [mail["count"] for mail in house.mails("referral_substitute")] == [2]
    before = (house.mails(), house.count(AuditEntry))
    assert close(house) == Closing(), "a second click does nothing more"
    house.session.commit()
    assert (house.mails(), house.count(AuditEntry)) == before


def test_whoever_closed_or_opened_an_account_is_told_when_the_mail_about_it_fails(
    house: House, colleague: Account, coordinator: Account
) -> None:
    brought_to(house, S.SENT, colleague)
    brought_to(house, S.SENT)
    house.worker.password_hash = "x"
    close(house)
    holding.reopen_account(house.session, house.worker, LATER, f"account:{house.stranger.id}")
    found = house.session.scalars(select(Mail).where(Mail.kind.in_(telling.COUNTED)))
    assert {row.kind: row.actor_id for row in found} == dict.fromkeys(telling.COUNTED, house.stranger.id)
    assert holding.reopen_account(house.session, house.worker, LATER, "command") == 0, "it is open already"


def test_what_did_not_reach_who_held_it_before_is_not_told_to_who_holds_it_now(
    house: House, colleague: Account
) -> None:
    referral = brought_to(house, S.SEEN, colleague)
    assert "referral_news" in deliveries.deliveries(house.session, [referral], LATER)[referral.uid]
    close(house)
    assert referral.sender == colleague
    assert "referral_news" not in deliveries.deliveries(house.session, [referral], LATER)[referral.uid]


def test_reopening_gives_back_only_what_is_still_hers(
    house: House, colleague: Account, coordinator: Account
) -> None:
    waits, went = brought_to(house, S.SEEN), brought_to(house, S.SEEN, colleague)
    close(house)
    answering.accept(house.session, waits, "visit", "", None, LATER)
    assert holding.reopen_account(house.session, house.worker, LATER, f"account:{house.stranger.id}") == 0, (
        "an invitation first"
    )
    house.worker.state = AccountState.DISABLED
    house.worker.password_hash = "x"
    house.session.flush()
    assert holding.reopen_account(house.session, house.worker, LATER, f"account:{house.stranger.id}") == 1
    house.session.commit()
    assert [mail["count"] for mail in house.mails("referral_returned")] == [1]
    assert finding.find(house.session, house.worker, waits.reference, LATER) == (waits, Party.SENDER)
    assert finding.find(house.session, house.worker, went.reference, LATER) is None
    assert holding.unheld(house.session, LATER) == []


@pytest.mark.parametrize("gone", ["closed", "left", "editor"])
def test_a_substitute_who_is_gone_herself_takes_nothing_over(
    house: House, colleague: Account, gone: str
) -> None:
    referral = brought_to(house, S.SENT, colleague)
    if gone == "closed":
        people.disable(house.session, colleague, NOW, "x")
    elif gone == "editor":
        colleague.role = Role.EDITOR
    else:
        elsewhere = factories.organization()
        house.session.add(elsewhere)
        colleague.memberships.append(Membership(organization=elsewhere))
        house.session.flush()
        people.leave(house.session, colleague, house.worker.organizations[0].id, NOW, "x")
    assert holding.substitute_of(referral) is None
    assert close(house) == Closing(open=1, waiting=1)
    assert holding.unheld(house.session, LATER) == [referral]


def test_leaving_the_organisation_of_the_substitute_hands_over_and_of_another_does_not(
    house: House, colleague: Account
) -> None:
    first, second = house.worker.organizations[0], factories.organization()
    house.session.add(second)
    house.worker.memberships.append(Membership(organization=second))
    house.session.flush()
    named, unnamed = brought_to(house, S.SENT, colleague), brought_to(house, S.SENT)
    assert _leave(house, second) == 0
    house.worker.memberships.append(Membership(organization=second))
    house.session.flush()
    assert _leave(house, first) == 1
    house.session.commit()
    assert (named.sender, unnamed.sender) == (colleague, house.worker)
    assert telling.hearer(house.session, unnamed) is Hearer.HOLDER


def _leave(house: House, organization: Organization) -> int:
    return holding.leave_organization(house.session, house.worker, organization.id, LATER, "x")


def test_only_a_colleague_who_can_come_in_is_named_and_only_by_the_person_s_word(
    house: House, colleague: Account
) -> None:
    assert holding.colleagues(house.session, house.worker) == [colleague]
    for wrong in (house.receiver.id, house.stranger.id, house.worker.id, 999):
        with pytest.raises(ConsentMissingError, match="substitute"):
            house.send(consent=consent(substitute=wrong))
        house.session.rollback()
    made = house.send(consent=None, motive="Un danger")
    assert made.substitute is None, "who could not be asked has named nobody"
    sending.renew(house.session, made, house.worker, consent(substitute=colleague.id), NOW)
    assert made.substitute == colleague
    sending.renew(house.session, made, house.worker, consent(), NOW)
    assert made.substitute is None


@pytest.fixture
def other_house(tmp_path: Path) -> Iterator[House]:
    """The house on PostgreSQL, where several write at one moment."""
    with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
        yield from furnished(engine, tmp_path)


@pytest.mark.postgresql
@postgresql.needed
def test_an_answer_and_a_closing_at_one_moment_reach_the_substitute_whichever_is_first(
    other_house: House,
) -> None:
    house = other_house
    other = make_account(house.session, Role.SOCIAL_WORKER, house.worker.organizations[0])
    house.session.commit()
    referrals = [brought_to(house, S.SEEN, other) for _ in range(6)]
    numbers, worker = [each.id for each in referrals], house.worker.id
    house.session.commit()
    start = threading.Barrier(len(numbers) + 1, timeout=60)

    def act(do: Callable[[Session], object]) -> None:
        with Session(writing(house.engine), info=dict(house.session.info)) as session:
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
    house.session.expire_all()
    assert {(each.state, each.sender_id) for each in house.session.scalars(select(Referral))} == {
        (S.ACCEPTED, other.id)
    }
    assert holding.unheld(house.session, LATER) == []
    assert [mail["count"] for mail in house.mails("referral_substitute")] == [6]


# The end of an agreement


def test_both_sides_of_an_accepted_one_are_warned_a_week_before_once_for_each_end(house: House) -> None:
    referral = brought_to(house, S.ACCEPTED)
    ends = referral.consent_expires
    assert ends is not None
    told = []
    for day in range(1, 40):
        before = len(house.mails())
        deadlines.tick(house.session, NOW + timedelta(days=day))
        house.session.commit()
        told += [(day, mail["kind"], mail.get("what", "")) for mail in house.mails()[before:]]
        if day == 25:
            sending.renew(
                house.session, referral, house.worker, consent(expires=ends + timedelta(days=8)), NOW
            )
            house.session.commit()
    both = [("referral_news", "consent_ends"), ("referral_agreement", "")]
    assert told == [(day, *mail) for day in (23, 31) for mail in both]
    assert finding.consent_ends_soon(referral, NOW + timedelta(days=31))


def test_a_run_that_was_missed_still_tells_the_sender_that_it_has_ended(house: House) -> None:
    brought_to(house, S.ACCEPTED)
    for day in (35, 36):
        deadlines.tick(house.session, NOW + timedelta(days=day))
    house.session.commit()
    assert [mail["what"] for mail in house.mails("referral_news")][-1] == "consent_lapsed"
    assert len(house.mails("referral_news")) == 3
    assert not house.mails("referral_agreement")


@pytest.mark.parametrize(("days", "told"), [(30, "accepted"), (31, "accepted_beyond")])
def test_an_appointment_after_the_agreement_is_told_at_once(house: House, days: int, told: str) -> None:
    referral = brought_to(house, S.SEEN)
    appointment = NOW.date() + timedelta(days=days)
    answering.accept(house.session, referral, "visit", "", appointment, NOW)
    house.session.commit()
    assert house.mails("referral_news")[-1]["what"] == told
    assert finding.consent_ends_before_appointment(referral) is (told == "accepted_beyond")


@pytest.mark.parametrize("state", [state for state in HELD if state is not S.DRAFT])
def test_the_sender_reaches_her_client_after_the_agreement_s_end_and_it_is_written_down(
    house: House, state: ReferralState
) -> None:
    referral = brought_to(house, state)
    referral.consent_expires = NOW.date() - timedelta(days=1)
    with pytest.raises(reading.ReferralClosedError):
        reading.read_own(house.session, referral, house.worker, NOW)
    told = reading.read_contact(house.session, referral, house.worker, NOW)
    assert (told.person.name, told.person.phone, told.person.safe) == ("Zoulou", "0470 12 34 56", "le matin")
    assert (told.need.request, told.sender.worker, told.person.coming_along) == ("", "", "")
    entry = house.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.verb, entry.actor) == ("referral_contact_read", f"account:{house.worker.id}")
