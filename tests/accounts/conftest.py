"""An account, in a database of each kind."""

import pytest
from sqlalchemy.orm import Session

from guide.model import Account, Role
from tests import databases
from tests.editing.conftest import make_account

session = databases.session_of_each_kind


@pytest.fixture
def account(session: Session) -> Account:
    """A coordinator's, in the database."""
    made = make_account(Role.COORDINATOR)
    session.add(made)
    session.flush()
    return made
