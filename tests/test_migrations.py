"""The migrations make the tables of the models, up and down, and leave nothing behind when they fail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select, text
from sqlalchemy.orm import Session

from guide import migrations
from guide.model import Base, LoadedRecord, Organization, Proposal, Revision, Service
from tests import databases, factories

BEFORE_HOLIDAYS = "0008"
"""The revision before hours said what becomes of them on public holidays."""
NEEDED: dict[str, Any] = {
    "visibility": "public",
    "sensitive": False,
    "alternate_names": {},
    "required_documents": {},
    "access_modes": [],
    "address_confidential": False,
    "languages": [],
    "review_interval_months": 6,
    "accepts_relay": False,
    "version": 1,
}
"""What every row of `service` holds."""


@pytest.fixture(params=databases.BOTH)
def engine(request, tmp_path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with databases.database_of(request.param, tmp_path) as engine:
        yield engine


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_from_an_empty_database_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again_ends_where_it_began(engine: Engine) -> None:
    migrations.upgrade(engine)
    made = tables(engine)
    migrations.downgrade(engine, "base")
    assert tables(engine) == set()
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    assert tables(engine) == made == set(Base.metadata.tables)


def test_an_upgrade_that_has_nothing_to_do_keeps_what_is_there(engine: Engine) -> None:
    migrations.upgrade(engine)
    with Session(engine) as session:
        session.add(factories.organization(key="kept"))
        session.commit()
    migrations.upgrade(engine)
    with Session(engine) as session:
        assert [row.key for row in session.query(Organization)] == ["kept"]


def test_a_migration_that_fails_leaves_nothing(engine: Engine, monkeypatch) -> None:
    create = op.create_table
    made = []

    def full(name, *columns, **options):
        if len(made) == 5:
            raise OSError("the disk is full")
        made.append(name)
        return create(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", full)
    with pytest.raises(OSError, match="the disk is full"):
        migrations.upgrade(engine)
    assert len(made) == 5
    assert inspect(engine).get_table_names() == []
    assert migrations.current(engine) is None
    monkeypatch.undo()
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()


def test_every_constraint_has_a_name_that_a_migration_can_use(engine: Engine) -> None:
    migrations.upgrade(engine)
    inspector = inspect(engine)
    for table in Base.metadata.tables:
        # SQLite keeps no name for a key that counts by itself (AUTOINCREMENT).
        assert inspector.get_pk_constraint(table)["name"] in (f"pk_{table}", None)
        assert all(key["name"].startswith(f"fk_{table}_") for key in inspector.get_foreign_keys(table))
        assert all(key["name"].startswith(f"uq_{table}_") for key in inspector.get_unique_constraints(table))


def test_hours_that_are_there_say_nothing_of_holidays_after_the_upgrade(engine: Engine) -> None:
    migrations.upgrade(engine)
    with Session(engine) as session:
        session.add(factories.open_service(key="kept", closures=[], phones=[factories.phone()]))
        session.commit()
    migrations.downgrade(engine, BEFORE_HOLIDAYS)
    assert "holidays" not in {column["name"] for column in inspect(engine).get_columns("schedule")}
    migrations.upgrade(engine)
    with Session(engine) as session:
        kept = session.scalars(select(Service)).one()
        assert [(slot.opens_at, slot.closes_at, slot.holidays) for slot in kept.schedules] == [
            ("09:00", "17:00", None)
        ]
        assert (kept.key, kept.after_hours_phone, len(kept.phones)) == ("kept", None, 1)


def test_places_and_proposals_of_before_0017_stand_where_they_stood(engine: Engine) -> None:
    """A guide of revision 0016: a listing of two addresses with hours, and a proposal on both that waits."""
    migrations.upgrade(engine, "0016")
    streets = ("rue Une 1", "rue Deux 2")
    slots = [{"kind": "visit", "byday": ["MO"], "opens_at": "20:00", "closes_at": "24:00"}]
    base = {"addresses": [{"street": {"fr": street}} for street in streets], "schedules": slots}
    record = base | {"addresses": [{"street": {"fr": "rue Neuve 9"}}, base["addresses"][1]]}
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        add = {name: table.insert() for name, table in tables.tables.items()}
        words = {"key": "a", "short_code": "aaaa", "kind": "service", "state": "existing"}
        listing = connection.execute(
            add["service"].values(**words, publication="published", safety_decided=False, **NEEDED)
        ).inserted_primary_key[0]
        for place, street in enumerate(streets):
            connection.execute(
                add["location"].values(service_id=listing, position=place, address_1_fr=street)
            )
        connection.execute(add["schedule"].values(service_id=listing, position=0, **slots[0]))
        connection.execute(add["phone"].values(service_id=listing, position=0, number="107"))
        connection.execute(
            add["proposal"].values(
                service_id=listing,
                state="waiting",
                base=base,
                record=record,
                minor=[],
                kept={"addresses": {"before": base["addresses"], "words": record["addresses"]}},
                version=1,
                created_at=moment,
                changed_at=moment,
            )
        )
        connection.execute(
            add["revision"].values(
                service_id=listing, number=1, at=moment, why="", fields=[], record=base, to_see=False
            )
        )
        connection.execute(
            add["loaded_record"].values(kind="services", key="a", content=base, loaded_at=moment)
        )
    migrations.upgrade(engine)
    with Session(engine) as session:
        kept = session.scalars(select(Service)).one()
        assert [(place.key, place.street.fr) for place in kept.places] == [
            ("1", streets[0]),
            ("2", streets[1]),
        ]
        assert [(slot.closes_at, slot.address) for slot in kept.schedules] == [("24:00", None)]
        assert [(line.number, line.address) for line in kept.phones] == [("107", None)]
        proposal = session.scalars(select(Proposal)).one()
        assert [address["key"] for address in proposal.base["addresses"]] == ["1", "2"]
        assert [address["street"]["fr"] for address in proposal.record["addresses"]] == [
            "rue Neuve 9",
            streets[1],
        ]
        loaded = session.get(LoadedRecord, ("services", "a"))
        revision = session.scalars(select(Revision)).one()
        assert loaded is not None
        assert loaded.content["addresses"] == revision.record["addresses"] == proposal.base["addresses"]
        assert proposal.kept["addresses"]["before"] == proposal.base["addresses"]
        # A night, a day of the month: revision 0016 can say the one in two slots, and not the other.
        kept.schedules[0].closes_at = "08:00"
        first_sunday = factories.slot("10:00", "13:00", ["1SU"])
        kept.schedules.append(first_sunday)
        session.commit()
    migrations.downgrade(engine, "0016")
    with engine.connect() as connection:
        places = connection.execute(
            text("SELECT service_id, position, address_1_fr FROM location ORDER BY position")
        ).all()
        assert [tuple(row) for row in places] == [(listing, 0, streets[0]), (listing, 1, streets[1])]
        slots = connection.execute(text("SELECT opens_at, closes_at FROM schedule ORDER BY opens_at")).all()
        assert [tuple(row) for row in slots] == [("00:00", "08:00"), ("20:00", "24:00")]


def test_what_was_decided_before_0012_is_with_its_author_again(engine: Engine) -> None:
    """A guide of revision 0008 with proposals at every end: their words are kept, what was published is not."""
    migrations.upgrade(engine, "0008")
    base = {"name": {"fr": "Soupe"}, "summary": {"fr": "Un bol."}, "phones": [{"number": "107"}]}
    record = base | {"summary": {"fr": "Deux bols.", "nl": "Twee kommen."}, "phones": []}
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["service", "proposal", "revision"])
        listings = {}
        for number, (publication, merged) in enumerate(
            (("published", None), ("archived", "a"), ("archived", None))
        ):
            listings[publication, merged] = connection.execute(
                tables.tables["service"]
                .insert()
                .values(
                    key=f"s{number}",
                    short_code=f"s{number}aa",
                    kind="service",
                    state="existing",
                    publication=publication,
                    merged_into=merged,
                    **NEEDED,
                )
            ).inserted_primary_key[0]
        proposals = {}
        for state, listing in (
            ("refused", ("published", None)),
            ("partly", ("published", None)),
            ("withdrawn", ("published", None)),
            ("superseded", ("archived", "a")),
            ("superseded", ("archived", None)),
            ("accepted", ("published", None)),
            ("waiting", ("published", None)),
        ):
            proposals[state, listing] = connection.execute(
                tables.tables["proposal"]
                .insert()
                .values(
                    service_id=listings[listing],
                    state=state,
                    base=base,
                    record=record,
                    minor=[],
                    version=1,
                    created_at=moment,
                    changed_at=moment,
                )
            ).inserted_primary_key[0]
        connection.execute(
            tables.tables["revision"]
            .insert()
            .values(
                service_id=listings["published", None],
                number=2,
                at=moment,
                proposal_id=proposals["partly", ("published", None)],
                why="",
                fields=["summary.fr", "citations"],
                record=record,
                to_see=False,
            )
        )
    migrations.upgrade(engine)
    with Session(engine) as session:
        found = {one.id: one for one in session.query(Proposal)}
        whole = {"summary.fr", "summary.nl", "phones"}
        for (state, listing), number in proposals.items():
            left = {"partly": whole - {"summary.fr"}, "accepted": set(), "waiting": set()}.get(state, whole)
            assert set(found[number].kept) == left, state
            aside = {"a": "merged", None: "archived"}[listing[1]] if state == "superseded" else None
            assert found[number].set_aside == aside
            assert found[number].record == record
        first = found[proposals["refused", ("published", None)]]
        assert first.kept["phones"] == {"before": [{"number": "107"}], "words": []}
    migrations.downgrade(engine, "0008")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM proposal")).scalar() == len(proposals)


def test_what_was_noted_in_english_of_a_mail_has_its_code_and_every_row_is_kept(engine: Engine) -> None:
    """Revision 0009 makes the table of mails anew on SQLite."""
    noted = {
        "the mail server refuses this receiver (550)": "receiver",
        "the mail server refuses this receiver (450)": "later",
        "the mail server did not take the message (554)": "content",
        "the mail server cannot be used (ConnectionRefusedError)": "unreachable",
        "the mail server cannot be used (SMTPAuthenticationError)": "login",
        "the text cannot be made (UndefinedError)": "text",
        "handed to the mail server, whose answer nobody noted": "on_its_way",
        "something nobody wrote": None,
        None: None,
    }
    migrations.upgrade(engine, "0008")
    columns = (
        "id, message_id, kind, language, address, content, sealed, created_at, next_try_at, tries, problem"
    )
    with engine.begin() as connection:
        for number, words in enumerate(noted, start=1):
            connection.execute(
                text(
                    f"INSERT INTO mail ({columns}) VALUES (:id, :name, 'reminder', 'fr', 'a@b.example', "
                    "'{\"é\": [1]}', :sealed, '2026-11-23 09:00:00', '2026-11-23 09:00:00', 3, :words)"
                ),
                {"id": number, "name": f"m{number}", "sealed": b"\x00\xff", "words": words},
            )
        before = connection.execute(text(f"SELECT {columns} FROM mail ORDER BY id")).all()
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT {columns} FROM mail ORDER BY id")).all() == before
        codes = list(connection.scalars(text("SELECT reason FROM mail ORDER BY id")))
        assert codes == list(noted.values())
    migrations.downgrade(engine, "0008")
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT {columns} FROM mail ORDER BY id")).all() == before
