"""A small guide on disk, with people, mails and an audit log, and the same restored elsewhere."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guide import audit, migrations
from guide.audit import AuditVerb
from guide.database import open_database, writing
from guide.directory import indexing
from guide.loading import load
from guide.model import AccountSession, Mail, Role
from guide.settings import Settings
from tests.loading import helpers
from tests.people import make_account
from tests.running import MONDAY_MORNING, settings_for

KEY = "x" * 40
UID = "0123456789abcdef" * 2
OTHER = "f" * 32


@pytest.fixture(scope="session")
def small_guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with two listings, an editor signed in, a mail that waits and three audit entries."""
    base = tmp_path_factory.mktemp("small")
    instance = base / "instance"
    instance.mkdir(mode=0o700)
    fill(f"sqlite:///{instance / 'guide.sqlite3'}", helpers.write(base / "data"))
    return instance


@pytest.fixture
def living(small_guide: Path, tmp_path: Path) -> Settings:
    """A copy that a test may change."""
    shutil.copytree(small_guide, tmp_path / "living")
    return settings_for(tmp_path / "living")


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """An instance that holds nothing yet."""
    (tmp_path / "empty").mkdir(mode=0o700)
    return settings_for(tmp_path / "empty")


def fill(url: str, data: Path) -> None:
    engine = open_database(url)
    migrations.upgrade(engine)
    with Session(writing(engine), info={"secret_key": KEY}) as session:
        load(session, data, MONDAY_MORNING)
        indexing.database_identity(session)
        editor = make_account(session, Role.EDITOR)
        session.add(
            AccountSession(
                digest="d" * 64, account_id=editor.id, created_at=MONDAY_MORNING, seen_at=MONDAY_MORNING
            )
        )
        session.add(mail("waits", editor.id))
        session.add(mail("sent", editor.id, sent_at=MONDAY_MORNING, handed_at=MONDAY_MORNING))
        for number in range(3):
            audit.record(
                session, "command", AuditVerb.LISTING_CHANGED, f"service:s{number}", now=MONDAY_MORNING
            )
        session.commit()
    engine.dispose()


def mail(name: str, account: int, **values: object) -> Mail:
    stated = {
        "message_id": f"<{name}@guide.example>",
        "kind": "invitation",
        "language": "fr",
        "account_id": account,
        "created_at": MONDAY_MORNING,
        "next_try_at": MONDAY_MORNING + timedelta(hours=1),
    }
    return Mail(**(stated | values))
