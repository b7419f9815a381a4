"""Makes the application. `create_app` reads as a table of contents; each step has a module of its own."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from guide import migrations, paths
from guide.database import open_database, writing
from guide.directory.indexing import LiveIndex, database_identity
from guide.directory.search_log import Tally
from guide.operations import locks
from guide.operations.background import BackgroundWork
from guide.search.opening import open_engine
from guide.settings import SettingError, Settings
from guide.web import errors, pages
from guide.web.accounts import mail_labels, oidc
from guide.web.referrals import labels as referral_labels
from guide.web.security import access_control, headers, policy
from guide.web.ui import (
    formatting,
    kept_pages,
    kept_parts,
    labels,
    opening_words,
    other_language,
    record_labels,
    request_context,
    translating,
    urls,
)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] | None = None) -> Flask:
    """The guide as a WSGI application, for `guide serve` and for `gunicorn 'guide.app:create_app()'`.

    Settings come from the environment when not given; `clock` replaces the time in tests. The database
    must have been prepared (`guide prepare`, or `guide serve`, which prepares it). Raises SettingError.
    """
    settings = settings or Settings.from_environment()
    app = urls.Application("guide", template_folder=str(paths.TEMPLATES), static_folder=None)
    _configure(app, settings, clock)
    _open_directory(app, settings)
    _speak_both_languages(app)
    urls.install(app)
    request_context.install(app)
    formatting.install(app)
    other_language.install(app)
    app.jinja_env.globals.update(
        labels.LABELS | record_labels.LABELS | referral_labels.LABELS | mail_labels.LABELS
    )
    kept_parts.install(app)
    app.jinja_env.globals["opening_pill"] = opening_words.state_pill
    app.jinja_env.globals["phone_to_call"] = opening_words.called_now
    app.jinja_env.globals["phone_pill"] = opening_words.phone_pill
    app.jinja_env.globals["line_words"] = opening_words.line_words
    app.jinja_env.filters["language_name"] = labels.language_name
    access_control.install(app)
    if settings.oidc is not None:
        app.extensions["oidc"] = oidc.Provider(settings.oidc)
        app.config["OIDC_NAME"] = settings.oidc.name
    pages.register_pages(app)
    policy.require_complete(app)
    errors.install(app)
    _compress(app)
    headers.install(app)
    app.wsgi_app = kept_pages.Front(app, policy.KEPT)  # type: ignore[method-assign]
    _believe_proxies(app, settings)
    return app


def _configure(app: Flask, settings: Settings, clock: Callable[[], datetime] | None) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SITE_URL=settings.site_url,
        INSTANCE=str(settings.instance),
        PDF_FOLDER=settings.pdf_folder,
        PROXIES=settings.proxies,
        CLOCK=clock,
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=50,
    )
    if settings.site_url:
        host = urlsplit(settings.site_url).hostname
        app.config["TRUSTED_HOSTS"] = [host, "localhost", "127.0.0.1"]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _believe_proxies(app: Flask, settings: Settings) -> None:
    """What is in front of the pages sees the visitor's own scheme and host."""
    if settings.proxies:
        proxies = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def _open_directory(app: Flask, settings: Settings) -> None:
    try:
        # For as long as the application lives: nobody restores a backup under it.
        app.extensions["serving"] = locks.serving(settings.instance)
    except locks.LockTakenError as problem:
        raise SettingError("A backup is being restored here. Start again when that has ended.") from problem
    engine = open_database(settings.database_url)
    require_current(engine)
    with Session(writing(engine)) as session:
        identity = database_identity(session)
        session.commit()
    index = LiveIndex(open_engine(settings, identity), lambda: Session(engine))
    # Nothing stays connected here: a server that forks after this must not share a connection.
    engine.dispose()
    tally = Tally(lambda: Session(writing(engine), info=dict(settings.session_info)))
    app.extensions["guide"] = request_context.Guide(engine, index, tally, settings.session_info)
    app.extensions["background"] = BackgroundWork(engine, settings, tally)


def require_current(engine: Engine) -> None:
    """Raises SettingError when the database is not at the revision this code needs."""
    found, needed = migrations.current(engine), migrations.head()
    try:
        migrations.require_known(found)
    except migrations.MigrationError as problem:
        raise SettingError(str(problem)) from None
    if found != needed:
        raise SettingError(
            f"The database stands at revision {found or 'none'}, this version needs {needed}. "
            "Run `guide prepare` with the same settings, then start again."
        )


def _speak_both_languages(app: Flask) -> None:
    if not (paths.TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.mo").is_file():
        raise SettingError(
            "The Dutch catalogue is not compiled: install the package again (pip install -e . in the checkout)."
        )
    Babel(
        app,
        default_locale="fr",
        default_translation_directories=str(paths.TRANSLATIONS),
        default_timezone="Europe/Brussels",
        locale_selector=urls.reader,
    )
    translating.install(app)


def _compress(app: Flask) -> None:
    app.config.update(
        # Static files are compressed by their own view, once.
        COMPRESS_MIMETYPES=["text/html", "application/json", "application/xml", "text/plain"],
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=6,
        COMPRESS_MIN_SIZE=500,
        COMPRESS_STREAMS=False,
    )
    Compress(app)
