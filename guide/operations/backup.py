"""`back_up`: one file that is whole or is not there, made while the site runs.

It holds the database and the ledger of erasures. It does not hold the secret key, the keys of referrals, the
index (it is made anew) or mails written as files.
"""

import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import __version__, clock_guard, erasures, facts, private_files
from guide.database import open_database, writing
from guide.model import AuditCheckpoint, AuditEntry
from guide.operations import archives, locks, postgresql
from guide.operations.files import draft_folder, sha256, sync
from guide.settings import Settings

KEPT = 14
"""So many backups stay in the folder."""

_NAME = re.compile(r"guide-[0-9]{8}-[0-9]{6}\.tar\.gz")
_DRAFT = ".write-backup-"
_LOCK = ".lock"


class BackupError(Exception):
    """No backup was made; the message says why and what to mend."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The file, its size in bytes, the revision of its database, the older ones removed, what could not be noted.

    `jumped`: the newest moment known, where the clock seems to have jumped; then none was removed.
    """

    file: Path
    size: int
    revision: str
    pruned: tuple[str, ...]
    problem: str | None = None
    jumped: datetime | None = None


def back_up(settings: Settings, folder: Path, now: datetime, keep: int = KEPT) -> BackedUp:
    """Makes `guide-YYYYMMDD-HHMMSS.tar.gz` (the time in UTC, so that names sort) and removes the oldest.

    Raises BackupError, and OSError on a full or failing disk: then no file is there that looks whole.
    """
    _prepare_folder(folder)
    try:
        using, writer = locks.serving(settings.instance), locks.Hold(folder / _LOCK, exclusive=True)
    except locks.LockTakenError as problem:
        what = "another backup is being written there" if problem.name == _LOCK else "a restore is under way"
        raise BackupError(f"{what}. Try again when it has ended.") from problem
    try:
        target = folder / f"guide-{now.astimezone(UTC):%Y%m%d-%H%M%S}.tar.gz"
        if target.exists():
            raise BackupError(f"{target} is there already. Try again in a moment.")
        with draft_folder(folder, _DRAFT) as draft:
            manifest = _collect(settings, draft, now)
            archive = draft / "archive"
            archives.write(archive, manifest, draft)
            archives.read(archive)  # what cannot be read back is no backup
            os.replace(archive, target)
        sync(folder)
        jumped, unnoted = _note(settings, now)
        pruned = () if jumped else _prune(folder, target, keep)
        return BackedUp(target, target.stat().st_size, manifest.revision, pruned, unnoted, jumped)
    except postgresql.ToolFailedError as problem:
        raise BackupError(f"{problem}.") from problem
    except (archives.ArchiveError, sqlite3.Error) as problem:
        raise BackupError(f"the copy is not sound ({problem}). Check the disk and the database.") from problem
    finally:
        writer.release()
        using.release()


def _prepare_folder(folder: Path) -> None:
    """Makes the folder, mode 0700. One that holds other things is refused, since it will be shut and pruned."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    others = [
        entry.name
        for entry in folder.iterdir()
        if not _NAME.fullmatch(entry.name)
        and not entry.name.startswith(_DRAFT)
        and entry.name not in (_LOCK, "lost+found")
    ]
    if others:
        raise BackupError(
            f"{folder} holds other things than backups ({min(others)}). Name a folder of its own."
        )
    with suppress(PermissionError):  # a mounted disk of another owner
        folder.chmod(0o700)
    private_files.close_all(folder)


def _collect(settings: Settings, draft: Path, now: datetime) -> archives.Manifest:
    """Puts every file of the backup into the draft, and describes them."""
    url = make_url(settings.database_url)
    kind = url.get_backend_name()
    database = draft / archives.DATABASES[kind]
    if kind == "sqlite":
        schema, (revision, audit) = "", _copy_file(Path(str(url.database)), database)
    else:
        schema, (revision, audit) = _dump(settings.database_url, database)
    # After the database: what is erased in between is named, and erased again by a restore.
    ledger = draft / erasures.LEDGER
    uids = erasures.read(settings.instance / erasures.LEDGER).uids
    ledger.write_text("".join(f"{uid}\n" for uid in uids), encoding="ascii")
    files = {file.name: archives.Stated(file.stat().st_size, sha256(file)) for file in (database, ledger)}
    return archives.Manifest(now, __version__, revision, kind, schema, audit, files)


Known = tuple[str, tuple[int, str] | None]
"""The revision, and number and hash of the newest audit entry."""


def _copy_file(database: Path, target: Path) -> Known:
    """A whole copy in one reading transaction, during which others may write; checked page by page."""
    if not database.is_file():
        raise BackupError(f"there is no database at {database}. Check GUIDE_INSTANCE and GUIDE_DATABASE_URL.")
    address = f"file:{quote(str(database.absolute()))}?mode=rw"
    private_files.make(target)
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise BackupError(
            f"the database is damaged ({found[0]}). Keep the older backups; restore the newest."
        )
    engine = create_engine(URL.create("sqlite", database=str(target)))
    try:
        with engine.connect() as connection:
            return _known(connection)
    finally:
        engine.dispose()


def _dump(url: str, target: Path) -> tuple[str, Known]:
    """The schema and what is known of it, read in the very snapshot that pg_dump copies."""
    postgresql.require("pg_dump")
    engine = open_database(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            schema = connection.scalar(text("SELECT current_schema()"))
            if schema is None:
                raise BackupError("the schema named in GUIDE_DATABASE_URL is not there.")
            known = _known(connection)
            snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            postgresql.dump(url, str(schema), snapshot, target)
            return str(schema), known
    finally:
        engine.dispose()


def _known(connection: Connection) -> Known:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        raise BackupError("the database is empty: there is nothing to back up. Run `guide prepare` first.")
    revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    for table in (AuditEntry, AuditCheckpoint):
        if table.__tablename__ in tables:
            newest = select(table.seq, table.hash).order_by(table.seq.desc()).limit(1)
            row = connection.execute(newest).first()
            if row is not None:
                return revision, (row.seq, row.hash)
    return revision, None


def _prune(folder: Path, fresh: Path, keep: int) -> tuple[str, ...]:
    """Removes all but the newest; names sort by time.

    Those named after the one just made are of a clock that ran ahead: they count for nothing and are left, or
    they would outlive, as the newest, every one that is made from now on.
    """
    others = sorted(
        file for file in folder.iterdir() if _NAME.fullmatch(file.name) and file.name < fresh.name
    )
    old = others[: max(len(others) - (keep - 1), 0)]
    for file in old:
        file.unlink()
    return tuple(file.name for file in old)


def _note(settings: Settings, now: datetime) -> tuple[datetime | None, str | None]:
    """Tells the database when this was, for `/readyz`; the backup is made even where this fails.

    Gives the newest moment known where the clock seems to have jumped, and what went wrong.
    """
    engine = open_database(settings.database_url)
    try:
        with Session(writing(engine)) as session:
            jumped = None
            # A database of an older version, copied before it is brought to this one, lacks some tables.
            with suppress(SQLAlchemyError), session.begin_nested():
                jumped = clock_guard.note(session, now)
            facts.note(session, facts.LAST_BACKUP, now)
            session.commit()
    except SQLAlchemyError as problem:
        return None, str(getattr(problem, "orig", problem)).splitlines()[0]
    finally:
        engine.dispose()
    return jumped, None
