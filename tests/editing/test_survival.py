"""Killed at any moment, no acknowledged edit is lost; of many who save at once, one is kept and the others told."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import audit
from guide.database import writing
from guide.editing import revisions
from guide.languages import Bilingual
from guide.model import AuditEntry, Revision, Role, SearchChange, Service
from tests import databases, factories
from tests.editing import writers
from tests.editing.conftest import make_account
from tests.killing import started


@pytest.fixture(params=databases.BOTH)
def engine(request, tmp_path: Path) -> Iterator[Engine]:
    """A database on disk with one listing and one coordinator."""
    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield filled(engine)


def filled(engine: Engine) -> Engine:
    with Session(writing(engine)) as session:
        need = factories.need("faim")
        service = factories.service(
            key="soupe", summary=Bilingual("Un repas."), attributes=[factories.filed(need)]
        )
        session.add_all([need, service, make_account(Role.COORDINATOR)])
        session.commit()
    return engine


@pytest.mark.control("C33")
def test_no_acknowledged_edit_is_lost_when_the_process_is_killed(engine: Engine) -> None:
    address = engine.url.render_as_string(hide_password=False)
    acknowledged = 0
    for rounds in (3, 1, 7, 2):
        last = 0
        with started("tests.editing.writers", address) as process:
            for _ in range(rounds):
                last = int(process.says.readline())
            # What was printed between our last look and the end was acknowledged too.
            last = max([last, *(int(line) for line in process.kill() if line.isdigit())])
        acknowledged += last
        stands = int((writers.shown(engine) or "texte 0").split()[1])
        assert stands in (last, last + 1), "the last save may have been committed before it could be told"
    with Session(engine) as session:
        service = session.query(Service).one()
        saved = session.query(Revision).filter(Revision.number > 1).count()
        changes = session.query(SearchChange).filter_by(document="service:soupe").count()
        assert service.version == 1 + saved
        assert acknowledged <= saved <= acknowledged + 4
        # The revision, the index's outbox and the audit log are written with the text or not at all.
        assert changes == saved == session.query(AuditEntry).count()
        newest = revisions.history(session, service)[0]
        assert newest.record["description"]["fr"] == service.description.fr
        session.info["secret_key"] = "x" * 40
        assert audit.verify(session).sound


@pytest.mark.control("C33")
def test_of_eight_who_save_at_once_one_is_kept_and_seven_are_told(engine: Engine) -> None:
    people, rounds = 8, 4
    told: list[list[str]] = [[] for _ in range(rounds)]
    meet = threading.Barrier(people, timeout=60)

    def edit(name: int) -> None:
        for turn in range(rounds):
            meet.wait()
            seen = writers.shown(engine)
            meet.wait()
            told[turn].append(writers.save(engine, f"tour {turn}, personne {name}", seen))

    threads = [threading.Thread(target=edit, args=(name,)) for name in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sorted(answers) for answers in told] == [["conflict"] * (people - 1) + ["saved"]] * rounds
    with Session(engine) as session:
        assert session.query(Service).one().version == 1 + rounds
