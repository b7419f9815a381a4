"""The tables keep what they are given: two languages as one value, lists, words out of a list."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, configure_mappers

from guide import model
from guide.languages import Bilingual
from guide.model import Base, Fulfilment, Organization, Service, ServiceKind, UrgentNumber, YesNo
from tests import databases, factories

session = databases.session_in_ci

TABLES = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def again(session: Session, made: Service) -> Service:
    """The same record as the database gives it back."""
    session.add(made)
    session.commit()
    session.expunge_all()
    return session.scalars(select(type(made))).one()


@pytest.mark.parametrize(
    "text",
    [
        Bilingual("soupe", "soep"),
        Bilingual("soupe"),
        Bilingual(nl="soep"),
        Bilingual(),
        Bilingual("é œ ’ « » \u00a0 😀\nligne", "ë ij"),
    ],
)
def test_a_text_in_two_languages_comes_back_as_it_was_given(session: Session, text: Bilingual) -> None:
    found = again(session, factories.service(description=text))
    assert found.description == text
    assert isinstance(found.description, Bilingual)


def test_a_text_that_was_never_written_is_an_empty_one_and_no_nothing(session: Session) -> None:
    assert again(session, factories.service()).fees == Bilingual()


def test_one_side_of_a_text_changes_with_the_whole_text(session: Session) -> None:
    found = again(session, factories.service(fees=Bilingual("gratuit", "gratis")))
    found.fees = Bilingual("1 euro")
    session.commit()
    session.expire_all()
    assert found.fees == Bilingual("1 euro")


def test_texts_are_stored_beside_each_other_in_columns_of_equal_rank() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith("_fr"):
                twin = table.columns[f"{column.name[:-3]}_nl"]
                assert (twin.nullable, str(twin.type)) == (column.nullable, str(column.type))
                assert column.nullable


@pytest.mark.parametrize("field", ["access_modes", "languages"])
def test_a_list_that_was_not_given_is_an_empty_one(session: Session, field: str) -> None:
    made = factories.service()
    bare = Service(key="bare", short_code="bare", kind=made.kind, state=made.state, name=made.name)
    found = again(session, bare)
    assert getattr(found, field) == []
    assert (found.alternate_names, found.required_documents) == ({}, {})


def test_defaults_of_one_record_are_not_those_of_another(session: Session) -> None:
    made = [Organization(key=key, kind="unknown", name=factories.both(key)) for key in "ab"]
    session.add_all(made)
    session.flush()
    made[0].alternate_names["fr"] = ["x"]
    assert made[1].alternate_names == {}


def test_a_word_out_of_a_list_comes_back_as_that_word(session: Session) -> None:
    found = again(session, factories.service(kind="benefit", free="yes"))
    assert found.kind is ServiceKind.BENEFIT
    assert found.free is YesNo.YES
    assert found.wheelchair is None


@pytest.mark.parametrize("field", ["key", "short_code"])
def test_two_services_never_share_a_key_or_a_short_code(session: Session, field: str) -> None:
    session.add_all([factories.service(**{field: "same"}), factories.service(**{field: "same"})])
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_service_fulfils_an_action_once(session: Session) -> None:
    action, service = factories.action(), factories.service()
    links = [factories.fulfilment(action, service) for _ in range(2)]
    session.add_all([factories.plan([action]), *links])
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_service_that_goes_takes_its_parts_and_links_along(session: Session) -> None:
    action = factories.action()
    service = factories.open_service(phones=[factories.phone()], service_at_locations=[factories.location()])
    factories.fulfilment(action, service)
    session.add(factories.plan([action]))
    session.commit()
    session.expire_all()
    session.delete(service)
    session.commit()
    for table in (model.Phone, model.Location, model.Schedule, Fulfilment, model.Citation):
        assert session.scalars(select(table)).all() == [], table


def test_every_table_has_a_name_of_the_field_and_a_class_of_that_name() -> None:
    configure_mappers()
    assert set(TABLES) == set(Base.metadata.tables)
    for name, table in TABLES.items():
        assert name == "".join(f"_{c.lower()}" if c.isupper() else c for c in table.__name__).lstrip("_")
        # The referral tables are for `guide.referrals` alone: the package does not hand them on.
        handed_on = table.__module__ != "guide.model.referrals"
        assert getattr(model if handed_on else model.referrals, table.__name__) is table
        assert (table.__name__ in model.__all__) is handed_on
        assert table.__doc__


def test_every_constraint_can_be_named_by_a_migration() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"


def test_hours_of_an_urgent_number_are_kept_as_given(session: Session) -> None:
    slot = {"kind": "phone", "byday": ["MO"], "opens_at": "09:00", "closes_at": "17:00"}
    purpose = factories.both("parler")
    row = UrgentNumber(key="107", number="107", purpose=purpose, block="talk", schedules=[slot])
    assert again(session, row).schedules == [slot]
