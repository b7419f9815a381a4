"""Help to choose: what an answer means for a service, by each fact; and that every question of the data tells."""

from datetime import datetime
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.directory.catalogue import read_catalogue
from guide.directory.choosing import Answer, Bearing, Chosen, answers_in, choose, questions_of
from guide.directory.listing import ListingFacts
from guide.directory.needs import NeedHelp
from guide.languages import Bilingual
from guide.model import AskedFact, Question, QuestionSet, Service, TaxonomyTerm, YesNo
from tests import factories
from tests.running import MONDAY_MORNING

BOTH = Bilingual("oui", "ja")


def need_of(session: Session, key: str) -> TaxonomyTerm:
    return session.scalars(
        select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.key == key)
    ).one()


def asked(fact: AskedFact, *about: str) -> Question:
    return Question(key="q", fact=fact, about=list(about), text=BOTH, yes=BOTH, no=BOTH)


def helped(session: Session, need: TaxonomyTerm) -> NeedHelp[ListingFacts]:
    return read_catalogue(session).help_with(need.key, "fr", MONDAY_MORNING.date())


def chosen_by(
    session: Session, need: TaxonomyTerm, questions: list[Question], answers: list[Answer], at: datetime
) -> Chosen:
    session.flush()
    return choose(session, need, helped(session, need), questions, answers, at)


def bearing_of(
    session: Session,
    service: str,
    question: Question,
    answer: Answer,
    need: str = "faim",
    at: datetime = MONDAY_MORNING,
) -> Bearing | None:
    """What one answer to one question means for one service."""
    chosen = chosen_by(session, need_of(session, need), [question], [answer], at)
    one = next(c for c in everyone(chosen) if c.service.key == service)
    return one.reasons[0].bearing if one.reasons else None


def everyone(chosen: Chosen) -> list:
    return [*chosen.fitting, *chosen.also, *chosen.less]


def change(session: Session, key: str, **values: object) -> None:
    service = session.scalars(select(Service).where(Service.key == key)).one()
    for name, value in values.items():
        setattr(service, name, value)
    factories.as_committed(session)


def test_an_address_holds_one_sign_an_answer_and_nothing_else_is_read() -> None:
    assert answers_in("10x", 4) == [Answer.YES, Answer.NO, Answer.UNKNOWN]
    assert answers_in("1?0", 4) == [Answer.YES]
    assert answers_in("1111111", 2) == [Answer.YES, Answer.YES]
    assert answers_in("<b>", 4) == answers_in("", 4) == []


@pytest.mark.parametrize(
    ("only", "answer", "meant"),
    [
        (YesNo.YES, Answer.YES, Bearing.FITS),
        (YesNo.YES, Answer.NO, Bearing.MAY_NOT),
        (YesNo.NO, Answer.YES, None),
        (YesNo.NO, Answer.NO, Bearing.FITS),
        (None, Answer.YES, None),
        (None, Answer.NO, Bearing.ASK),
        (YesNo.YES, Answer.UNKNOWN, None),
    ],
)
def test_only_for_jette(directory: Session, only, answer, meant) -> None:
    change(directory, "resto-jet", residents_only=only)
    assert bearing_of(directory, "resto-jet", asked(AskedFact.RESIDENT), answer) is meant


@pytest.mark.parametrize(
    ("fact", "answer", "name"),
    [(AskedFact.FREE, Answer.YES, "free"), (AskedFact.PAPERS, Answer.NO, "papers_needed")],
)
def test_what_is_not_known_of_price_and_papers_is_asked_and_hides_nothing(
    directory: Session, fact: AskedFact, answer: Answer, name: str
) -> None:
    good = YesNo.YES if fact is AskedFact.FREE else YesNo.NO
    bad = YesNo.NO if good is YesNo.YES else YesNo.YES
    for value, meant in ((good, Bearing.FITS), (bad, Bearing.MAY_NOT), (None, Bearing.ASK)):
        change(directory, "resto-jet", **{name: value})
        assert bearing_of(directory, "resto-jet", asked(fact), answer) is meant
    other = Answer.NO if answer is Answer.YES else Answer.YES
    assert bearing_of(directory, "resto-jet", asked(fact), other) is None


@pytest.mark.parametrize(
    ("modes", "walking", "sent"),
    [
        ([], Bearing.ASK, None),
        (["walk_in"], Bearing.FITS, None),
        (["appointment"], Bearing.MAY_NOT, None),
        (["appointment", "referral_required"], Bearing.MAY_NOT, Bearing.MAY_NOT),
    ],
)
def test_how_one_comes_in(directory: Session, modes, walking, sent) -> None:
    change(directory, "resto-jet", access_modes=modes)
    assert bearing_of(directory, "resto-jet", asked(AskedFact.WALK_IN), Answer.YES) is walking
    assert bearing_of(directory, "resto-jet", asked(AskedFact.REFERRAL), Answer.NO) is sent


