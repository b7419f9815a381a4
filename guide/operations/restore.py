"""`restore`: the backup made ready beside the living database, then put in its place at one stroke.

Until that stroke the old state stands untouched, and after it the new one is whole: migrated, with every
erasure of either ledger done again, checked and indexed. A process killed at any moment leaves one or the other.
"""

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, inspect, make_url, select, text, update
from sqlalchemy.orm import Session

from guide import __version__, audit, erasures, facts, migrations
from guide.audit import AuditVerb
from guide.database import open_database, writing
from guide.directory import indexing
from guide.model import AccountSession, KnownPlace, Mail, SiteFact
from guide.operations import archives, locks, postgresql
from guide.operations.files import draft_folder, sync
from guide.search.engine import IndexBusyError
from guide.search.opening import open_engine
from guide.settings import Settings

After = Callable[[Session, list[str]], int]
"""Erases again those of these referrals that the backup brought back; gives how many."""

_DRAFT = ".write-restore-"
_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")


class RestoreError(Exception):
    """Nothing was restored, the old state stands; the message says why and what to mend."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    made_at   the moment the backup is of
    erased    how many referrals the ledger erased again
    kept      file or schema of the old database, if there was one
    sound     whether the audit log verifies with this instance's secret key
    mails     waiting mails that were perhaps sent since; they wait for a person to decide
    torn      lines of a ledger that could not be read
    indexed   False when the index is still to be built (the site does it by itself)
    """

    made_at: datetime
    erased: int
    kept: str | None
    sound: bool
    mails: int
    torn: int
    indexed: bool


def restore(
    settings: Settings, archive: Path, now: datetime, after: After, replace: bool = False
) -> Restored:
    """Puts the backup's database in place of this instance's, whose ledger of erasures stays and is added to.

    Raises RestoreError, archives.ArchiveError, or OSError on a full or failing disk; the old state stands then.
    """
    url = make_url(settings.database_url)
    try:
        with locks.alone(settings.instance):
            if url.get_backend_name() == "sqlite":
                return _into_file(settings, Path(str(url.database)).absolute(), archive, now, after, replace)
            return _into_schema(settings, archive, now, after, replace)
    except locks.LockTakenError as problem:
        raise RestoreError(
            f"the guide is being served, prepared or backed up from {settings.instance}. Stop it first."
        ) from problem
    except postgresql.ToolFailedError as problem:
        raise RestoreError(f"{problem}.") from problem


def _unpacked(
    settings: Settings, archive: Path, folder: Path, kind: str
) -> tuple[archives.Manifest, erasures.Ledger]:
    """The backup's files in the folder, all as the manifest states, and what either ledger names."""
    manifest = archives.read(archive, folder)
    if manifest.kind != kind:
        raise RestoreError(
            f"this is a backup of a {manifest.kind} database, GUIDE_DATABASE_URL names a {kind} one."
        )
    if not migrations.knows(manifest.revision):
        raise RestoreError(
            f"this backup is of revision {manifest.revision}, which this version of the guide ({__version__}, "
            f"revision {migrations.head()}) does not know. Restore it with the version that made it, which "
            f"calls itself {manifest.version}."
        )
    own = erasures.read(settings.instance / erasures.LEDGER)
    theirs = erasures.read(folder / erasures.LEDGER)
    uids = tuple(dict.fromkeys((*own.uids, *theirs.uids)))
    return manifest, erasures.Ledger(uids, own.unreadable + theirs.unreadable)


def _into_file(
    settings: Settings, database: Path, archive: Path, now: datetime, after: After, replace: bool
) -> Restored:
    there = database.exists()
    _require_replace(there, replace, str(database))
    database.parent.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(database)
    with draft_folder(database.parent, _DRAFT) as draft:
        manifest, ledger = _unpacked(settings, archive, draft, "sqlite")
        fresh = draft / manifest.database
        _require_sound(fresh)
        engine = open_database(
            make_url(settings.database_url).set(database=str(fresh)).render_as_string(False)
        )
        try:
            renewed = _renew(engine, settings, manifest, ledger, now, after)
        finally:
            engine.dispose()
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # one file: no log is left behind in the draft
        _require_sound(fresh)
        sync(fresh)
        erasures.add(settings.instance / erasures.LEDGER, ledger.uids)
        kept = _aside(database.name, now) if there else None
        _switch(fresh, database, kept)
    return _finish(settings, manifest, ledger, renewed, now, kept)


def _require_replace(there: bool, replace: bool, name: str) -> None:
    if there and not replace:
        raise RestoreError(
            f"there is a database already ({name}). With --replace it is kept aside and the backup takes its place."
        )


