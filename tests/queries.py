"""How often the database is asked: list pages state it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


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
