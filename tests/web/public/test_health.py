"""What machines that watch are told: one word to anybody, the reasons on the machine itself."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from guide import __version__, audit, facts
from guide.audit import AuditVerb
from guide.database import writing
from guide.model import changes
from guide.referrals import purging
from guide.web.public import health
from tests import instances
from tests.pages import PageClient
from tests.running import MONDAY_MORNING

ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
PLENTY = shutil._ntuple_diskusage(10**12, 0, 10**12)


@pytest.fixture(autouse=True)
def much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: PLENTY)


def note(app: Flask, fact: str, hours: int) -> None:
    with Session(writing(app.extensions["guide"].engine)) as session:
        facts.note(session, fact, MONDAY_MORNING - timedelta(hours=hours))
        session.commit()


@pytest.fixture
def guide_app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    app = make_app(instance)
    note(app, facts.LAST_BACKUP, 3)
    return app


def test_the_process_answers_without_touching_the_database(guide_app: Flask) -> None:
    asked: list[str] = []
    event.listen(guide_app.extensions["guide"].engine, "checkout", lambda *_: asked.append("connection"))
    page = PageClient(guide_app).get("/healthz")
    assert (page.status, page.html, page.response.mimetype) == (200, "ok\n", "text/plain")
    assert asked == []
    assert page.headers["Cache-Control"] == "no-store"
    PageClient(guide_app).get("/readyz")
    assert asked, "the listener hears what is asked"


def test_all_is_well_in_one_word_and_on_the_machine_with_reasons(guide_app: Flask) -> None:
    client = PageClient(guide_app)
    page = client.get("/readyz")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.html.splitlines()[0] == "ok"
    assert {line.partition(":")[0] for line in page.html.splitlines()[1:]} == {
        "data",
        "clock",
        "database",
        "disk",
        "index",
        "last_audit_verify",
        "last_backup",
        "last_purge",
        "mail",
        "migration",
    }
    assert "last_backup: ok (3 hours ago)" in page.html
    for told in (__version__, "sqlite", "postgres", str(guide_app.config["INSTANCE"]), "@"):
        assert told not in page.html


def test_from_elsewhere_one_word_is_told(guide_app: Flask) -> None:
    client = PageClient(guide_app)
    assert client.get("/readyz", **ELSEWHERE).html == "ok\n"
    note(guide_app, facts.LAST_BACKUP, 40)
    page = client.get("/readyz", **ELSEWHERE)
    assert (page.status, page.html) == (200, "amber\n")


@pytest.mark.parametrize(
    ("proxies", "address", "headers", "told"),
    [
        (0, "127.0.0.1", {}, True),
        (0, "::1", {}, True),
        (0, "::ffff:127.0.0.1", {}, True),
        (0, "10.0.0.7", {}, False),
        (0, "not an address", {}, False),
        # A proxy on this machine that the settings do not know of.
        (0, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        (0, "127.0.0.1", {"Host": "guide.example.be"}, False),
        # Behind a proxy: the visitor's address counts, not the proxy's.
        (1, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        (1, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, False),
        (1, "127.0.0.1", {}, True),
    ],
)
def test_reasons_stay_on_the_machine(
    instance: Path,
    make_app: Callable[..., Flask],
    proxies: int,
    address: str,
    headers: dict[str, str],
    told: bool,
) -> None:
    client = PageClient(make_app(instance, proxies=proxies))
    page = client.get("/readyz", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert (page.html.count("\n") > 1) is told


def test_never_backed_up_is_amber(instance: Path, make_app: Callable[..., Flask]) -> None:
    page = PageClient(make_app(instance)).get("/readyz")
    assert (page.status, page.html.splitlines()[0]) == (200, "amber")
    assert "last_backup: amber (never)" in page.html


def test_never_purged_is_amber_once_there_is_something_to_purge(
    guide_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "last_purge: ok (never)" in PageClient(guide_app).get("/readyz").html
    monkeypatch.setattr(purging, "anything_to_purge", lambda session: True)
    page = PageClient(guide_app).get("/readyz")
    assert "last_purge: amber (never)" in page.html
    assert (page.status, page.html.splitlines()[0]) == (200, "amber")


def test_an_index_behind_the_database_is_amber_until_the_next_search(guide_app: Flask) -> None:
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        changes.note_change(session, "service:resto-jet")
        session.commit()
    client = PageClient(guide_app)
    assert "index: amber" in client.get("/readyz").html
    client.get("/fr/services/?q=repas")
    assert "index: ok" in client.get("/readyz").html


def test_a_full_disk_or_a_database_that_is_gone_is_503(
    guide_app: Flask, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = PageClient(guide_app)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: PLENTY._replace(free=1_000))
    page = client.get("/readyz", **ELSEWHERE)
    assert (page.status, page.html) == (503, "red\n")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: PLENTY)
    guide_app.extensions["guide"].engine.dispose()
    instances.destroy(instance)
    page = client.get("/readyz")
    assert page.status == 503
    assert page.html.splitlines()[0] == "red"
    assert re.search(r"database: red \(it cannot be read \((Database|Operational)Error\)\)", page.html)
    assert client.get("/healthz").status == 200, "the process answers all the same"


def test_an_audit_log_is_verified_daily_and_one_that_is_not_sound_is_amber_at_once(guide_app: Flask) -> None:
    assert "last_audit_verify: ok (never)" in PageClient(guide_app).get("/readyz").html, (
        "there is nothing in it"
    )
    with Session(writing(guide_app.extensions["guide"].engine), info={"secret_key": "x" * 40}) as session:
        audit.record(session, "command", AuditVerb.LISTING_CHANGED, "site", now=MONDAY_MORNING)
        session.commit()
    assert "last_audit_verify: amber (never)" in PageClient(guide_app).get("/readyz").html
    note(guide_app, facts.LAST_VERIFY, 36)
    assert "last_audit_verify: ok (36 hours ago)" in PageClient(guide_app).get("/readyz").html
    note(guide_app, facts.LAST_VERIFY, 37)
    assert "last_audit_verify: amber (37 hours ago)" in PageClient(guide_app).get("/readyz").html
    note(guide_app, facts.LAST_VERIFY, 1)
    note(guide_app, facts.LAST_UNSOUND, 2)
    page = PageClient(guide_app).get("/readyz")
    assert page.html.startswith("amber")
    assert (
        "last_audit_verify: amber (it failed on 2026-11-23 07:00 UTC: the audit log is not sound" in page.html
    )
    assert PageClient(guide_app).get("/readyz", **ELSEWHERE).html == "amber\n"
