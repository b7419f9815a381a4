"""An account, and passwords that are hashed cheaply: the profile of the guide itself has a test of its own."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from guide.accounts import passwords
from guide.model import Account, Role
from tests import databases
from tests.editing.conftest import make_account

session = databases.session_of_each_kind


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def account(session: Session) -> Account:
    """A coordinator's, in the database."""
    made = make_account(Role.COORDINATOR)
    session.add(made)
    session.flush()
    return made
