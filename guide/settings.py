"""Settings from the environment, as one frozen value. A wrong one stops the start and says how to mend it."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from guide import mail_address, private_files
from guide.keys import KeyFile, KeysMissingError

OURS = frozenset(
    {
        "guide.sqlite3",
        "secret_key",
        "index",
        "prepare.lock",
        "mail",
        "pdfs",
        "audit_head",
        "referral_keys",
        "erasures",
        "serving.lock",
        "served_at",
    }
)
"""What an instance folder holds; any of them tells that the folder is ours."""


NO_SENDER = "guide@localhost.localdomain"
"""From whom mails come while they are only written as files."""


class SettingError(Exception):
    """A setting that cannot work; the message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class OpenId:
    """A provider of accounts (OpenID Connect): its issuer without a final slash, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. Every field is documented in README.md under the variable's name.

    instance      GUIDE_INSTANCE: folder for database, index and keys (made with mode 0700)
    database_url  GUIDE_DATABASE_URL: sqlite:///… or postgresql+psycopg://…
    site_url      GUIDE_SITE_URL: public address without a final slash; None means "as served"
    secret_key    GUIDE_SECRET_KEY: the application's signing key; made and kept in the instance when absent
    proxies       GUIDE_PROXIES: how many reverse proxies stand in front (0: none is believed)
    smtp_url      GUIDE_SMTP_URL: smtp://, smtp+starttls:// or smtps://; None: mails become files in instance/mail
    mail_from     GUIDE_MAIL_FROM: the address that mails come from
    oidc          GUIDE_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _NAME: a provider of accounts; None: none
    keys_file     GUIDE_KEYS: the file of the referrals' master keys; None: referral_keys in the instance
    """

    instance: Path
    database_url: str = field(repr=False)
    site_url: str | None
    secret_key: str = field(repr=False)
    proxies: int = 0
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = NO_SENDER
    oidc: OpenId | None = None
    keys_file: Path | None = None

    @property
    def keys(self) -> KeyFile:
        """The master keys of the fiche-relais."""
        return KeyFile(self.keys_file or self.instance / "referral_keys")

    @property
    def ledger(self) -> Path:
        """The file that names what was erased, so that a restored backup erases it again."""
        return self.instance / "erasures"

    @property
    def audit_head(self) -> Path:
        """The file that names the newest entry of the audit log, so that an end that was cut off is seen."""
        return self.instance / "audit_head"

    @property
    def session_info(self) -> dict[str, object]:
        """What a session that changes something has at hand: keys for its digests and seals, and the files that
        name what was erased and where the audit log ends."""
        return {
            "secret_key": self.secret_key,
            "keys": self.keys,
            "ledger": self.ledger,
            "audit_head": self.audit_head,
        }

    @property
    def index_folder(self) -> Path:
        return self.instance / "index"

    @property
    def pdf_folder(self) -> Path:
        """What was printed for everybody (see `publish.press`); may be deleted at any time."""
        return self.instance / "pdfs"

    @property
    def mail_folder(self) -> Path:
        return self.instance / "mail"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process; makes the instance folder and, if absent, the secret key.

        Raises SettingError with a sentence for the operator.
        """
        instance = _instance(environ)
        keys_file = _keys_file(environ)
        _make_keys(KeyFile(keys_file or instance / "referral_keys"))
        return cls(
            instance=instance,
            database_url=_database_url(environ, instance),
            site_url=_site_url(environ),
            secret_key=_secret_key(environ, instance),
            proxies=_proxies(environ),
            smtp_url=_smtp_url(environ),
            mail_from=_mail_from(environ),
            oidc=_oidc(environ),
            keys_file=keys_file,
        )


def _instance(environ: Mapping[str, str]) -> Path:
    given = environ.get("GUIDE_INSTANCE") or "instance"
    try:
        folder = Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise SettingError(
            f"GUIDE_INSTANCE: there is no home folder for {given}. Write the whole path."
        ) from error
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Drafts of a process that starts at the same moment are ours too.
        drafts = (".write-", ".secret_key-", ".referral_keys-")
        content = {entry.name for entry in folder.iterdir() if not entry.name.startswith(drafts)}
        if content and not content & OURS:
            raise SettingError(
                f"GUIDE_INSTANCE: {folder} holds other things than the guide's. Name an empty or a new folder, "
                "since the guide keeps it to itself (mode 0700)."
            )
        private_files.close_all(folder)
        probe = folder / f".write-{secrets.token_hex(4)}"
        probe.touch(mode=private_files.FILE)
        probe.unlink()
    except OSError as error:
        raise SettingError(
            f"GUIDE_INSTANCE: the folder {folder} cannot be used ({error.strerror}). "
            "Name a folder that this user owns and may write to."
        ) from error
    return folder


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    text = environ.get("GUIDE_DATABASE_URL", "").strip()
    if not text:
        # Built, not pasted together: a folder's name may hold a question or percent sign.
        file = URL.create("sqlite", database=str(instance / "guide.sqlite3"))
        return file.render_as_string(hide_password=False)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    in_file = url is not None and url.drivername == "sqlite" and url.database not in (None, "", ":memory:")
    on_server = url is not None and url.drivername == "postgresql+psycopg" and bool(url.host and url.database)
    if not in_file and not on_server:
        raise SettingError(
            "GUIDE_DATABASE_URL: write sqlite:////path/to/guide.sqlite3 or "
            "postgresql+psycopg://user:password@host/name, or leave it out for SQLite in the instance folder."
        )
    return text


def _site_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("GUIDE_SITE_URL", "").strip().rstrip("/")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
        parts = urlsplit("")
    named = parts.username is not None or parts.password is not None
    if not valid or parts.path or parts.query or parts.fragment or named or any(map(str.isspace, url)):
        raise SettingError(
            "GUIDE_SITE_URL: write the public address as https://guide.example.be, "
            "without a path, a question mark or a name and password."
        )
    return url


def _secret_key(environ: Mapping[str, str], instance: Path) -> str:
    given = environ.get("GUIDE_SECRET_KEY", "").strip()
    if given:
        if len(given) < 32:
            raise SettingError(
                "GUIDE_SECRET_KEY: at least 32 characters are needed. "
                'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
            )
        return given
    file = instance / "secret_key"
    if not file.exists():
        # Written beside and linked: of two processes that start together one link succeeds, and
        # whoever is killed half-way never leaves an empty key behind.
        draft = instance / f".secret_key-{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    try:
        kept = file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if len(kept) < 32:
        raise SettingError(
            f"The key in {file} is empty or cannot be read. Delete that file: a new key is made at the next "
            "start."
        )
    return kept


def _keys_file(environ: Mapping[str, str]) -> Path | None:
    given = environ.get("GUIDE_KEYS", "").strip()
    if not given:
        return None
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise SettingError(
            f"GUIDE_KEYS: there is no home folder for {given}. Write the whole path."
        ) from error


def _make_keys(keys: KeyFile) -> None:
    """Makes the file of master keys at the first start; one that is there must be readable."""
    try:
        keys.make()
        keys.current()
        private_files.close(keys.path)
    except OSError as error:
        raise SettingError(
            f"GUIDE_KEYS: the file {keys.path} cannot be made ({error.strerror}). Name a file in a folder that "
            "this user may write to, outside the database and its backups."
        ) from error
    except KeysMissingError as error:
        raise SettingError(f"GUIDE_KEYS: {error}") from error


def _proxies(environ: Mapping[str, str]) -> int:
    text = environ.get("GUIDE_PROXIES", "0").strip() or "0"
    if text not in tuple("0123456789"):
        raise SettingError(
            "GUIDE_PROXIES: write how many reverse proxies stand in front of the guide, from 0 to 9."
        )
    return int(text)


def _smtp_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("GUIDE_SMTP_URL", "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("smtp", "smtp+starttls", "smtps") and bool(parts.hostname)
        valid = valid and parts.port != 0 and not parts.query and parts.path in ("", "/")
        valid = valid and not parts.fragment and not any(map(str.isspace, url))
        valid = valid and (not parts.password or bool(parts.username))
    except ValueError:
        valid = False
        parts = urlsplit("")
    if not valid:
        # The value itself is never repeated: it may hold a password.
        raise SettingError(
            "GUIDE_SMTP_URL: write smtp+starttls://user:password@mail.example.be:587, smtps://…:465 or "
            "smtp://localhost:25; signs such as @ or / in the password as %40 or %2F. Leave it out to have "
            "mails written as files into the instance folder."
        )
    if parts.scheme == "smtp" and parts.password and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SettingError(
            "GUIDE_SMTP_URL: with smtp:// the password would travel unencrypted. Write smtp+starttls:// or smtps://."
        )
    if not environ.get("GUIDE_MAIL_FROM", "").strip():
        raise SettingError(
            "GUIDE_MAIL_FROM: a mail server wants to know from whom mails come. Write guide@example.be."
        )
    return url


def _mail_from(environ: Mapping[str, str]) -> str:
    given = environ.get("GUIDE_MAIL_FROM", "").strip()
    if not given:
        return NO_SENDER
    # What `guide.mail` will take: with a sender it cannot write, every mail would be given up.
    if not mail_address.is_address(given):
        raise SettingError("GUIDE_MAIL_FROM: write one plain address, as guide@example.be.")
    return given


def _oidc(environ: Mapping[str, str]) -> OpenId | None:
    names = ("GUIDE_OIDC_ISSUER", "GUIDE_OIDC_CLIENT_ID", "GUIDE_OIDC_CLIENT_SECRET")
    issuer, client_id, client_secret = (environ.get(name, "").strip() for name in names)
    if not (issuer or client_id or client_secret):
        return None
    parts = urlsplit(issuer)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if not (client_id and client_secret and parts.hostname) or not (parts.scheme == "https" or local):
        raise SettingError(
            f"{', '.join(names)}: all three are needed, and the issuer as https://login.example.be "
            "(plain http only on this machine). Leave all three out to sign in by password only."
        )
    return OpenId(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=client_secret,
        name=environ.get("GUIDE_OIDC_NAME", "").strip() or str(parts.hostname),
    )
