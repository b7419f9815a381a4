"""Whom one asks about a listing without a number: by who runs it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.asking import AskedBody, BodiesToAsk, ask_sentence, ask_words, bodies_to_ask, whom_to_ask
from guide.languages import LANGUAGES, Bilingual
from guide.model import PERSON_TO_CALL, Organization, Service, ServiceKind, ServiceState
from tests import factories
from tests.factories import both

CPAS = AskedBody(PERSON_TO_CALL, both("CPAS"), "02 422 46 11")
COMMUNE = AskedBody("commune-jette", both("Commune"), "02 423 12 11")
OPEN = AskedBody("accueil", both("La Maison"), "02 111 11 11")
REFUGE = AskedBody("refuge", both("Le Refuge"), "02 222 22 22", sensitive=True)


def asked(service: Service, own: tuple[AskedBody, ...] = ()) -> AskedBody | None:
    return whom_to_ask(service, BodiesToAsk({7: own}, COMMUNE, CPAS))


def test_a_listing_with_a_number_of_its_own_sends_nobody_elsewhere() -> None:
    assert asked(factories.service(phones=[factories.phone()])) is None


def test_the_organisation_that_runs_it_knows_best() -> None:
    assert asked(factories.service(organization_id=7, operator=both("Commune de Jette")), (OPEN,)) == OPEN


@pytest.mark.parametrize(
    ("operator", "body"),
    [
        ("Commune de Jette", COMMUNE),
        ("Commune et CPAS de Jette", COMMUNE),
        ("Écoles et commune de Jette", COMMUNE),
        ("CPAS, commune de Jette et une agence", CPAS),
        ("La communauté du quartier", CPAS),
        ("Associations de Jette", CPAS),
        ("", CPAS),
    ],
)
def test_the_public_body_that_runs_it_is_asked_and_else_the_cpas(operator: str, body: AskedBody) -> None:
    assert asked(factories.service(organization_id=7, operator=Bilingual(operator, ""))) == body


def test_a_dutch_operator_names_the_commune_too() -> None:
    assert asked(factories.service(operator=Bilingual("", "Gemeente Jette"))) == COMMUNE


def test_the_number_of_a_sensitive_listing_stands_on_sensitive_pages_only() -> None:
    assert asked(factories.service(organization_id=7), (REFUGE, OPEN)) == OPEN
    assert asked(factories.service(organization_id=7), (REFUGE,)) == CPAS
    assert asked(factories.service(organization_id=7, sensitive=True), (REFUGE,)) == REFUGE


def test_what_needs_no_call_asks_nobody() -> None:
    for kind in (ServiceKind.TOOL, ServiceKind.PROGRAMME, ServiceKind.MEASURE):
        assert asked(factories.service(kind=kind)) is None
    for state in (ServiceState.ANNOUNCED, ServiceState.ENDED):
        assert asked(factories.service(state=state)) is None


def test_nobody_is_named_when_no_number_is_left() -> None:
    assert whom_to_ask(factories.service(), BodiesToAsk({}, None, None)) is None
    run = factories.service(operator=both("Commune de Jette"))
    assert whom_to_ask(run, BodiesToAsk({}, None, CPAS)) == CPAS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_name_who_is_asked(lang) -> None:
    for body in (CPAS, COMMUNE, OPEN):
        name = {
            PERSON_TO_CALL: {"fr": "CPAS", "nl": "OCMW"},
            "commune-jette": {"fr": "commune", "nl": "gemeente"},
        }
        wanted = name.get(body.key, {"fr": "La Maison", "nl": "La Maison"})[lang]
        assert wanted in ask_words(body, lang)
        assert wanted in ask_sentence(body, lang)


def test_of_its_own_listings_the_main_one_is_asked_then_the_parents(directory: Session) -> None:
    bodies = bodies_to_ask(directory)
    ids = {one.key: one.id for one in directory.scalars(select(Organization))}
    assert bodies.cpas is not None
    assert bodies.commune is not None
    assert bodies.cpas.key == PERSON_TO_CALL
    assert bodies.of_organization[ids["cpas-jette"]][0] == bodies.cpas
    assert bodies.of_organization[ids["commune-jette"]][0] == bodies.commune
    # CABA is part of the CPAS, and has no number.
    assert bodies.of_organization[ids["caba-jette"]][0] == bodies.cpas


def test_what_strangers_may_not_call_and_what_is_called_in_a_crisis_is_asked_nothing(
    directory: Session,
) -> None:
    bodies = bodies_to_ask(directory)
    keys = {body.key for its in bodies.of_organization.values() for body in its}
    found = directory.scalars(select(Service).where(Service.key.in_(keys))).all()
    assert len(found) == len(keys) > 5
    for service in found:
        assert service.is_public
        assert service.kind is ServiceKind.SERVICE
        assert service.key == PERSON_TO_CALL or not service.is_called


def test_every_shipped_listing_that_is_asked_about_can_be_called(directory: Session) -> None:
    bodies = bodies_to_ask(directory)
    for service in directory.scalars(select(Service).where(Service.is_public)):
        exists = service.state is ServiceState.EXISTING
        if exists and service.kind in (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT):
            assert service.phones or whom_to_ask(service, bodies), service.key
