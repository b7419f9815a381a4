"""Who receives a fiche-relais: ordinary services, on paper also those whose number nobody knows; no line to call."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.model import Publication, Service, UrgentNumber
from guide.referrals.receivers import (
    NoReceiver,
    can_receive,
    services_that_receive,
    takes_paper,
    why_not,
)

LINES = (
    "urgence-112",
    "police-101",
    "awel-102",
    "ecoute-enfants-103",
    "croix-rouge-105",
    "tele-onthaal-106",
    "tele-accueil-107",
    "1712",
    "zelfmoordlijn-1813",
    "prevention-suicide",
    "ecoute-violences-conjugales",
    "sos-viol",
    "allo-aide-sociale",
    "samusocial",
)
ORDINARY = ("resto-jet", "cpas-jette", "cellule-energie", "caba-jette", "bulle", "doucheflux")


def named(session: Session, key: str) -> Service:
    return session.scalars(select(Service).where(Service.key == key)).one()


@pytest.mark.parametrize("key", LINES)
def test_a_line_to_call_receives_no_fiche_even_when_its_listing_says_so(directory: Session, key: str) -> None:
    service = named(directory, key)
    service.accepts_relay, service.relay_email = True, "relais@maison.example"
    directory.flush()
    assert why_not(service) is NoReceiver.CALL
    assert not can_receive(service)
    assert key not in {one.key for one in services_that_receive(directory)}


@pytest.mark.parametrize("key", ORDINARY)
def test_an_ordinary_service_receives_a_fiche_on_paper(directory: Session, key: str) -> None:
    assert takes_paper(named(directory, key))


def test_every_number_of_the_first_blocks_is_a_line(directory: Session) -> None:
    rows = directory.scalars(select(UrgentNumber).where(UrgentNumber.block.in_(("danger", "talk", "bed"))))
    assert all(row.service.is_called for row in rows if row.service is not None)


def test_what_is_kept_for_professionals_is_on_no_paper_and_may_be_sent_to(directory: Session) -> None:
    service = named(directory, "crisis-bxl")
    assert why_not(service) is NoReceiver.PROFESSIONALS
    service.accepts_relay, service.relay_email = True, "relais@maison.example"
    assert can_receive(service)


@pytest.mark.parametrize("key", ["fiche-relais", "guichet-surendettement", "job-coaching", "tickets-s"])
def test_what_does_not_exist_or_has_no_door_receives_nothing(directory: Session, key: str) -> None:
    assert why_not(named(directory, key)) is NoReceiver.NOT_THERE


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.IN_REVIEW, Publication.ARCHIVED])
def test_what_is_not_published_receives_nothing(directory: Session, publication: Publication) -> None:
    service = named(directory, "caba-jette")
    service.publication = publication
    assert why_not(service) is NoReceiver.NOT_THERE
    service.accepts_relay, service.relay_email = True, "relais@maison.example"
    assert not can_receive(service)
