"""Changes take turns: on a busy machine each is made, or told to try again in seconds."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from guide.database import locked_row
from guide.model import SiteFact
from guide.web.ui import request_context
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import someone

PATH = "/fr/mon-association/services/caba-jette/a-propos"


def count(app: Flask) -> None:
    """One more, read and written in one turn."""
    with app.app_context(), request_context.writing() as db_session:
        row = locked_row(db_session, SiteFact, "counted")
        assert row is not None
        row.value = str(int(row.value) + 1)


def counted(app: Flask) -> str:
    with app.app_context():
        return request_context.session().get_one(SiteFact, "counted").value


def test_of_many_threads_each_gets_its_turn(instance: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(instance)
    with app.app_context(), request_context.writing() as db_session:
        db_session.add(SiteFact(name="counted", value="0"))
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                count(app)
        except OperationalError as problem:
            failed.append(problem)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = int(counted(app))
    assert done + len(failed) >= 20
    assert done >= 200 - 10 * len(failed), "what was not kept was told"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_waits_too_long_is_told_to_try_again_and_a_failure_passes_the_turn_on(
    instance: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(instance)
    client = someone(app, "editor", "caba-jette")
    target, values = form_values(client.get(PATH).html, "part")
    values["summary_fr"] = ["Un autre texte."]
    with app.app_context(), request_context.guide().in_turn(0):
        monkeypatch.setattr(request_context, "PATIENCE", 0.01)
        told = client.post(target, data=values)
        assert (told.status, told.headers["Retry-After"]) == (503, "5")
        assert PageClient(app).get("/fr/").status == 200, "reading waits for nobody"
    with app.app_context(), pytest.raises(ZeroDivisionError), request_context.writing():
        raise ZeroDivisionError
    assert client.post(target, data=values).status == 303
