"""The receiver without an account: one answer for every link that does not work, five tries, half an hour."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import event, select

from guide.model import DeclineReason, ReferralState
from guide.model.referrals import ReferralLink
from guide.referrals import answering, links, reading, sending
from guide.referrals.life import InvalidTransitionError, Party
from tests.referrals.conftest import NOW, House

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def ask(house: House, token: str, now=NOW) -> int:
    """Presses the button of a link; how many mails that brought."""
    before = len(house.mails())
    answering.ask(house.session, token, now)
    house.session.commit()
    return len(house.mails()) - before


def enter(house: House, token: str, code: str, now=NOW):
    found = answering.enter(house.session, token, code, now)
    house.session.commit()
    return found


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_link_a_code_and_the_address_on_file_lead_in(house: House) -> None:
    referral = house.send()
    token = house.token()
    assert ask(house, token) == 1
    assert house.mails()[-1]["address"] == house.bound.relay_email
    visit, found = enter(house, token, f" {house.code()} ", NOW + 9 * MINUTE)
    assert found.id == referral.id
    assert answering.visited(house.session, visit, NOW + 38 * MINUTE).id == referral.id
    assert answering.visited(house.session, visit, NOW + 40 * MINUTE) is None


@pytest.mark.control("C7")
def test_no_token_and_no_code_is_kept_in_clear(house: House) -> None:
    house.send()
    token = house.token()
    ask(house, token)
    code = house.code()
    visit, _ = enter(house, token, code)
    for file in (each for each in house.folder.rglob("*") if each.is_file()):
        content = file.read_bytes()
        assert token.encode() not in content
        assert visit.encode() not in content


@pytest.mark.control("C7")
def test_five_wrong_codes_end_the_code_and_a_new_one_comes_only_later(house: House) -> None:
    house.send()
    token = house.token()
    ask(house, token)
    code = house.code()
    for _ in range(5):
        assert enter(house, token, wrong(code)) is None
    assert enter(house, token, code) is None
    assert ask(house, token, NOW + 9 * MINUTE) == 0
    assert ask(house, token, NOW + 10 * MINUTE) == 1
    assert enter(house, token, house.code(), NOW + 11 * MINUTE) is not None


@pytest.mark.control("C7")
def test_a_code_lives_ten_minutes_and_works_once(house: House) -> None:
    house.send()
    token = house.token()
    ask(house, token)
    assert enter(house, token, house.code(), NOW + 10 * MINUTE) is None
    assert ask(house, token, NOW + 10 * MINUTE) == 1
    code = house.code()
    assert enter(house, token, code, NOW + 11 * MINUTE) is not None
    assert enter(house, token, code, NOW + 11 * MINUTE) is None


def test_a_used_or_an_old_link_brings_a_fresh_one_to_the_address_on_file_only(house: House) -> None:
    house.send()
    first = house.token()
    ask(house, first)
    enter(house, first, house.code())
    assert ask(house, first, NOW + MINUTE) == 1
    second = house.token()
    assert second != first
    assert ask(house, first, NOW + 2 * MINUTE) == 0
    late = NOW + 9 * DAY
    assert ask(house, second, late) == 1
    third = house.mails()[-1]
    assert (third["kind"], third["address"]) == ("referral_received", house.bound.relay_email)
    assert ask(house, third["token"], late) == 1
    assert house.mails()[-1]["kind"] == "referral_code"


@pytest.mark.control("C7")
def test_a_link_of_a_referral_that_is_over_brings_nothing(house: House) -> None:
    referral = house.send()
    token = house.token()
    answering.decline(house.session, referral, "visit", DeclineReason.FULL, "", NOW)
    house.session.commit()
    assert ask(house, token) == 0
    other = house.send()
    token = house.token()
    sending.withdraw(house.session, other, Party.PERSON, "person", NOW)
    house.session.commit()
    assert ask(house, token) == 0
    assert enter(house, token, "123456") is None
    assert ask(house, "no-such-token") == 0


@pytest.mark.control("C7")
def test_a_code_of_one_link_opens_no_other(house: House) -> None:
    house.send()
    first = house.token()
    house.send()
    second = house.token()
    ask(house, first)
    code = house.code()
    ask(house, second)
    if house.code() != code:
        assert enter(house, second, code) is None
    assert enter(house, first, code) is not None


def test_the_digest_of_a_code_cannot_be_guessed_from_the_table(house: House) -> None:
    """Six digits alone would be: the digest is keyed, and bound to its link."""
    house.send()
    token = house.token()
    ask(house, token)
    (link,) = house.session.scalars(select(ReferralLink))
    assert not any(
        sha256(f"{number:06d}".encode()).hexdigest() == link.code_digest for number in range(1_000_000)
    )


def test_a_reminder_carries_a_fresh_link_and_the_old_one_dies(house: House) -> None:
    referral = house.send()
    old = house.token()
    links.announce(house.session, referral, NOW, again=True)
    house.session.commit()
    assert house.token() != old
    assert ask(house, old) == 0
    assert ask(house, house.token()) == 1


@pytest.mark.parametrize("state", ["sent", "declined", "accepted"])
def test_what_the_table_refuses_changes_nothing(house: House, state: str) -> None:
    referral = house.send()
    if state != "sent":
        reading.open_person(house.session, referral, "visit", NOW)
    if state == "accepted":
        answering.accept(house.session, referral, "visit", "", None, NOW)
    if state == "declined":
        answering.decline(house.session, referral, "visit", DeclineReason.OTHER, "", NOW)
    house.session.commit()
    with pytest.raises(InvalidTransitionError):
        answering.study(house.session, referral, "visit", NOW)
    assert referral.state == state


def test_who_opens_it_is_told_to_the_sender_once(house: House) -> None:
    referral = house.send()
    reading.read_need(house.session, referral, "visit", NOW)
    assert (referral.state, referral.seen_at) == (ReferralState.SENT, None)
    for _ in range(2):
        reading.open_person(house.session, referral, "visit", NOW)
    house.session.commit()
    assert [mail["what"] for mail in house.mails("referral_news")] == ["seen"]


def test_a_visit_ends_when_the_visitor_leaves(house: House) -> None:
    house.send()
    token = house.token()
    ask(house, token)
    visit, _ = enter(house, token, house.code())
    answering.leave(house.session, visit)
    house.session.commit()
    assert answering.visited(house.session, visit, NOW) is None


def test_a_wrong_token_asks_the_database_as_much_as_a_right_one(house: House) -> None:
    """Not a matter of seconds: both look the link up once, and nothing else before the mail is written."""
    house.send()
    token = house.token()
    asked: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    answering.enter(house.session, "wrong", "123456", NOW)
    for_wrong = len([words for words in asked if words.startswith("SELECT")])
    asked.clear()
    answering.enter(house.session, token, "123456", NOW)
    assert len([words for words in asked if words.startswith("SELECT")]) == for_wrong
