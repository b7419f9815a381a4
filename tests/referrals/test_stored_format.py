"""What was sealed by an earlier version opens and says the same; what is sealed now has the same format.

`stored/sealed_2026_11.json` was written by the code of November 2026: for two referrals their uid, key, and each
part as JSON and as ciphertext. It is never written again: a test that fails here means that sealed fiches of a
running guide would be lost.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from guide.crypto import NONCE
from guide.model.referrals import Referral, ReferralKey, ReferralPart
from guide.referrals import sealing
from guide.referrals.content import (
    Answer,
    Motive,
    Need,
    Person,
    SealedSection,
    Sender,
)
from tests.referrals.conftest import Scenario

STORED: dict[str, Any] = json.loads(
    Path(__file__).with_name("stored").joinpath("sealed_2026_11.json").read_text()
)

MEANT: dict[str, dict[SealedSection, Any]] = {
    "whole": {
        SealedSection.SENDER: Sender(
            organization="Maison d’un essai",
            worker="Personne d’essai",
            function="assistante sociale",
            phone="02 000 00 00",
            email="essai@maison.example",
        ),
        SealedSection.PERSON: Person(
            name="Bleuet",
            contact=("phone", "mail", "post"),
            phone="0400 00 00 99",
            mail="bleuet@maison.example",
            safe="Seulement le matin",
            coming_along="Sa voisine",
        ),
        SealedSection.NEED: Need(
            request="Un colis pour la semaine",
            tried="Le voisin",
            availability="Le mardi",
            language="ar",
            interpreter=True,
            publics=("Habitants de Jette",),
            documents=("Composition de ménage",),
            adults="2",
            children="3",
            children_ages=("0-2", "6-11"),
            age="25-64",
            mobility="Pas d’escaliers",
            bim="unknown",
        ),
        SealedSection.ANSWER: Answer("Mardi à 10 heures, au premier étage."),
        SealedSection.MOTIVE: Motive("Un danger que l’essai invente."),
    },
    "draft": {
        SealedSection.SENDER: Sender(organization="Maison d’un essai"),
        SealedSection.PERSON: Person(name="B.", contact=("none",)),
        SealedSection.NEED: Need(request="Une adresse", language="nl"),
        SealedSection.ANSWER: Answer(),
        SealedSection.MOTIVE: Motive(),
    },
}


def stored(scenario: Scenario, which: str) -> Referral:
    """A referral whose key and sealed parts are those that were recorded."""
    referral = scenario.send()
    sealing.forget(scenario.session, referral)
    referral.uid = STORED[which]["uid"]
    kid, wrapped = scenario.keys.wrap(bytes.fromhex(STORED[which]["key"]), referral.uid)
    scenario.session.add(ReferralKey(referral_id=referral.id, kid=kid, wrapped=wrapped))
    scenario.session.add_all(
        ReferralPart(referral_id=referral.id, part=name, sealed=bytes.fromhex(part["sealed"]))
        for name, part in STORED[which]["parts"].items()
    )
    scenario.session.commit()
    return referral


@pytest.mark.parametrize("which", sorted(STORED))
def test_what_was_sealed_before_opens_and_means_the_same(scenario: Scenario, which: str) -> None:
    referral = stored(scenario, which)
    assert {name: sealing.unseal(scenario.session, referral, name) for name in SealedSection} == MEANT[which]


@pytest.mark.parametrize("which", sorted(STORED))
def test_what_is_sealed_now_is_what_was_sealed_before(scenario: Scenario, which: str) -> None:
    """The same names of parts, bound in the same way, the same names of fields in the same order."""
    referral = stored(scenario, which)
    for name in STORED[which]["parts"]:
        sealing.seal(scenario.session, referral, SealedSection(name), MEANT[which][SealedSection(name)])
    rows = scenario.session.scalars(select(ReferralPart).where(ReferralPart.referral_id == referral.id))
    key = AESGCM(bytes.fromhex(STORED[which]["key"]))
    plain = {
        row.part: key.decrypt(
            row.sealed[:NONCE], row.sealed[NONCE:], f"referral:{referral.uid}:{row.part}".encode()
        ).decode()
        for row in rows
    }
    assert plain == {name: part["plain"] for name, part in STORED[which]["parts"].items()}
