"""A hidden street is found in a text however it was typed."""

import pytest

from guide.editing.protection import texts_with_street
from guide.editing.street_names import is_written_in

CHURCH = "Avenue de l'Église Saint-Pierre 12"


@pytest.mark.parametrize(
    ("street", "text"),
    [
        ("12, rue des Lilas", "Venez 12, rue des Lilas."),
        ("12 rue des Lilas", "rue des lilas 12 bte 3"),
        ("Rue des Glycines 41", "Au 41, r. des Glycines"),
        (CHURCH, "avenue de l’Église Saint-Pierre"),
        (CHURCH, "AVENUE DE L EGLISE ST-PIERRE 12"),
        (CHURCH, "av. de l'eglise  St\u00a0Pierre"),
        ("Blauweregenstraat 41", "Blauweregen-straat 41"),
        ("Blauweregenstraat 41", "in de blauweregenstr. 41"),
        ("Rue du 8 Mai 3", "rue du 8 mai"),
    ],
)
def test_a_street_is_found_however_it_is_spelled(street: str, text: str) -> None:
    assert is_written_in(street, text)


@pytest.mark.parametrize(
    ("street", "text"),
    [
        ("Rue des Lilas 12", "Dans la rue, des repas pour tous."),
        ("Rue des Lilas 12", "Le lilas fleurit."),
        ("Laan 3", "Een laan met bomen."),
        ("", "Rue des Lilas"),
        ("12", "12"),
    ],
)
def test_another_text_holds_no_street(street: str, text: str) -> None:
    assert not is_written_in(street, text)


def test_lists_and_labels_are_looked_through_too() -> None:
    streets = ["Rue des Glycines 41", "Blauweregenstraat 41"]
    record = {
        "summary": {"fr": "Un lieu calme.", "nl": "Een rustige plek, Blauweregenstraat 41."},
        "documents": {"fr": ["Une pièce d’identité", "La clé de la rue des Glycines"]},
        "closures": [
            {"starts": "2026-12-01", "ends": "2026-12-02", "reason": {"fr": "Travaux r. des Glycines"}}
        ],
        "professional_note": {"fr": "Rue des Glycines 41"},
    }
    assert texts_with_street(record, streets) == ["summary.nl", "documents", "closures"]
