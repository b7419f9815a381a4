"""Where a fact comes from: the document, and the citation that ties it to a field of a record."""

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.base import Base, bilingual


class SourceDocument(Base):
    """A document or page that facts were read in (ours; HSDS has no equivalent).

    `date` is partial and of the page, not of our reading: 'YYYY', 'YYYY-MM', 'YYYY-MM-DD' or None
    when the page bears none; `date_note` then says so in words.
    """

    __tablename__ = "source_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[Bilingual] = bilingual("title")
    publisher: Mapped[Bilingual] = bilingual("publisher")
    date: Mapped[str | None] = mapped_column(String(10))
    date_note: Mapped[Bilingual] = bilingual("date_note")
    url: Mapped[str | None] = mapped_column(String(500))


class Citation(Base):
    """One fact, one source: which field of which record, and the words of the source where we hold them."""

    __tablename__ = "citation"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    fulfilment_id: Mapped[int | None] = mapped_column(
        ForeignKey("fulfilment.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    field: Mapped[str | None] = mapped_column(String(32))
    source_id: Mapped[int] = mapped_column(ForeignKey("source_document.id"))
    quote: Mapped[str | None] = mapped_column(Text)

    # No citation is read without its source: asked for with it, not one by one.
    source: Mapped[SourceDocument] = relationship(lazy="joined", innerjoin=True)
