"""Which actions of the plans a listing fulfils: proposed with a sentence, refused without sense, taken back."""

import pytest
from sqlalchemy import select

from guide.model import Fulfilment, FulfilmentState, Service
from tests.web.desks import Desk


def test_a_link_to_an_action_is_proposed_with_a_sentence_and_can_be_taken_back(desk: Desk) -> None:
    page = desk.open("plan")
    target = "pasap-2022-2027/46"
    assert f'value="{target}"' in page.html
    answer = desk.editor.submit(page, "plan", action=target, role="delivers", evidence_fr="", evidence_nl="")
    assert answer.status == 422
    answer = desk.editor.submit(answer, "plan", evidence_nl="Elke dinsdag 40 pakketten.")
    assert answer.status == 303
    with desk.database() as session:
        link = session.scalars(
            select(Fulfilment)
            .join(Fulfilment.action)
            .where(Fulfilment.state == FulfilmentState.PROPOSED)
            .join(Fulfilment.service)
            .where(Service.key == desk.key)
        ).all()
        stated = [found for found in link if found.reason.nl == "Elke dinsdag 40 pakketten."]
        assert len(stated) == 1
        number = stated[0].id
    again = desk.open("plan")
    assert "Elke dinsdag 40 pakketten." in again.words
    taken_back = f"{desk.path('plan')}/{number}/{'retirer' if desk.lang == 'fr' else 'intrekken'}"
    assert desk.editor.submit(again, taken_back).status == 303
    assert "Elke dinsdag 40 pakketten." not in desk.open("plan").words


@pytest.mark.parametrize(
    "values",
    [
        {"action": "pasap-2022-2027/999", "role": "delivers", "evidence_fr": "Oui."},
        {"action": "", "role": "delivers", "evidence_fr": "Oui."},
        {"role": "rules", "evidence_fr": "Oui."},
        {"role": "delivers", "evidence_fr": "Demandez Madame Exemple."},
        {"role": "delivers", "evidence_fr": "x" * 401},
    ],
)
def test_a_link_without_sense_is_not_proposed(quiet_desk: Desk, values: dict[str, str]) -> None:
    page = quiet_desk.open("plan")
    answer = quiet_desk.editor.submit(page, "plan", **({"action": "pasap-2022-2027/46"} | values))
    assert answer.status == 422
    assert 'class="error"' in answer.html
    with quiet_desk.database() as session:
        assert not [found for found in session.scalars(select(Fulfilment)) if found.basis == "stated"]
