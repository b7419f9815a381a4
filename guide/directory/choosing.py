"""Help to choose among the services of a need: answers held against the facts that records hold.

Nothing is excluded: what speaks against a service puts it last with the reason, and what is not known is
to be asked. An answer that is missing, or "I do not know", says nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.directory.hours import Opening, is_open_now, open_state
from guide.directory.listing import AnyFacts, ListingFacts
from guide.directory.needs import NeedHelp
from guide.languages import Bilingual
from guide.model import AskedFact, Question, QuestionSet, TaxonomyTerm, YesNo


class Answer(StrEnum):
    """An answer as it stands in an address: one sign a question, in their order."""

    YES = "1"
    NO = "0"
    UNKNOWN = "x"


class Bearing(StrEnum):
    """What an answer means for a service."""

    FITS = "fits"
    ASK = "ask"
    MAY_NOT = "may_not"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a service fits, might not, or what to ask. `names`: the topics or publics meant."""

    bearing: Bearing
    fact: AskedFact
    answer: Answer
    said: Bilingual
    names: tuple[Bilingual, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service of the need with all that the answers say of it."""

    service: ListingFacts
    reasons: tuple[Reason, ...]

    def of(self, bearing: Bearing) -> tuple[Reason, ...]:
        """The reasons that bear so on this service, in the order they were found."""
        return tuple(reason for reason in self.reasons if reason.bearing is bearing)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`fitting`: something said speaks for them; `also`: nothing against; `less`: something speaks against."""

    fitting: list[Candidate]
    also: list[Candidate]
    less: list[Candidate]


def all_questions(session: Session) -> dict[str, list[Question]]:
    """The questions of each need, in order, by the key of the need. They belong to no session."""
    sets = session.scalars(
        select(QuestionSet).options(joinedload(QuestionSet.need), selectinload(QuestionSet.questions))
    ).all()
    session.expunge_all()
    return {one.need.key: list(one.questions) for one in sets}


def questions_of(session: Session, need: TaxonomyTerm) -> list[Question]:
    """The questions of this need, in order; empty when there is nothing to choose."""
    found = session.scalar(
        select(QuestionSet).where(QuestionSet.need_id == need.id).options(selectinload(QuestionSet.questions))
    )
    return list(found.questions) if found else []


def answers_in(text: str, most: int) -> list[Answer]:
    """The answers that an address holds ('10x'), at most so many; from the first sign that is none, nothing."""
    found = []
    for sign in text[:most]:
        if sign not in set(Answer):
            break
        found.append(Answer(sign))
    return found


def choose(
    session: Session,
    need: TaxonomyTerm,
    found: NeedHelp[ListingFacts],
    questions: Sequence[Question],
    answers: Sequence[Answer],
    at: datetime,
) -> Chosen:
    """Who helps with a need (`found`), by these answers; among equals in the order of the need's own page."""
    names = _names(session)
    weighed = [
        Candidate(
            service,
            tuple(
                reason
                for question, answer in zip(questions, answers, strict=False)
                if (reason := _reason(service, question, answer, need, names, at)) is not None
            ),
        )
        for service in (*found.first, *found.also)
    ]
    weighed.sort(key=lambda one: -len(one.of(Bearing.FITS)))
    less = [one for one in weighed if one.of(Bearing.MAY_NOT)]
    rest = [one for one in weighed if not one.of(Bearing.MAY_NOT)]
    return Chosen(
        fitting=[one for one in rest if one.of(Bearing.FITS)],
        also=[one for one in rest if not one.of(Bearing.FITS)],
        less=less,
    )


def _names(session: Session) -> dict[str, Bilingual]:
    """What topics and publics are called, by their key."""
    return {
        term.key: term.name
        for term in session.scalars(
            select(TaxonomyTerm).where(TaxonomyTerm.taxonomy.in_(("needs", "publics")))
        )
    }


def _reason(
    service: AnyFacts,
    question: Question,
    answer: Answer,
    need: TaxonomyTerm,
    names: dict[str, Bilingual],
    at: datetime,
) -> Reason | None:
    if answer is Answer.UNKNOWN:
        return None
    bearing = _WEIGHING[question.fact](service, question.about, answer is Answer.YES, need, at)
    if bearing is None:
        return None
    return Reason(
        bearing,
        question.fact,
        answer,
        question.yes if answer is Answer.YES else question.no,
        tuple(
            names[key]
            for key in _meant(service, question)
            if key in names and question.fact is not AskedFact.LANGUAGE
        ),
        tuple(question.about if bearing is Bearing.ASK else service.languages)
        if question.fact is AskedFact.LANGUAGE
        else (),
    )


def _meant(service: AnyFacts, question: Question) -> list[str]:
    """Of what the question is about, what this service has: so that the reason names no more than is so."""
    has = _publics(service) if question.fact is AskedFact.PUBLIC else _topics(service)
    return [key for key in question.about if key in has]


def _topics(service: AnyFacts, need: TaxonomyTerm | None = None) -> set[str]:
    """The topics a service is filed under; of this need only, when one is named."""
    return {
        filed.term.key
        for filed in service.attributes
        if filed.term.key != filed.need.key and (need is None or filed.need.key == need.key)
    }


def _publics(service: AnyFacts) -> set[str]:
    return {public.key for public in service.publics}


def _by_topic(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if yes:
        return Bearing.FITS if _topics(service) & set(about) else None
    # Filed under nothing else of this need: that is what one goes there for.
    own = _topics(service, need)
    return Bearing.MAY_NOT if own and own <= set(about) else None


def _by_public(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    publics = _publics(service)
    if yes:
        return Bearing.FITS if publics & set(about) else None
    return Bearing.MAY_NOT if publics and publics <= set(about) else None


def _by_language(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if not yes:
        return None
    if not service.languages:
        return Bearing.ASK
    return Bearing.FITS if set(service.languages) & set(about) else Bearing.MAY_NOT


def _by_residence(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    only = service.residents_only
    if yes:
        return Bearing.FITS if only is YesNo.YES else None
    return {YesNo.YES: Bearing.MAY_NOT, YesNo.NO: Bearing.FITS, None: Bearing.ASK}[only]


def _by_price(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if not yes:
        return None
    return {YesNo.YES: Bearing.FITS, YesNo.NO: Bearing.MAY_NOT, None: Bearing.ASK}[service.free]


def _by_papers(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if yes:
        return None
    return {YesNo.YES: Bearing.MAY_NOT, YesNo.NO: Bearing.FITS, None: Bearing.ASK}[service.papers_needed]


def _by_walking_in(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if not yes:
        return None
    if not service.access_modes:
        return Bearing.ASK
    return Bearing.FITS if {"walk_in", "phone"} & set(service.access_modes) else Bearing.MAY_NOT


def _by_referral(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if "referral_required" not in service.access_modes:
        return None
    return Bearing.FITS if yes else Bearing.MAY_NOT


def _by_hour(
    service: AnyFacts, about: list[str], yes: bool, need: TaxonomyTerm, at: datetime
) -> Bearing | None:
    if not yes:
        return None
    if is_open_now(service, at):
        return Bearing.FITS
    opening = open_state(service, at)
    closed = opening.current and opening.state in (Opening.CLOSED, Opening.TEMPORARILY_CLOSED)
    return Bearing.MAY_NOT if closed else Bearing.ASK


_WEIGHING: dict[AskedFact, Callable[[AnyFacts, list[str], bool, TaxonomyTerm, datetime], Bearing | None]] = {
    AskedFact.TOPIC: _by_topic,
    AskedFact.PUBLIC: _by_public,
    AskedFact.LANGUAGE: _by_language,
    AskedFact.RESIDENT: _by_residence,
    AskedFact.FREE: _by_price,
    AskedFact.PAPERS: _by_papers,
    AskedFact.WALK_IN: _by_walking_in,
    AskedFact.REFERRAL: _by_referral,
    AskedFact.OPEN_NOW: _by_hour,
}
