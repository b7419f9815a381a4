"""A mail server that is away: all mails wait, one asks whether it is back, and no try is used up meanwhile."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import mail
from guide.database import writing
from guide.mail import fates, outage, transport
from guide.mail.transport import OF_THE_SERVER, NotSentError, PerhapsSentError
from guide.model import Mail, MailReason
from tests.mail.conftest import NOW, RECEIVER, TOKEN, Box, post, row, send
from tests.rounds import rounds

MINUTE = timedelta(minutes=1)


def away(times: int = 99, reason: MailReason = MailReason.UNREACHABLE) -> Box:
    """A transport to a server that takes nothing so often, then everything."""
    return Box(*[NotSentError(reason)] * times)


def looks(engine: Engine, box: Box, minutes: float, start=NOW) -> None:
    """The postman looks often for so long: every fifteen seconds in CI, as he does."""
    step = timedelta(seconds=60 / rounds(here=2, ci=4))
    for number in range(int(timedelta(minutes=minutes) / step)):
        send(engine, box, start + number * step)


@pytest.mark.parametrize("reason", sorted(OF_THE_SERVER))
def test_a_dead_server_is_asked_by_one_mail_a_minute_and_no_try_is_used_up(
    engine: Engine, reason: MailReason
) -> None:
    numbers = [post(engine, f"un{place}@maison.example") for place in range(5)]
    box = away(reason=reason)
    looks(engine, box, 60)
    # At 0, 1, 3 and 7 minutes, and every five from then on.
    assert box.asked == 14
    assert sum(row(engine, number).tries for number in numbers) == 1, "the first found it out"
    with Session(engine) as session:
        found = outage.current(session)
        assert found is not None
        assert (found.since, found.reason) == (NOW, reason)
        assert fates.count(session, fates.late(NOW + timedelta(hours=1))) == 5


def test_when_it_is_back_all_go_within_five_minutes_even_after_days(engine: Engine) -> None:
    """Fourteen hours passed between two tries, and after the last one a mail was given up."""
    numbers = [post(engine) for _ in range(3)]
    dead = away()
    for hour in range(72):
        send(engine, dead, NOW + timedelta(hours=hour))
    back = NOW + timedelta(days=3)
    box = Box()
    looks(engine, box, 5.25, back)
    assert len(box.taken) == 3
    assert all(row(engine, number).sent_at for number in numbers)
    with Session(engine) as session:
        assert outage.current(session) is None


def test_a_mail_that_is_refused_says_that_the_server_is_there(engine: Engine) -> None:
    post(engine), post(engine), post(engine)
    send(engine, away(1))
    box = Box(NotSentError(MailReason.RECEIVER))
    send(engine, box, NOW + MINUTE)
    assert len(box.taken) == 2, "those behind it went in the same round"


def test_a_mail_at_which_the_server_breaks_off_holds_up_no_other_and_ends(engine: Engine) -> None:
    bad = post(engine, "mauvais@maison.example")

    class Breaking(Box):
        def send(self, message) -> None:
            if "mauvais" in str(message["To"]):
                raise NotSentError(MailReason.BUSY)
            super().send(message)

    box, moment = Breaking(), NOW
    for _ in range(12):
        good = post_at(engine, moment)
        looks(engine, box, 6, moment)
        assert row(engine, good).sent_at, "it waited for a pause of the server at most"
        moment += timedelta(minutes=6)
    assert row(engine, bad).given_up_at is not None
    assert row(engine, bad).reason is MailReason.BUSY


def test_a_server_that_breaks_off_with_every_message_gets_one_at_a_time(engine: Engine) -> None:
    for _ in range(20):
        post(engine)
    looks(engine, Box(*[PerhapsSentError()] * 20), 10)
    with Session(engine) as session:
        assert fates.count(session, fates.undecided(NOW)) <= 6, "the others are still whole"


def test_a_clock_that_was_wrong_does_not_keep_mails_for_a_year(engine: Engine) -> None:
    post(engine)
    send(engine, away(1), NOW + timedelta(days=400))
    box = Box()
    send(engine, box, NOW + timedelta(minutes=10))
    assert len(box.taken) == 1


def test_greylisting_has_its_own_pauses_and_the_others_go(engine: Engine) -> None:
    grey, others = post(engine), [post(engine) for _ in range(3)]
    box = Box(NotSentError(MailReason.LATER))
    send(engine, box)
    assert [bool(row(engine, number).sent_at) for number in others] == [True] * 3
    assert row(engine, grey).next_try_at == NOW + MINUTE
    send(engine, box, NOW + MINUTE)
    assert row(engine, grey).sent_at


@pytest.mark.parametrize("reason", [MailReason.RECEIVER, MailReason.CONTENT])
def test_what_is_refused_for_good_is_told_at_once_and_not_tried_again(
    engine: Engine, reason: MailReason
) -> None:
    number = post(engine)
    send(engine, Box(NotSentError(reason)))
    assert mail.fate(row(engine, number), NOW) is mail.Fate.REFUSED
    box = Box()
    looks(engine, box, 30)
    assert box.taken == []


def test_a_link_that_has_died_is_not_sent_and_is_told_of(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        ends = NOW + timedelta(minutes=30)
        number = mail.post(
            session, mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}, expires_at=ends), NOW
        ).id
        session.commit()
    late, box = NOW + timedelta(minutes=31), Box()
    send(engine, box, late)
    assert box.taken == []
    assert mail.fate(row(engine, number), late) is mail.Fate.EXPIRED
    with Session(writing(engine)) as session:
        assert [found.id for found in mail.troubled(session, late)] == [number]
        assert not mail.send_again(session, session.get_one(Mail, number), late), "its link is dead"
    # The clock was wrong: nothing was noted by it, the mail goes.
    send(engine, box, NOW + MINUTE)
    assert len(box.taken) == 1


def test_what_is_of_no_use_within_the_hour_goes_before_a_hundred_reminders(engine: Engine) -> None:
    for _ in range(5):
        post(engine)
    with Session(writing(engine)) as session:
        ends = NOW + timedelta(minutes=10)
        code = mail.post(
            session, mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}, expires_at=ends), NOW
        )
        name = code.message_id
        session.commit()
    box = Box()
    send(engine, box)
    assert box.taken[0].startswith(f"<{name}@")


def test_somebody_who_asks_has_the_server_tried_at_once(engine: Engine) -> None:
    number = post(engine)
    looks(engine, away(), 20)
    late = NOW + timedelta(minutes=20)
    with Session(writing(engine)) as session:
        assert mail.send_again(session, session.get_one(Mail, number), late)
        session.commit()
    box = Box()
    send(engine, box, late)
    assert len(box.taken) == 1


def test_after_half_a_minute_a_mail_is_no_more_said_to_be_about_to_leave(engine: Engine) -> None:
    """A silent server has the one before it all the while."""
    first, behind = post(engine), post(engine)
    moment = NOW

    class Silent(Box):
        def send(self, message) -> None:
            nonlocal moment
            assert mail.fate(row(engine, behind), moment + timedelta(seconds=29)) is mail.Fate.READY
            moment += timedelta(seconds=transport.LAST_PATIENCE)
            raise PerhapsSentError

    assert send(engine, Silent(), lambda: moment) == mail.SendReport(0, 1)
    assert mail.fate(row(engine, first), moment) is mail.Fate.PERHAPS
    with Session(engine) as session:
        assert mail.outage_reason(session) is MailReason.UNREACHABLE, "the others are not given to it at once"
    assert mail.fate(row(engine, behind), NOW + timedelta(seconds=30)) is mail.Fate.WAITING
    assert mail.fate(row(engine, behind), NOW + timedelta(seconds=601)) is mail.Fate.LATE


def test_several_who_send_meet_an_outage_together(engine: Engine) -> None:
    numbers = [post(engine) for _ in range(8)]
    threads = [threading.Thread(target=send, args=(engine, away())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(row(engine, number).handed_at is None for number in numbers), "none is taken for half sent"
    box = Box()
    send(engine, box, NOW + timedelta(minutes=6))
    assert len(box.taken) == 8


def test_a_mail_in_place_of_another_leaves_one(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        for _ in range(2):
            mail.post(
                session,
                mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}, about="service:1", instead=True),
                NOW,
            )
        mail.post(
            session,
            mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}, about="service:2", instead=True),
            NOW,
        )
        session.commit()
        assert [found.about for found in session.query(Mail).order_by(Mail.id)] == ["service:1", "service:2"]


def post_at(engine: Engine, moment) -> int:
    with Session(writing(engine)) as session:
        number = mail.post(
            session, mail.NewMail("sign_in_link", "bon@maison.example", {"token": TOKEN}), moment
        ).id
        session.commit()
        return number
