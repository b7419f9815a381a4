"""How people say it: the vocabulary of needs, crises, other languages, and the map's sketch."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice, json_list
from guide.model.directory import TaxonomyTerm


class Vocabulary(Base):
    """The words of one need, as one file of `data/vocabulary/`: groups of phrases, each leading to a term."""

    __tablename__ = "vocabulary"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)

    groups: Mapped[list["WordGroup"]] = relationship(
        cascade="all, delete-orphan", order_by="WordGroup.position"
    )


class WordGroup(Base):
    """Phrases that mean one need or topic; `hidden` ones are searched and never shown on a page.

    `calm`: these words hold a crisis word without telling of a crisis ("fin de vie", "100 euros").
    """

    __tablename__ = "word_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("vocabulary.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    term_id: Mapped[int] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"))
    crisis_id: Mapped[int | None] = mapped_column(ForeignKey("crisis.id", ondelete="SET NULL"))
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    calm: Mapped[bool] = mapped_column(Boolean, default=False)
    fr: Mapped[list[str]] = json_list()
    nl: Mapped[list[str]] = json_list()
    other: Mapped[list[str]] = json_list()

    term: Mapped[TaxonomyTerm] = relationship()
    crisis: Mapped["Crisis | None"] = relationship()


class CrisisBlock(StrEnum):
    """The two blocks of a panel."""

    DANGER = "danger"
    TALK = "talk"


class Crisis(Base):
    """What the calm panel above the results says; danger now and somebody to talk to are never mixed.

    `position`: the order of danger, the worst first. `first`: the block that stands first. `today`: help of the
    day, not an emergency. `steps`: what to do now, in order. `need`: the need or topic whose services help on.
    """

    __tablename__ = "crisis"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[Bilingual] = bilingual("title")
    advice: Mapped[Bilingual] = bilingual("advice")
    steps: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    first: Mapped[CrisisBlock] = mapped_column(choice(CrisisBlock), default=CrisisBlock.DANGER)
    today: Mapped[bool] = mapped_column(Boolean, default=False)
    need: Mapped[str | None] = mapped_column(String(64))
    danger: Mapped[list[str]] = json_list()
    talk: Mapped[list[str]] = json_list()


class OtherLanguage(Base):
    """What readers of neither French nor Dutch are told: the main needs, the panels and the words around them.

    `needs`: key of a need to its sentence. `frame`: the words of every panel. `lines`: key of an urgent number to
    whom it is. `crises`: per crisis its title, its advice, and sentences that tell of it (`says`).
    """

    __tablename__ = "other_language"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(64))
    direction: Mapped[str] = mapped_column(String(3), default="ltr")
    intro: Mapped[str] = mapped_column(String(500))
    call: Mapped[str] = mapped_column(String(500))
    needs: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    frame: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    lines: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    crises: Mapped[list[dict[str, Any]]] = json_list()


class PlainWord(Base):
    """A word that is hard to read, in all its forms, and an easier one; or an acronym and its meaning.

    What the editor offers while somebody writes: advice, never a rule.
    """

    __tablename__ = "plain_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[list[str]] = json_list()
    easier: Mapped[str] = mapped_column(String(120))
    acronym: Mapped[bool] = mapped_column(Boolean, default=False)


class MapFeature(Base):
    """A figure of the map's coarse sketch: the outline, or a named point; pairs of (latitude, longitude)."""

    __tablename__ = "map_feature"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Bilingual] = bilingual("name")
    points: Mapped[list[list[float]]] = json_list()
    source: Mapped[str | None] = mapped_column(String(64))
