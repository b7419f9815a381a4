"""A translator's answer holds for the two texts she read, and for no others."""

import pytest

from guide.audit import Edit
from guide.editing import revisions, translating, translations
from guide.editing.listings import record_of, with_values
from guide.editing.translations import Side
from guide.model import AuditEntry, Revision, TextState
from tests.editing.conftest import NOW, House

SEEN = ("Un repas chaud.", "Soep.")


def change(house: House, values: dict[str, str | None]) -> None:
    record = with_values(record_of(house.service), values)
    revisions.apply(house.session, house.service, record, Edit(house.coordinator, NOW))


@pytest.fixture
def behind(house: House) -> Side:
    change(house, {"summary.nl": "Soep."})
    return translations.side_of(house.session, house.service, "summary", "fr")


def state(house: House) -> TextState:
    return translations.side_of(house.session, house.service, "summary", "fr").state


def test_what_is_written_is_current_and_makes_the_other_side_no_older(house: House, behind: Side) -> None:
    assert behind.state is TextState.BEHIND
    translating.write(house.session, behind, "De la soupe.", SEEN, Edit(house.coordinator, NOW))
    assert house.service.summary.fr == "De la soupe."
    assert (
        translations.to_translate(house.session, "fr") == translations.to_translate(house.session, "nl") == []
    )


def test_who_read_both_may_say_that_it_still_says_the_same(house: House, behind: Side) -> None:
    translating.call_right(house.session, behind, SEEN, Edit(house.coordinator, NOW))
    assert state(house) is TextState.CURRENT
    assert house.service.summary.fr == "Un repas chaud."
    assert house.session.query(AuditEntry).filter_by(verb="translation_current").count() == 1


def test_words_left_as_they_were_are_called_right(house: House, behind: Side) -> None:
    versions = house.session.query(Revision).count()
    translating.write(house.session, behind, "Un repas chaud.", SEEN, Edit(house.coordinator, NOW))
    assert state(house) is TextState.CURRENT
    assert house.session.query(Revision).count() == versions
    assert house.session.query(AuditEntry).filter_by(verb="translation_current").count() == 1


@pytest.mark.parametrize("values", [{"summary.nl": "Brood."}, {"summary.fr": "Du pain."}])
def test_when_one_of_the_two_is_another_nothing_is_done(
    house: House, behind: Side, values: dict[str, str | None]
) -> None:
    change(house, values)
    before = record_of(house.service)
    with pytest.raises(translating.TextChangedError) as told:
        translating.write(house.session, behind, "De la soupe.", SEEN, Edit(house.coordinator, NOW))
    assert told.value.stands.words == house.service.summary.fr
    with pytest.raises(translating.TextChangedError):
        translating.call_right(house.session, behind, SEEN, Edit(house.coordinator, NOW))
    assert record_of(house.service) == before


def test_two_who_write_the_same_words_agree(house: House, behind: Side) -> None:
    for _person in range(2):
        translating.write(house.session, behind, "De la soupe.", SEEN, Edit(house.coordinator, NOW))
    assert house.service.summary.fr == "De la soupe."


def test_a_text_nobody_edits_at_the_desk_can_be_translated_too(house: House) -> None:
    change(house, {"operator.fr": "La commune", "operator.nl": "De gemeente"})
    change(house, {"operator.nl": "De gemeente Jette"})
    text = translations.side_of(house.session, house.service, "operator", "fr")
    seen = ("La commune", "De gemeente Jette")
    translating.write(house.session, text, "La commune de Jette", seen, Edit(house.coordinator, NOW))
    assert house.service.operator.fr == "La commune de Jette"
