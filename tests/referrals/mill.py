"""A process that does to referrals all that can be done, as fast as it can, to be killed in the middle of it.

Run by `tests.killing`, with the address of a database, the folder of its keys, and the ids of a service and a worker.
It says each statement before it is run, so that it is killed within transactions and not only between them.
"""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from guide.database import open_database, writing
from guide.keys import KeyFile
from guide.model import Account, Service, Urgency
from guide.referrals import answering, deadlines, purging, reading, rewrapping, sending
from guide.referrals.life import Party
from tests.referrals.conftest import CONTENT, NOW, SECRET, consent


def main(url: str, instance: str, service: str, worker: str) -> None:
    engine = open_database(url)
    event.listen(engine, "before_cursor_execute", _say)
    run(engine, Path(instance), int(service), int(worker), count())


def run(engine: Engine, folder: Path, service_id: int, worker_id: int, turns: Iterable[int]) -> None:
    """Does in each turn what can be done to a referral; in some it rotates the keys, in some it purges."""
    keys = KeyFile(folder / "referral_keys")

    @contextlib.contextmanager
    def opened() -> Iterator[Session]:
        with Session(writing(engine)) as session:
            session.info.update(secret_key=SECRET, keys=keys, ledger=folder / "erasures")
            yield session
            session.commit()

    for turn in turns:
        now = NOW + timedelta(days=turn % 7)
        with opened() as session:
            service, worker = session.get_one(Service, service_id), session.get_one(Account, worker_id)
            made = sending.send(
                session,
                sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL),
                consent(now),
                now,
            )
        with opened() as session:
            session.add(made)
            reading.open_person(session, made, "visit", now)
            if turn % 3 == 0:
                answering.accept(session, made, "visit", "Lundi", None, now)
            elif turn % 3 == 1:
                answering.decline(session, made, "visit", "full", "Complet", now)
            else:
                sending.withdraw(session, made, Party.SENDER, "account:1", now)
        if turn % 4 == 3:
            keys.add()
            rewrapping.rewrap(opened, keys)
        if turn % 5 == 4:
            with opened() as session:
                # A purge that somebody vouched for settles the clock for the tick too.
                purging.purge(session, now + timedelta(days=31), clock_is_right=True)
                deadlines.tick(session, now + timedelta(days=31))
                purging.purge(session, now + timedelta(days=62), clock_is_right=True)


def _say(connection: object, cursor: object, statement: str, *_: object) -> None:
    print(statement.split()[0], flush=True)
