"""The database's history. `upgrade(engine)` brings any earlier state to the models of today.

Alembic's own commands are used with a connection handed over (no alembic.ini); revisions run on
SQLite, in batch mode, and on PostgreSQL. Knows the model only.

Where a database stands, and which revisions there are, is told without Alembic, which costs a start that has nothing
to migrate a tenth of a second and 10 MB: it is imported in the functions that migrate.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from guide import __version__
from guide.database import writing

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent


class MigrationError(Exception):
    """The database is left as it was; the message says why, and what to do."""


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    # Not set_main_option: a percent sign in a path would be read as interpolation.
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Runs every migration that is still to run, in one transaction: all of them or none.

    Raises MigrationError when the database is of a revision this code does not know, or when a row would be
    left that belongs to nothing.
    """
    from alembic import command

    require_known(current(engine))
    with _one_transaction(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Walks back to a revision (`base` empties the database). For tests and for an operator's hand.

    Raises MigrationError as `upgrade` does.
    """
    from alembic import command

    require_known(current(engine))
    with _one_transaction(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _one_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite follows no foreign key while tables are rebuilt, and checks them all at its end.

    SQLite alters most things by a new table that takes the old one's rows, place and name. With foreign keys on,
    dropping the old one deletes its rows first: that fails where others refer to them, and where they cascade it
    deletes those others without a word. The pragma does nothing within a transaction, so it stands around it.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with writing(engine).connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None, "the connection was opened a line above"
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                _require_no_orphans(connection)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _require_no_orphans(connection: Connection) -> None:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if rows:
        orphans = Counter((table, parent) for table, _, parent, _ in rows)
        told = ", ".join(
            f"{count} of {table} (no such {parent})" for (table, parent), count in sorted(orphans.items())
        )
        raise MigrationError(
            f"The database was not changed: rows would belong to nothing: {told}. Keep using the version "
            "before, or restore a backup."
        )


def current(engine: Engine) -> str | None:
    """The revision this database stands at; None when it was never migrated."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def require_known(revision: str | None) -> None:
    """Raises MigrationError when this code cannot bring a database at this revision to its own."""
    if revision is not None and not knows(revision):
        raise MigrationError(
            f"The database stands at revision {revision}, which this version of the guide ({__version__}, "
            f"revision {head()}) does not know: another version made it. Nothing was changed. Install that "
            "version, or restore a backup made before it."
        )


def changes(revision: str) -> Mapping[str, str]:
    """What this migration loses or changes on purpose, by `table` or `table.column`, and why."""
    from alembic.script import ScriptDirectory

    module = ScriptDirectory.from_config(_config()).get_revision(revision).module
    return getattr(module, "CHANGES", {})


def revisions() -> tuple[str, ...]:
    """Every revision this code knows, the oldest first: each is the number that its file begins with."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("versions/[0-9]*.py")))


def knows(revision: str) -> bool:
    """Whether this code can bring a database at this revision to its own."""
    return revision in revisions()


def head() -> str:
    """The revision the models of this code need."""
    return revisions()[-1]
