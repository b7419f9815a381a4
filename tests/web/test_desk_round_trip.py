"""Sending a form of the desk as it came changes nothing: for every listing of the guide and every part."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import paths
from guide.app import create_app
from guide.model import Proposal, Revision, Role
from guide.web.desk_parts import FORMS, SLUGS
from tests.conftest import MONDAY_MORNING, settings_for
from tests.pages import PageClient
from tests.people import someone

KEYS = sorted(file.stem for file in (paths.DATA / "services").glob("*.yaml"))


@pytest.fixture(scope="module")
def desk(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all: nothing is to change in it."""
    import shutil

    instance = tmp_path_factory.mktemp("desk") / "instance"
    shutil.copytree(loaded, instance)
    app = create_app(settings_for(instance), clock=lambda: MONDAY_MORNING)
    app.testing = True
    yield app
    app.extensions["guide"].index.wait()
    app.extensions["guide"].engine.dispose()


@pytest.fixture(scope="module")
def coordinator(desk: Flask) -> PageClient:
    return someone(desk, Role.COORDINATOR)


def changes(app: Flask) -> int:
    with Session(app.extensions["guide"].engine) as session:
        return sum(
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (Proposal, Revision)
        )


@pytest.mark.parametrize("key", KEYS)
def test_a_form_that_nobody_changed_changes_nothing(desk: Flask, coordinator: PageClient, key: str) -> None:
    lang, folder = ("fr", "mon-association/services") if len(key) % 2 else ("nl", "mijn-vereniging/diensten")
    for part in FORMS:
        page = coordinator.get(f"/{lang}/{folder}/{key}/{SLUGS[part][lang]}")
        answer = coordinator.submit(page, "part")
        assert answer.status == 303, (part, answer.words[:400])
        assert answer.headers["Location"].endswith("=-"), (part, answer.headers["Location"])
    assert changes(desk) == 0