def test_a_language_not_known_is_asked_and_another_one_may_not_fit(directory: Session) -> None:
    question = asked(AskedFact.LANGUAGE, "nl")
    for spoken, meant in (([], Bearing.ASK), (["nl", "fr"], Bearing.FITS), (["fr"], Bearing.MAY_NOT)):
        change(directory, "resto-jet", languages=spoken)
        assert bearing_of(directory, "resto-jet", question, Answer.YES) is meant
    assert bearing_of(directory, "resto-jet", question, Answer.NO) is None


def test_a_topic_said_yes_to_fits_and_one_said_no_to_tells_only_against_what_has_no_other(
    directory: Session,
) -> None:
    meal = asked(AskedFact.TOPIC, "repas", "repas-rue")
    assert bearing_of(directory, "resto-jet", meal, Answer.YES) is Bearing.FITS
    assert bearing_of(directory, "resto-jet", meal, Answer.NO) is Bearing.MAY_NOT
    assert bearing_of(directory, "centre-entraide-jette", meal, Answer.YES) is None
    assert bearing_of(directory, "cpas-service-social", meal, Answer.NO) is None, "it gives more than meals"


def test_a_public_counts_against_a_service_only_when_it_is_for_nobody_else(directory: Session) -> None:
    helped = asked(AskedFact.PUBLIC, "cpas-users")
    assert bearing_of(directory, "culture-cpas", helped, Answer.NO, "sport-culture") is Bearing.MAY_NOT
    assert bearing_of(directory, "article-27", helped, Answer.NO, "sport-culture") is None
    assert bearing_of(directory, "article-27", helped, Answer.YES, "sport-culture") is Bearing.FITS


def test_open_now_goes_by_hours_that_are_current(directory: Session) -> None:
    question = asked(AskedFact.OPEN_NOW)
    assert bearing_of(directory, "resto-jet", question, Answer.YES) is Bearing.ASK
    night = datetime(2026, 11, 23, 3, 0, tzinfo=BRUSSELS)
    by_night = {
        one.service.key: {reason.bearing for reason in one.reasons}
        for one in everyone(
            chosen_by(directory, need_of(directory, "aide-sociale"), [question], [Answer.YES], night)
        )
    }
    assert Bearing.FITS not in by_night["cpas-jette"]


def sets(session: Session) -> list[QuestionSet]:
    return list(session.scalars(select(QuestionSet).order_by(QuestionSet.key)))


def test_most_needs_have_questions_and_none_more_than_four(directory: Session) -> None:
    assert len(sets(directory)) >= 17
    for one in sets(directory):
        assert 1 <= len(questions_of(directory, one.need)) <= 4


def test_whatever_is_answered_every_service_of_the_need_is_still_there(directory: Session) -> None:
    for one in sets(directory):
        questions = questions_of(directory, one.need)
        found = helped(directory, one.need)
        wanted = {service.key for service in (*found.first, *found.also)}
        for answers in ([Answer.YES] * len(questions), [Answer.NO] * len(questions)):
            chosen = chosen_by(directory, one.need, questions, answers, MONDAY_MORNING)
            assert {c.service.key for c in everyone(chosen)} == wanted
            assert len(everyone(chosen)) == len(wanted)


def test_no_question_is_asked_for_nothing(directory: Session) -> None:
    """Each question of each need says something of at least one service, by yes or by no."""
    idle = []
    for one in sets(directory):
        questions = questions_of(directory, one.need)
        for place, question in enumerate(questions):
            told = False
            for answer in (Answer.YES, Answer.NO):
                answers = [Answer.UNKNOWN] * place + [answer]
                chosen = chosen_by(directory, one.need, questions, answers, MONDAY_MORNING)
                told = told or any(c.of(Bearing.FITS) or c.of(Bearing.MAY_NOT) for c in everyone(chosen))
            if not told:
                idle.append(f"{one.key}: {question.key}")
    assert not idle


def test_more_that_fits_stands_before_less(directory: Session) -> None:
    need = need_of(directory, "faim")
    questions = questions_of(directory, need)
    for answers in product((Answer.YES, Answer.NO), repeat=2):
        chosen = chosen_by(directory, need, questions, answers, MONDAY_MORNING)
        counts = [len(c.of(Bearing.FITS)) for c in chosen.fitting]
        assert counts == sorted(counts, reverse=True)
        assert not any(c.of(Bearing.MAY_NOT) for c in (*chosen.fitting, *chosen.also))
