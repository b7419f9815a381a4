"""What pages of signed-in people wait for on PostgreSQL, where rows are held and not the whole database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.model import AccountSession
from tests import postgresql
from tests.people import add_account, signed_in_client
from tests.running import MONDAY_MORNING

ON_THE_SERVER = pytest.param("postgresql", marks=[pytest.mark.postgresql, postgresql.needed])


@pytest.mark.parametrize("database_kind", [ON_THE_SERVER], indirect=True)
def test_a_page_waits_for_nobody_who_holds_its_session(
    instance: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(instance)
    reader = signed_in_client(app, add_account(app, "coordinator"))
    app.config["CLOCK"] = lambda: MONDAY_MORNING + sessions.SEEN_EVERY
    with Session(app.extensions["guide"].engine) as other:
        held = other.scalars(select(AccountSession).with_for_update()).one()
        assert reader.get("/fr/moderation/").status == 200
        other.refresh(held)
        assert held.seen_at == MONDAY_MORNING, "that it was asked for is noted another time"
