"""The receiver without an account: one answer for every link that does not work, five tries, half an hour."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import event, select

from guide.model import DeclineReason, ReferralState
from guide.model.referrals import ReferralLink
from guide.referrals import answering, links, reading, sending
from guide.referrals.life import InvalidTransitionError, Party
from tests.referrals.conftest import NOW, Scenario

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def ask(scenario: Scenario, token: str, now=NOW) -> int:
    """Presses the button of a link; how many mails that brought."""
    before = len(scenario.mails())
    answering.ask(scenario.session, token, now)
    scenario.session.commit()
    return len(scenario.mails()) - before


def enter(scenario: Scenario, token: str, code: str, now=NOW):
    found = answering.enter(scenario.session, token, code, now)
    scenario.session.commit()
    return found


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_link_a_code_and_the_address_on_file_lead_in(scenario: Scenario) -> None:
    referral = scenario.send()
    token = scenario.token()
    assert ask(scenario, token) == 1
    assert scenario.mails()[-1]["address"] == scenario.bound.relay_email
    visit, found = enter(scenario, token, f" {scenario.code()} ", NOW + 9 * MINUTE)
    assert found.id == referral.id
    assert answering.visited(scenario.session, visit, NOW + 38 * MINUTE).id == referral.id
    assert answering.visited(scenario.session, visit, NOW + 40 * MINUTE) is None


@pytest.mark.control("C7")
def test_no_token_and_no_code_is_kept_in_clear(scenario: Scenario) -> None:
    scenario.send()
    token = scenario.token()
    ask(scenario, token)
    code = scenario.code()
    visit, _ = enter(scenario, token, code)
    for file in (each for each in scenario.folder.rglob("*") if each.is_file()):
        content = file.read_bytes()
        assert token.encode() not in content
        assert visit.encode() not in content


@pytest.mark.control("C7")
def test_five_wrong_codes_end_the_code_and_a_new_one_comes_only_later(scenario: Scenario) -> None:
    scenario.send()
    token = scenario.token()
    ask(scenario, token)
    code = scenario.code()
    for _ in range(5):
        assert enter(scenario, token, wrong(code)) is None
    assert enter(scenario, token, code) is None
    assert ask(scenario, token, NOW + 9 * MINUTE) == 0
    assert ask(scenario, token, NOW + 10 * MINUTE) == 1
    assert enter(scenario, token, scenario.code(), NOW + 11 * MINUTE) is not None


@pytest.mark.control("C7")
def test_a_code_lives_ten_minutes_and_works_once(scenario: Scenario) -> None:
    scenario.send()
    token = scenario.token()
    ask(scenario, token)
    assert enter(scenario, token, scenario.code(), NOW + 10 * MINUTE) is None
    assert ask(scenario, token, NOW + 10 * MINUTE) == 1
    code = scenario.code()
    assert enter(scenario, token, code, NOW + 11 * MINUTE) is not None
    assert enter(scenario, token, code, NOW + 11 * MINUTE) is None


def test_a_used_or_an_old_link_brings_a_fresh_one_to_the_address_on_file_only(scenario: Scenario) -> None:
    scenario.send()
    first = scenario.token()
    ask(scenario, first)
    enter(scenario, first, scenario.code())
    assert ask(scenario, first, NOW + MINUTE) == 1
    second = scenario.token()
    assert second != first
    assert ask(scenario, first, NOW + 2 * MINUTE) == 0
    late = NOW + 9 * DAY
    assert ask(scenario, second, late) == 1
    third = scenario.mails()[-1]
    assert (third["kind"], third["address"]) == ("referral_received", scenario.bound.relay_email)
    assert ask(scenario, third["token"], late) == 1
    assert scenario.mails()[-1]["kind"] == "referral_code"


@pytest.mark.control("C7")
def test_a_link_of_a_referral_that_is_over_brings_nothing(scenario: Scenario) -> None:
    referral = scenario.send()
    token = scenario.token()
    answering.decline(scenario.session, referral, "visit", DeclineReason.FULL, "", NOW)
    scenario.session.commit()
    assert ask(scenario, token) == 0
    other = scenario.send()
    token = scenario.token()
    sending.withdraw(scenario.session, other, Party.PERSON, "person", NOW)
    scenario.session.commit()
    assert ask(scenario, token) == 0
    assert enter(scenario, token, "123456") is None
    assert ask(scenario, "no-such-token") == 0


@pytest.mark.control("C7")
def test_a_code_of_one_link_opens_no_other(scenario: Scenario) -> None:
    scenario.send()
    first = scenario.token()
    scenario.send()
    second = scenario.token()
    ask(scenario, first)
    code = scenario.code()
    ask(scenario, second)
    if scenario.code() != code:
        assert enter(scenario, second, code) is None
    assert enter(scenario, first, code) is not None


def test_the_digest_of_a_code_cannot_be_guessed_from_the_table(scenario: Scenario) -> None:
    """Six digits alone would be: the digest is keyed, and bound to its link."""
    scenario.send()
    token = scenario.token()
    ask(scenario, token)
    (link,) = scenario.session.scalars(select(ReferralLink))
    assert not any(
        sha256(f"{number:06d}".encode()).hexdigest() == link.code_digest for number in range(1_000_000)
    )


def test_a_reminder_carries_a_fresh_link_and_the_old_one_dies(scenario: Scenario) -> None:
    referral = scenario.send()
    old = scenario.token()
    links.announce(scenario.session, referral, NOW, again=True)
    scenario.session.commit()
    assert scenario.token() != old
    assert ask(scenario, old) == 0
    assert ask(scenario, scenario.token()) == 1


@pytest.mark.parametrize("state", ["sent", "declined", "accepted"])
def test_what_the_table_refuses_changes_nothing(scenario: Scenario, state: str) -> None:
    referral = scenario.send()
    if state != "sent":
        reading.open_person(scenario.session, referral, "visit", NOW)
    if state == "accepted":
        answering.accept(scenario.session, referral, "visit", "", None, NOW)
    if state == "declined":
        answering.decline(scenario.session, referral, "visit", DeclineReason.OTHER, "", NOW)
    scenario.session.commit()
    with pytest.raises(InvalidTransitionError):
        answering.study(scenario.session, referral, "visit", NOW)
    assert referral.state == state


def test_who_opens_it_is_told_to_the_sender_once(scenario: Scenario) -> None:
    referral = scenario.send()
    reading.read_need(scenario.session, referral, "visit", NOW)
    assert (referral.state, referral.seen_at) == (ReferralState.SENT, None)
    for _ in range(2):
        reading.open_person(scenario.session, referral, "visit", NOW)
    scenario.session.commit()
    assert [mail["what"] for mail in scenario.mails("referral_news")] == ["seen"]


def test_a_visit_ends_when_the_visitor_leaves(scenario: Scenario) -> None:
    scenario.send()
    token = scenario.token()
    ask(scenario, token)
    visit, _ = enter(scenario, token, scenario.code())
    answering.leave(scenario.session, visit)
    scenario.session.commit()
    assert answering.visited(scenario.session, visit, NOW) is None


def test_a_wrong_token_asks_the_database_as_much_as_a_right_one(scenario: Scenario) -> None:
    """Not a matter of seconds: both look the link up once, and nothing else before the mail is written."""
    scenario.send()
    token = scenario.token()
    asked: list[str] = []
    event.listen(scenario.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    answering.enter(scenario.session, "wrong", "123456", NOW)
    for_wrong = len([words for words in asked if words.startswith("SELECT")])
    asked.clear()
    answering.enter(scenario.session, token, "123456", NOW)
    assert len([words for words in asked if words.startswith("SELECT")]) == for_wrong