def _require_sound(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as problem:
        raise RestoreError(
            f"the database in the backup is damaged ({problem}). Take another backup."
        ) from problem
    if found != ["ok"] or orphans is not None:
        reason = found[0] if found != ["ok"] else f"a row of {orphans[0]} belongs to nothing"
        raise RestoreError(f"the database in the backup is damaged ({reason}). Take another backup.")


@dataclass(frozen=True, slots=True)
class _Renewed:
    identity: str
    erased: int
    mails: int
    sound: bool
    indexed: bool
    head: audit.anchor.Head


def _renew(
    engine: Engine,
    settings: Settings,
    manifest: archives.Manifest,
    ledger: erasures.Ledger,
    now: datetime,
    after: After,
) -> _Renewed:
    """Makes a copy of then into a database of today: its revision, its erasures, its own index."""
    if migrations.current(engine) != manifest.revision:
        raise RestoreError("the database in the backup is not at the revision its manifest states.")
    if manifest.revision != migrations.head():
        try:
            migrations.upgrade(engine)
        except migrations.MigrationError as problem:
            raise RestoreError(f"the backup cannot be brought to this version. {problem}") from problem
    with Session(writing(engine), info={"secret_key": settings.secret_key}) as session:
        erased = after(session, list(ledger.uids))
        # A browser that was signed out since must not be signed in again.
        session.execute(delete(AccountSession))
        session.execute(delete(KnownPlace))
        # Perhaps they were sent between the backup and now: a person decides, no mail goes out twice.
        waiting = (Mail.handed_at.is_(None), Mail.sent_at.is_(None), Mail.given_up_at.is_(None))
        mails = len(session.scalars(select(Mail.id).where(*waiting)).all())
        session.execute(update(Mail).where(*waiting).values(handed_at=now))
        # Another identity, another index: what an index saw of the old database says nothing of this one.
        session.execute(delete(SiteFact).where(SiteFact.name == "identity"))
        session.expire_all()
        identity = indexing.database_identity(session)
        facts.note(session, facts.LAST_BACKUP, manifest.made_at)
        sound = audit.verify(session, manifest.audit).sound
        if sound:
            made = manifest.made_at.astimezone(UTC).isoformat(timespec="seconds")
            audit.record(session, "command", AuditVerb.BACKUP_RESTORED, "site", f"backup of {made}", now=now)
        head = audit.head(session)
        session.commit()
    return _Renewed(identity, erased, mails, sound, _index(engine, settings, identity, now), head)


def _index(engine: Engine, settings: Settings, identity: str, now: datetime) -> bool:
    with Session(engine) as session:
        try:
            indexing.rebuild(session, open_engine(settings, identity), now.date())
        except (OSError, IndexBusyError):
            return False
    return True


def _switch(fresh: Path, database: Path, kept: str | None) -> None:
    """One rename puts the fresh database in place; the old one keeps its content under the name `kept`."""
    if kept is not None:
        _require_unused(database)
        old = database.with_name(kept)
        try:
            os.link(database, old)  # both names for a moment: there is no moment without a database
        except OSError:  # a file system without hard links
            shutil.copy2(database, old)
            sync(old)
    # A log left beside would be played into the fresh database. A sound old one has none any more; that of a
    # damaged one is kept with it.
    for ending in _BESIDE:
        log = database.with_name(database.name + ending)
        if log.exists() and kept is not None:
            os.replace(log, database.with_name(kept + ending))
        log.unlink(missing_ok=True)
    os.replace(fresh, database)
    sync(database.parent)


def _aside(name: str, now: datetime) -> str:
    return f"{name}.before-restore-{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _require_unused(database: Path) -> None:
    """Takes the write-ahead log into the file, which works only when no other process has it open.

    A damaged database, which may be why somebody restores, is left as it is, and so is its log, which SQLite
    would delete if it looked at the two.
    """
    with database.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return
    try:
        with closing(sqlite3.connect(database, timeout=5)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RestoreError(
                f"another process has {database} open. Stop the guide and its commands, then try again."
            ) from problem
        raise RestoreError(f"the old database cannot be set aside ({problem}).") from problem
    except sqlite3.DatabaseError:
        return


def _forget_unfinished(database: Path) -> None:
    """A restore killed just before its stroke leaves a second name of the living database."""
    for file in database.parent.glob(f"{database.name}.before-restore-*"):
        if database.exists() and file.samefile(database):
            file.unlink()


def _finish(
    settings: Settings,
    manifest: archives.Manifest,
    ledger: erasures.Ledger,
    renewed: _Renewed,
    now: datetime,
    kept: str | None,
) -> Restored:
    """Removes indexes and PDFs of other databases, and sets aside what was noted of the other audit log."""
    if settings.index_folder.is_dir():
        for folder in settings.index_folder.iterdir():
            if folder.name != renewed.identity and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(settings.pdf_folder, ignore_errors=True)
    head = settings.audit_head
    if head.exists():
        head.replace(head.with_name(_aside(head.name, now)))
    if renewed.sound:
        audit.anchor.advance(head, renewed.head)
    return Restored(
        manifest.made_at,
        renewed.erased,
        kept,
        renewed.sound,
        renewed.mails,
        ledger.unreadable,
        renewed.indexed,
    )


def _into_schema(settings: Settings, archive: Path, now: datetime, after: After, replace: bool) -> Restored:
    """As with a file, by schemas: loaded under another name, made ready, and renamed in one transaction."""
    postgresql.require("pg_restore", "psql")
    engine = open_database(settings.database_url)
    try:
        with engine.connect() as connection, _prepares_alone(connection):
            schema = connection.scalar(text("SELECT current_schema()"))
            if schema is None:
                raise RestoreError(
                    "the schema named in GUIDE_DATABASE_URL is not there. Make it, then restore."
                )
            there = bool(inspect(connection).get_table_names(schema=schema))
            connection.rollback()
            _require_replace(there, replace, f"schema {schema}")
            with draft_folder(settings.instance, _DRAFT) as draft:
                manifest, ledger = _unpacked(settings, archive, draft, "postgresql")
                fresh = f"{schema}_restoring"
                _load(settings.database_url, connection, manifest, draft, fresh)
                renewed = _renew_schema(fresh, settings, manifest, ledger, now, after)
                erasures.add(settings.instance / erasures.LEDGER, ledger.uids)
                kept = _rename(connection, schema, fresh, now, there)
        return _finish(settings, manifest, ledger, renewed, now, kept)
    finally:
        engine.dispose()


@contextmanager
def _prepares_alone(connection: Connection) -> Iterator[None]:
    """No other host prepares this database meanwhile."""
    number = {"number": locks.PREPARING}
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), number):
        raise RestoreError("another host is preparing this database. Stop the guide there first.")
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:number)"), number)
        connection.rollback()


