"""`guide export`: writes the database back as data files, byte for byte the same when nothing was edited."""

from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from guide import model
from guide.loading.files import file_texts, write_beside
from guide.records.kinds import KINDS, Kind


def texts(session: Session) -> dict[str, str]:
    """Path below the data folder → text, for everything the files hold."""
    return {
        path: text
        for kind in KINDS
        for path, text in file_texts(
            kind, [kind.shape.write(item) for item in session.scalars(all_of(kind))]
        ).items()
    }


def export(session: Session, folder: Path) -> list[str]:
    """Writes every data file below this folder; gives the paths, in loading order."""
    written = texts(session)
    for path, text in written.items():
        write_beside(folder / path, text)
    return list(written)


def all_of(kind: Kind) -> Select[tuple[Any]]:
    """A query for the objects of a kind in the order of their file."""
    query = select(kind.shape.model)
    if kind.shape.model is model.TaxonomyTerm:
        needs = kind.name == "needs"
        query = query.where(
            (model.TaxonomyTerm.taxonomy == "needs") if needs else (model.TaxonomyTerm.taxonomy != "needs"),
            model.TaxonomyTerm.parent_id.is_(None),
        )
    columns = kind.shape.model.__table__.columns
    order = "position" if "position" in columns else "key"
    return query.order_by(columns[order])
