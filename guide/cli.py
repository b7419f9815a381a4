"""The `guide` command: serve, prepare, check, format, load, export, remind, backup, restore, index.

Every command says what it does and ends with 0, or with 1 and a sentence that says what to mend.
"""

import argparse
import contextlib
import fcntl
import logging
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Timer

from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from guide import __version__, clock, memory, migrations, paths, private_files
from guide.app import create_app, require_current
from guide.commands import audit, backup, booklet, geo, mail, people, referrals, remind, site_copy
from guide.commands.database import wait_until_prepared
from guide.database import open_database, writing
from guide.directory import indexing
from guide.directory.listings import store_anew, store_missing, untrue_listings
from guide.loading import LoadReport, absent, check, export, heard, load, shipped
from guide.loading.check import format_files
from guide.loading.exposed import exposed
from guide.loading.load import DataValidationError
from guide.migrations import MigrationError
from guide.model import LoadedRecord
from guide.operations.locks import PREPARE, PREPARING, SERVING, Hold, LockTakenError
from guide.search.engine import IndexBusyError, IndexUnavailableError, SearchEngine
from guide.search.opening import open_engine
from guide.server import Server, make_server, stopped_by_signals
from guide.settings import SettingError, Settings
from guide.web.ui.urls import is_https

READING_WORDS = 1
"""Seconds after which the words are read: whoever waits for the start to open the first page has it sooner."""
LOOPBACK = ("127.0.0.1", "localhost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SettingError, MigrationError) as problem:
        print(f"guide: {problem}", file=sys.stderr)
    except DataValidationError as problem:
        print("guide: the data files have faults, nothing was loaded:", file=sys.stderr)
        for error in problem.errors:
            print(f"  {error}", file=sys.stderr)
    except IndexBusyError:
        print("guide: another process is writing the search index; try again in a moment.", file=sys.stderr)
    except (IndexUnavailableError, OSError) as problem:
        print(f"guide: {problem}", file=sys.stderr)
    except IntegrityError as problem:
        reason = str(problem.orig).splitlines()[0]
        print(
            f"guide: the data contradict what the database holds ({reason}); nothing was loaded.",
            file=sys.stderr,
        )
    except SQLAlchemyError as problem:
        print(f"guide: {_unusable(problem)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("guide: stopped.")
        return 0
    return 1


def _unusable(problem: SQLAlchemyError) -> str:
    reason = str(getattr(problem, "orig", problem)).splitlines()[0]
    if reason == "database is locked":
        return "another process is writing to the database, nothing was changed; try again in a moment."
    return f"the database cannot be used ({reason}). Check GUIDE_DATABASE_URL."


class _Help(argparse.HelpFormatter):
    """One line a command, also for those with a long name."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=18)
        self._action_max_length = 16


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="guide",
        description="Guide social de Jette / Sociale gids Jette. Settings come from the environment "
        "(GUIDE_INSTANCE, GUIDE_DATABASE_URL, GUIDE_SITE_URL, GUIDE_SECRET_KEY, GUIDE_PROXIES): see README.md.",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"guide {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="prepare the instance if needed, then answer on HOST:PORT")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
    serve.set_defaults(run=_serve)

    prepare = commands.add_parser(
        "prepare", help="migrate the database, load data/, build the index; then end"
    )
    prepare.set_defaults(run=_prepare)

    checking = commands.add_parser("check", help="check every data file and say what to mend")
    _data_folder(checking)
    checking.set_defaults(run=_check)

    formatting = commands.add_parser(
        "format", help="rewrite the data files in the usual way, contents unchanged"
    )
    _data_folder(formatting)
    formatting.set_defaults(run=_format)

    loading = commands.add_parser("load", help="load the data files; what was edited here is kept and listed")
    _data_folder(loading)
    loading.set_defaults(run=_load)

    exporting = commands.add_parser(
        "export", help="write the database back as data files, or the public guide as files to look at"
    )
    exporting.add_argument(
        "--format",
        choices=("data", "site"),
        default="data",
        help="data: as `guide load` reads it; site: pages that open without a server (default: %(default)s)",
    )
    exporting.add_argument("folder", type=Path, help="folder to write to (made if absent)")
    exporting.set_defaults(run=_export)

    remind.add(commands)
    mail.add(commands)
    audit.add(commands)
    people.add(commands)
    referrals.add(commands)
    backup.add(commands)
    geo.add(commands)
    booklet.add(commands)

    index = commands.add_parser("index", help="rebuild or verify the search index")
    index.add_argument("verb", choices=("rebuild", "verify"))
    index.set_defaults(run=_index)
    return parser


def _data_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=paths.DATA,
        help="folder of data files (default: the guide's own)",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    # A service manager stops with SIGTERM what a terminal stops with SIGINT.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(options, Settings.from_environment())
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    # Whoever writes asks the database some eighty times, and after each waits for the other threads: a tenth of the
    # usual interval lets her end, and the next begin, before her turn is over.
    sys.setswitchinterval(0.0005)
    memory.share_arenas()
    with memory.gc_seldom():
        _make_ready(settings, paths.DATA)
        print("Reading the pages …", flush=True)
        app = create_app(settings)
    # What loading took is not needed to serve.
    memory.freeze_gc()
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104 (only compared)
    if options.host in LOOPBACK and not settings.site_url:
        app.config["TRUSTED_HOSTS"] = list(LOOPBACK)
    server = _listening(app, settings, options.host, options.port)
    name = f"[{shown}]" if ":" in shown else shown
    print(f"The guide is at http://{name}:{options.port}/  (stop it with Ctrl-C)", flush=True)
    served = f"http://{name}:{options.port}"
    first_search = Timer(READING_WORDS, _read_words, (app,))
    first_search.daemon = True
    # What is still being answered is finished first, then counted.
    with app.extensions["background"].running(served):
        try:
            with stopped_by_signals(server):
                first_search.start()
                server.run()
        finally:
            first_search.cancel()
            server.close()
    print("guide: stopped.")
    return 0


def _read_words(app: Flask) -> None:
    """Searches once, beside the server, so that the first who searches need not wait until the words are read.

    Nobody searched this, so it is not counted. What was read stays; what reading took is given back.
    """
    app.test_client().get("/fr/services/?q=jette", headers={"Host": "localhost", "DNT": "1"})
    memory.freeze_gc()


def _listening(app: Flask, settings: Settings, host: str, port: int) -> Server:
    try:
        return make_server(
            app, host, port, believes_proxies=settings.proxies > 0, secure=is_https(settings.site_url)
        )
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise SettingError(
            f"Cannot listen on {host}:{port} ({reason}). Choose others with --host and --port."
        ) from problem


def _prepare(options: argparse.Namespace) -> int:
    _make_ready(Settings.from_environment(), paths.DATA)
    return 0


def _check(options: argparse.Namespace) -> int:
    errors = check(options.folder) or heard(options.folder) or exposed(options.folder)
    for error in errors:
        print(error)
    for kind in absent(options.folder) if not errors else ():
        print(f"{kind.place} is not there: a guide before this one wrote none")
    print(f"{len(errors)} fault(s) found." if errors else "The data files are in order.")
    return 1 if errors else 0


def _format(options: argparse.Namespace) -> int:
    for path in format_files(options.folder):
        print(f"rewritten: {path}")
    return 0


def _load(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with _database(settings) as engine, _alone(settings, engine):
        _migrate(settings, engine)
        with _telling_time("database"):
            _tell(_load_files(engine, options.folder))
        with _telling_time("search index"):
            _refresh_index(settings, engine)
    return 0


@contextlib.contextmanager
def _telling_time(part: str) -> Iterator[None]:
    """Says afterwards how long this process worked on it, not how long others kept it waiting."""
    began = time.process_time()
    yield
    print(f"  {part}: {time.process_time() - began:.1f} s of CPU", flush=True)


def _export(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if options.format == "site":
        files = site_copy.write(settings, options.folder, clock.today())
        print(f"{files} files written to {options.folder}; open index.html")
        return 0
    wait_until_prepared(settings)
    with _database(settings) as engine:
        require_current(engine)
        with Session(engine) as session:
            written = export(session, options.folder)
    print(f"{len(written)} files written to {options.folder}")
    return 0


def _index(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    wait_until_prepared(settings)
    with _database(settings) as engine:
        require_current(engine)
        return _index_verb(options.verb, _open_index(settings, engine), engine)


def _index_verb(verb: str, index: SearchEngine, engine: Engine) -> int:
    if verb == "rebuild":
        with Session(writing(engine)) as session:
            store_anew(session)
            session.commit()
    with Session(engine) as session:
        if verb == "rebuild":
            indexing.rebuild(session, index, clock.today())
            print(f"Index rebuilt; it stands at revision {index.revision()}.")
            return 0
        try:
            found, wanted = index.revision(), indexing.revision(session)
        except IndexUnavailableError as problem:
            print(f"The index cannot be used: {problem}. Run `guide index rebuild`.")
            return 1
        if untrue := untrue_listings(session):
            print(
                f"Stored listings are not what the database says: {', '.join(untrue)}. Run `guide index rebuild`."
            )
            return 1
    print(f"The index is whole; it stands at revision {found}, the database at {wanted}.")
    return 0 if found == wanted else 1


def _make_ready(settings: Settings, data: Path) -> None:
    """Migrates, loads the data once, and brings the index up to date; each step is safe to be killed in."""
    with _database(settings) as engine, _alone(settings, engine):
        _migrate(settings, engine)
        with Session(engine) as session:
            empty = session.scalar(select(LoadedRecord.kind).limit(1)) is None
        if empty:
            print("Loading the directory and the plans …", flush=True)
            _tell(_load_files(engine, data))
        else:
            _bring_news(engine, data)
        referrals.make_good(settings, engine)
        _refresh_index(settings, engine)


def _migrate(settings: Settings, engine: Engine) -> None:
    """Brings the database to this version's revision, while nobody serves it."""
    found = migrations.current(engine)
    if found == migrations.head():
        return
    migrations.require_known(found)
    try:
        alone = Hold(settings.instance / SERVING, exclusive=True)
    except LockTakenError as problem:
        raise SettingError(
            f"The database stands at revision {found or 'none'} and must be brought to {migrations.head()}, but "
            f"the guide is being served or backed up from {settings.instance}. Stop it, then try again."
        ) from problem
    try:
        print("Preparing the database …" if found is None else _from_to(found), flush=True)
        migrations.upgrade(engine)
    finally:
        alone.release()


def _from_to(found: str) -> str:
    return f"Bringing the database from revision {found} to {migrations.head()} …"


def _bring_news(engine: Engine, data: Path) -> None:
    """After an upgrade: loads the kinds of record that this database never held, and announces the rest."""
    word = shipped.fingerprint(data)
    with Session(engine) as session:
        if shipped.is_loaded(session, word):
            return
    with Session(writing(engine)) as session:
        fresh = shipped.never_held(session, data)
        if fresh:
            print("Loading what is new in this version …", flush=True)
            try:
                _tell(load(session, data, clock.now(), progress=_progress, only=fresh))
            except DataValidationError as problem:  # no reason for the site to stay down
                print(f"  nothing was loaded: {len(problem.errors)} fault(s), which `guide check` lists")
        news = shipped.news(session, data)
        if not news:
            shipped.note_loaded(session, word)
        session.commit()
    if news:
        print(f"This version brings other data than was last loaded here ({'; '.join(news)}).")
        print("  To take them, run `guide load`: what was edited here is kept, and listed.", flush=True)


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    """The database, with nothing left open afterwards."""
    engine = open_database(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _load_files(engine: Engine, folder: Path) -> LoadReport:
    with Session(writing(engine)) as session:
        report = load(session, folder, clock.now(), progress=_progress)
        if folder.resolve() == paths.DATA.resolve():
            shipped.note_loaded(session, shipped.fingerprint(folder))
        session.commit()
    return report


def _progress(kind: str, count: int) -> None:
    print(f"  {kind}: {count}", flush=True)


def _tell(report: LoadReport) -> None:
    print(f"  new: {report.created}, changed: {report.changed}, unchanged: {report.unchanged}", flush=True)
    for place in report.absent:
        print(f"  {place} is not among the files (a guide before this one wrote none): left as it is here")
    for line in report.kept:
        print(f"  kept as edited here: {line}")
    for line in report.gone:
        print(f"  no longer in the files, kept here: {line}")


def _refresh_index(settings: Settings, engine: Engine) -> None:
    """Brings what is derived of the database up to date: the listings as pages read them, and the index."""
    with Session(writing(engine)) as session:
        store_missing(session)
        session.commit()
    index = _open_index(settings, engine)
    with Session(engine) as session:
        try:
            indexing.catch_up(session, index, clock.today())
        except IndexUnavailableError:
            print("Building the search index …", flush=True)
            with contextlib.suppress(IndexBusyError):  # the process that holds it is building it
                indexing.rebuild(session, index, clock.today())
        except IndexBusyError:
            pass


def _open_index(settings: Settings, engine: Engine) -> SearchEngine:
    with Session(writing(engine)) as session:
        identity = indexing.database_identity(session)
        session.commit()
    return open_engine(settings, identity)


@contextlib.contextmanager
def _alone(settings: Settings, engine: Engine) -> Iterator[None]:
    """Only one process prepares at a time: by a lock file, and on PostgreSQL by a lock in the database."""
    with open(settings.instance / PREPARE, "w", opener=private_files.opener) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": PREPARING})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": PREPARING})
