"""Coordinators who merge the same listings at the same moment, each another way: one is done, no circle is made."""

import threading
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.database import writing
from guide.editing import merging, revisions
from guide.editing.listings import successor
from guide.languages import Bilingual
from guide.model import Account, Publication, Role, Service
from tests import databases, factories
from tests.editing.conftest import NOW, make_account

KEYS = ("a", "b", "c")


@pytest.fixture(params=databases.BOTH)
def three(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with three published listings and a coordinator."""
    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield filled(engine)


def filled(engine: Engine) -> Engine:
    with Session(writing(engine)) as session:
        need = factories.need("faim")
        session.add_all([need, make_account(Role.COORDINATOR)])
        session.add_all(
            factories.service(
                key=key,
                name=Bilingual(key, key),
                summary=Bilingual("Un repas."),
                attributes=[factories.filed(need)],
            )
            for key in KEYS
        )
        session.commit()
    return engine


def merge(engine: Engine, gone: str, kept: str, meet: threading.Barrier, told: list[str]) -> None:
    with Session(engine) as reading:
        ids = {service.key: service.id for service in reading.scalars(select(Service))}
    meet.wait()
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        one, other = (session.get_one(Service, ids[key]) for key in (gone, kept))
        # As a page does, which looks at what waits before it merges.
        merging.hold(session, one, other)
        try:
            merging.merge(session, one, other, Edit(session.scalars(select(Account)).one(), NOW))
            session.commit()
            told.append(f"{gone} into {kept}")
        except merging.MergeError:
            told.append("refused")


@pytest.mark.parametrize(
    "pairs", [(("a", "b"), ("b", "a")), (("a", "b"), ("b", "c"), ("c", "a")), tuple(permutations(KEYS, 2))]
)
def test_whoever_comes_second_is_told_and_no_circle_is_made(
    three: Engine, pairs: tuple[tuple[str, str], ...]
) -> None:
    told: list[str] = []
    meet = threading.Barrier(len(pairs), timeout=60)
    threads = [threading.Thread(target=merge, args=(three, *pair, meet, told)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(pairs)  # nobody failed, nobody waited for ever
    require_sound(three, sum(one != "refused" for one in told))


def require_sound(three: Engine, done: int) -> None:
    """Each merged listing leads to its end at once, and as many are published as that leaves."""
    with Session(three) as session:
        published = []
        for service in session.scalars(select(Service).order_by(Service.key)):
            if service.merged_into is None:
                assert service.publication is Publication.PUBLISHED
                published.append(service.key)
            else:
                last = successor(session, service)
                assert last is not None
                # However long the line was, each leads to its end at once.
                assert service.merged_into == last.key
                assert last.publication is Publication.PUBLISHED
        assert len(published) == len(KEYS) - done >= 1


def test_a_merge_and_a_separation_at_one_moment_wait_for_each_other(three: Engine) -> None:
    """Another coordinator's page still shows both: she merges one of them while the first takes it apart."""
    told: list[str] = []
    meet = threading.Barrier(1)
    merge(three, "a", "b", meet, told)
    meet = threading.Barrier(2, timeout=60)

    def apart() -> None:
        with Session(three) as reading:
            number = reading.scalars(select(Service.id).where(Service.key == "a")).one()
        meet.wait()
        with Session(writing(three)) as session:
            session.info["secret_key"] = "x" * 40
            boss = session.scalars(select(Account)).one()
            assert merging.separate(session, session.get_one(Service, number), Edit(boss, NOW))
            session.commit()
            told.append("apart")

    threads = [
        threading.Thread(target=apart),
        threading.Thread(target=merge, args=(three, "a", "c", meet, told)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) in (["a into b", "a into c", "apart"], ["a into b", "apart", "refused"])
    require_sound(three, int("a into c" in told))


def test_a_listing_is_not_merged_into_one_that_leads_elsewhere(three: Engine) -> None:
    """Published and merged at once: an older guide let files say so."""
    with Session(writing(three)) as session:
        session.info["secret_key"] = "x" * 40
        a, b, _c = session.scalars(select(Service).order_by(Service.key)).all()
        boss = session.scalars(select(Account)).one()
        b.merged_into = "a"
        session.flush()
        with pytest.raises(merging.MergeError):
            merging.merge(session, a, b, Edit(boss, NOW))


def test_no_save_makes_a_circle(three: Engine) -> None:
    with Session(writing(three)) as session:
        session.info["secret_key"] = "x" * 40
        a, b, _c = session.scalars(select(Service).order_by(Service.key)).all()
        boss = session.scalars(select(Account)).one()
        merging.merge(session, a, b, Edit(boss, NOW))
        for named in ("a", "b", "nowhere"):
            record = revisions.record_of(b) | {"publication": "archived", "merged_into": named}
            with pytest.raises(revisions.RecordValidationError, match="merged_into"):
                revisions.apply(session, b, record, Edit(boss, NOW))
