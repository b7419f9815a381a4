"""How often the database is asked, which list pages state; and all that it holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from guide.model import Base


@contextmanager
def counted(of: Session | Engine) -> Iterator[list[str]]:
    """The SELECTs that are asked within the block, as a list that grows."""
    engine = of if isinstance(of, Engine) else of.get_bind().engine
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def all_rows(engine: Engine) -> str:
    """Whatever stands in the tables of a database, as one text."""
    with engine.connect() as connection:
        return "\n".join(
            f"{table.name} {tuple(row)!r}"
            for table in Base.metadata.sorted_tables
            for row in connection.execute(select(table))
        )
