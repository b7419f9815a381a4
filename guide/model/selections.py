"""Ready-made sheets: services the coordinator puts together under a title, always current."""

from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice
from guide.model.directory import Service, TaxonomyTerm


class SelectionKind(StrEnum):
    """What is made of it on paper: an A4 sheet, a card folded out of one, or a poster."""

    SHEET = "sheet"
    CARD = "card"
    POSTER = "poster"


class Selection(Base):
    """A saved selection. Its services: `entries` in their order, then what its `terms` and `publics` find
    beside them, without those of `without`.

    `extra`: one more line, as a rule or a number to know. `week_table`: who is there on which day.
    """

    __tablename__ = "selection"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[SelectionKind] = mapped_column(choice(SelectionKind))
    slug: Mapped[Bilingual] = bilingual("slug", unique=True)
    title: Mapped[Bilingual] = bilingual("title")
    introduction: Mapped[Bilingual] = bilingual("introduction")
    extra: Mapped[Bilingual] = bilingual("extra")
    week_table: Mapped[bool] = mapped_column(Boolean, default=False)

    terms: Mapped[list[TaxonomyTerm]] = relationship(secondary="selection_term", order_by="TaxonomyTerm.key")
    publics: Mapped[list[TaxonomyTerm]] = relationship(
        secondary="selection_public", order_by="TaxonomyTerm.key"
    )
    entries: Mapped[list["SelectionEntry"]] = relationship(
        cascade="all, delete-orphan", order_by="SelectionEntry.position"
    )
    without: Mapped[list[Service]] = relationship(secondary="selection_without", order_by="Service.key")


class SelectionEntry(Base):
    """A service that has its place in a selection."""

    __tablename__ = "selection_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)

    service: Mapped[Service] = relationship()


class SelectionTerm(Base):
    """Part of the rule of a selection: what one goes to for this need or topic belongs to it."""

    __tablename__ = "selection_term"

    selection_id: Mapped[int] = mapped_column(
        ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True
    )
    taxonomy_term_id: Mapped[int] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="CASCADE"), primary_key=True
    )


class SelectionPublic(Base):
    """Part of the rule of a selection: what is for this public, not for everybody, belongs to it."""

    __tablename__ = "selection_public"

    selection_id: Mapped[int] = mapped_column(
        ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True
    )
    taxonomy_term_id: Mapped[int] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="CASCADE"), primary_key=True
    )


class SelectionWithout(Base):
    """A service that the rule finds and the coordinator took out."""

    __tablename__ = "selection_without"

    selection_id: Mapped[int] = mapped_column(
        ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
