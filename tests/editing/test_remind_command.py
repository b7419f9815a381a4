"""`guide remind`: run it as often as you like, each person gets one mail a month."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide import clock
from guide.clock import BRUSSELS
from guide.database import open_database, writing
from guide.model import Mail, Organization, Reminder, Role, Service
from tests.commands import commands
from tests.editing.conftest import make_account

SITE = {"GUIDE_SITE_URL": "https://guide.example.be"}


@pytest.fixture
def desk(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """An instance with one active editor of the CPAS; `at` sets the clock, `run` runs the command."""
    instance = tmp_path / "instance"
    shutil.copytree(loaded, instance)
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    with Session(writing(engine)) as session:
        organization = session.scalars(
            select(Organization).where(
                Organization.id
                == select(Service.organization_id).where(Service.key == "cpas-jette").scalar_subquery()
            )
        ).one()
        session.add(make_account(Role.EDITOR, organization, language="nl"))
        session.commit()

    def at(day: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(day).replace(tzinfo=BRUSSELS))

    with commands(instance, monkeypatch, **SITE) as (run, _):
        yield SimpleNamespace(run=lambda: run("remind"), at=at, engine=engine, monkeypatch=monkeypatch)
    engine.dispose()


def written(engine: Engine) -> tuple[int, int]:
    """(mails, notes that somebody was reminded)"""
    with Session(engine) as session:
        return len(session.scalars(select(Mail)).all()), len(session.scalars(select(Reminder)).all())


@pytest.mark.usefixtures("days_pass")
def test_each_person_gets_one_mail_a_month_however_often_it_runs(desk: SimpleNamespace, capsys) -> None:
    desk.at("2026-11-03 09:00")
    assert desk.run() == 0
    assert written(desk.engine) == (0, 0)
    assert "from 04/11/2026" in capsys.readouterr().out
    for day in ("2026-11-04 09:00", "2026-11-04 09:01", "2026-11-25 09:00"):
        desk.at(day)
        assert desk.run() == 0
        assert written(desk.engine) == (1, 1)
    desk.at("2026-12-02 09:00")
    assert desk.run() == 0
    assert written(desk.engine) == (2, 2)


def test_it_names_the_organisations_that_nobody_looks_after(desk: SimpleNamespace, capsys) -> None:
    desk.at("2026-11-23 09:00")
    desk.run()
    out = capsys.readouterr().out
    assert "1 mail(s) written" in out
    assert "nobody looks after: caba-jette" in out
    assert "nobody looks after: cpas-jette" not in out


def test_without_the_public_address_it_refuses_and_says_what_to_set(desk: SimpleNamespace, capsys) -> None:
    desk.at("2026-11-23 09:00")
    desk.monkeypatch.delenv("GUIDE_SITE_URL")
    assert desk.run() == 1
    assert "GUIDE_SITE_URL" in capsys.readouterr().err
    assert written(desk.engine) == (0, 0)
