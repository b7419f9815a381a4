"""What nobody knows of a listing, in one line; nothing that nobody would ask."""

from datetime import date

import pytest

from guide.directory.asking import AskedBody
from guide.directory.unknown import (
    ON_CARD,
    Unknown,
    is_asked_by_phone,
    unknown,
    unknown_nouns,
    unknown_on_paper,
    unknown_words,
)
from guide.model import PERSON_TO_CALL, ServiceKind, ServiceState, YesNo
from tests import factories
from tests.factories import both

CPAS = AskedBody(PERSON_TO_CALL, both("CPAS"), "02 422 46 11")

TODAY = date(2026, 11, 23)


def test_an_answer_in_the_record_is_no_question() -> None:
    bare = factories.service(phones=[factories.phone()])
    assert unknown(bare, TODAY)[:3] == [Unknown.FOR_WHOM, Unknown.PRICE, Unknown.BRING]
    told = factories.service(
        eligibility=both("Tout le monde"), free=YesNo.NO, papers_needed=YesNo.NO, phones=[factories.phone()]
    )
    assert not {Unknown.FOR_WHOM, Unknown.PRICE, Unknown.BRING, Unknown.CONTACT} & set(unknown(told, TODAY))


def test_an_address_that_is_hidden_is_not_unknown() -> None:
    hidden = factories.service(address_confidential=True, service_at_locations=[factories.location()])
    assert Unknown.PLACE not in unknown(hidden, TODAY)


def test_nobody_goes_to_a_line_or_brings_anything_or_asks_it_what_it_costs() -> None:
    line = factories.service(kind=ServiceKind.HELPLINE, phones=[factories.phone("107")])
    assert not {Unknown.PLACE, Unknown.BRING, Unknown.ACCESS, Unknown.APPOINTMENT} & set(unknown(line, TODAY))
    assert not is_asked_by_phone(line)
    assert "Demandez" not in unknown_on_paper(line, None, "fr", TODAY)


def test_of_what_does_not_exist_nothing_is_asked_but_who_runs_it() -> None:
    for values in ({"kind": ServiceKind.TOOL}, {"state": ServiceState.ANNOUNCED}):
        assert unknown(factories.service(**values), TODAY) == [Unknown.RUN_BY]


def test_an_emergency_number_leaves_no_question_open() -> None:
    assert unknown(factories.service(kind=ServiceKind.HELPLINE, phones=[factories.phone("112")]), TODAY) == []


@pytest.mark.parametrize(("lang", "start"), [("fr", "Pas encore connu\u00a0: "), ("nl", "Nog niet bekend: ")])
def test_it_is_said_in_one_sentence(lang, start: str) -> None:
    nouns = unknown_nouns(factories.service(), lang, TODAY, ON_CARD)
    assert len(nouns) == len(ON_CARD)
    assert unknown_words(nouns, lang) == f"{start}{', '.join(nouns)}."
    assert unknown_words([], lang) == ""


def test_paper_names_a_number_for_who_has_none_also_when_all_is_known() -> None:
    bare = factories.service(phones=[])
    assert unknown_on_paper(bare, CPAS, "fr", TODAY).endswith(
        "Demandez au CPAS\u00a0: 02\u00a0422\u00a046\u00a011."
    )
    assert "Demandez" not in unknown_on_paper(bare, None, "fr", TODAY)
    tool = factories.service(kind=ServiceKind.TOOL, operator=both("Le CPAS"))
    assert unknown_on_paper(tool, None, "fr", TODAY) == ""
