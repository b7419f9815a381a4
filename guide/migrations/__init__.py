"""The database's history. `upgrade(engine)` brings any earlier state to the models of today.

Alembic's own commands are used with a connection handed over (no alembic.ini); revisions run on
SQLite, in batch mode, and on PostgreSQL. Knows the model only.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # Not set_main_option: a percent sign in a path would be read as interpolation.
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Runs every migration that is still to run, in one transaction where the database allows it."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Walks back to a revision (`base` empties the database). For tests and for an operator's hand."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision this database stands at; None when it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this code can bring a database at this revision to its own."""
    scripts = ScriptDirectory.from_config(_config())
    return revision in {script.revision for script in scripts.walk_revisions()}


@cache
def head() -> str:
    """The revision the models of this code need."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "the package holds at least one migration"
    return revision