def _load(url: str, connection: Connection, manifest: archives.Manifest, draft: Path, fresh: str) -> None:
    """Loads the dump into a schema of this name. The dump names its own schema, which steps aside for it."""
    named, away = f'"{manifest.schema}"', f'"{manifest.schema}_away_{secrets.token_hex(4)}"'
    names = inspect(connection).get_schema_names()
    connection.rollback()
    loading, whole = draft / "dump.sql", draft / "whole.sql"
    postgresql.script(draft / manifest.database, manifest.schema, loading)
    taken = manifest.schema in names
    with whole.open("wb") as file:
        file.write(f'DROP SCHEMA IF EXISTS "{fresh}" CASCADE;\n'.encode())
        if taken:
            file.write(f"ALTER SCHEMA {named} RENAME TO {away};\n".encode())
        file.write(f"CREATE SCHEMA {named};\n".encode())
        with loading.open("rb") as dumped:
            shutil.copyfileobj(dumped, file)
        file.write(f'\nALTER SCHEMA {named} RENAME TO "{fresh}";\n'.encode())
        if taken:
            file.write(f"ALTER SCHEMA {away} RENAME TO {named};\n".encode())
    postgresql.run(url, whole)


def _renew_schema(
    fresh: str,
    settings: Settings,
    manifest: archives.Manifest,
    ledger: erasures.Ledger,
    now: datetime,
    after: After,
) -> _Renewed:
    url = make_url(settings.database_url)
    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else given[-1]} -csearch_path={fresh}".strip()
    engine = open_database(url.update_query_dict({"options": options}).render_as_string(hide_password=False))
    try:
        return _renew(engine, settings, manifest, ledger, now, after)
    finally:
        engine.dispose()


def _rename(connection: Connection, schema: str, fresh: str, now: datetime, there: bool) -> str | None:
    kept = re.sub(r"[^a-z0-9_]", "_", _aside(schema[:24], now)) if there else None
    old = f'ALTER SCHEMA "{schema}" RENAME TO "{kept}"' if kept else f'DROP SCHEMA "{schema}"'
    with connection.begin():
        connection.execute(text(old))
        connection.execute(text(f'ALTER SCHEMA "{fresh}" RENAME TO "{schema}"'))
    return kept
