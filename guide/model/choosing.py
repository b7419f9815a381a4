"""Help to choose: for each need at most four yes/no questions, each about a fact that records hold."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice, json_list
from guide.model.directory import TaxonomyTerm


class AskedFact(StrEnum):
    """What of a service an answer is held against (`guide.directory.choosing` says how)."""

    TOPIC = "topic"
    PUBLIC = "public"
    LANGUAGE = "language"
    RESIDENT = "resident"
    FREE = "free"
    PAPERS = "papers"
    WALK_IN = "walk_in"
    REFERRAL = "referral"
    OPEN_NOW = "open_now"


class QuestionSet(Base):
    """The questions of one need, as one file of `data/questions/`; its key is the need's."""

    __tablename__ = "question_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"))

    need: Mapped[TaxonomyTerm] = relationship()
    questions: Mapped[list["Question"]] = relationship(
        cascade="all, delete-orphan", order_by="Question.position"
    )


class Question(Base):
    """A question answered by yes, no or "I do not know".

    `yes` and `no`: the answer as the reader would say it, in the first person. `about`: which topics,
    publics or language the fact is about; empty for the other facts.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_set_id: Mapped[int] = mapped_column(
        ForeignKey("question_set.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    key: Mapped[str] = mapped_column(String(64))
    fact: Mapped[AskedFact] = mapped_column(choice(AskedFact))
    about: Mapped[list[str]] = json_list()
    text: Mapped[Bilingual] = bilingual("text")
    hint: Mapped[Bilingual] = bilingual("hint")
    yes: Mapped[Bilingual] = bilingual("yes")
    no: Mapped[Bilingual] = bilingual("no")
