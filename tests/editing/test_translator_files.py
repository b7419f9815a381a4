"""A PO file goes out to a translator and comes back: what it changes, what is left aside, and only once."""

import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from guide.audit import Edit
from guide.editing import revisions, translations, translator_files
from guide.editing.listings import record_of, with_values
from guide.editing.translator_files import NotPoError, OtherLanguageError, Reading
from guide.languages import Language
from guide.model import Revision, TextState
from tests.editing.conftest import NOW, Scenario
from tests.queries import counted

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def wanting(scenario: Scenario) -> Scenario:
    """The French is behind, and two Dutch texts are missing."""
    for values in (
        {"description.fr": "Chaque midi.\nMême le dimanche.", "fees.fr": "2 \u00ab\u00a0euros\u00a0\u00bb"},
        {"summary.nl": "Soep en\nbrood."},
        {"summary.nl": "Soep met brood."},
    ):
        record = with_values(record_of(scenario.service), values)
        revisions.apply(scenario.session, scenario.service, record, Edit(scenario.coordinator, NOW))
    return scenario


def out(scenario: Scenario, side: Language) -> Catalog:
    return read_po(io.BytesIO(translator_files.to_po(scenario.session, side, NOW)))


def back(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue)
    return file.getvalue()


def entry(context: str, source: str, words: str, fuzzy: bool = False) -> str:
    flag = "#, fuzzy\n" if fuzzy else ""
    return f'{flag}msgctxt "{context}"\nmsgid "{source}"\nmsgstr "{words}"\n\n'


def take(scenario: Scenario, side: Language, content: bytes) -> Reading:
    return translator_files.take(scenario.session, side, content, Edit(scenario.coordinator, NOW))


def test_what_is_missing_goes_out_empty_and_what_is_behind_as_fuzzy_with_what_it_was(
    wanting: Scenario,
) -> None:
    missing = out(wanting, "nl").get("Chaque midi.\nMême le dimanche.", "soupe.description")
    assert missing is not None
    assert (missing.string, missing.fuzzy) == ("", False)
    behind = out(wanting, "fr").get("Soep met brood.", "soupe.summary")
    assert behind is not None
    assert (behind.string, behind.fuzzy) == ("Un repas chaud.", True)
    assert "was: Een warme maaltijd." in behind.auto_comments


def test_a_file_goes_out_with_its_language_and_the_moment_it_was_made(wanting: Scenario) -> None:
    catalogue = out(wanting, "nl")
    assert str(catalogue.locale) == "nl"
    assert catalogue.creation_date.isoformat().startswith("2026-11-23T10:00")


def test_a_file_comes_back_and_a_second_time_changes_nothing(wanting: Scenario) -> None:
    catalogue = out(wanting, "nl")
    for message in catalogue:
        if message.id:
            message.string = f"Vertaald: {len(message.id)}\ntwee regels"
    content = back(catalogue)
    shown = translator_files.read(wanting.session, "nl", content)
    assert {text.field for text in shown.taken} == {"description", "fees"}
    before = wanting.session.query(Revision).count()
    done = take(wanting, "nl", content)
    assert done.summary == shown.summary
    assert wanting.session.query(Revision).count() == before + 1, "one revision a listing"
    assert wanting.service.description.nl == "Vertaald: 30\ntwee regels"
    assert translations.to_translate(wanting.session, "nl") == []
    again = take(wanting, "nl", content)
    assert (again.taken, again.refused, again.unchanged) == ([], [], 2)
    assert wanting.session.query(Revision).count() == before + 1


def test_a_text_that_is_no_longer_fuzzy_is_current_even_with_the_same_words(wanting: Scenario) -> None:
    catalogue = out(wanting, "fr")
    content = back(catalogue)
    assert translator_files.read(wanting.session, "fr", content).taken == [], "untouched, it says nothing"
    message = catalogue.get("Soep met brood.", "soupe.summary")
    assert message is not None
    message.flags.discard("fuzzy")
    assert len(take(wanting, "fr", back(catalogue)).taken) == 1
    assert translations.to_translate(wanting.session, "fr") == []
    assert take(wanting, "fr", back(catalogue)).unchanged == 1


def test_a_fuzzy_text_is_a_draft_and_the_public_reads_it_as_one(wanting: Scenario) -> None:
    content = HEAD + entry("soupe.fees", "2 «\u00a0euros\u00a0»", "2 euro?", fuzzy=True)
    [text] = take(wanting, "nl", content.encode()).taken
    assert text.draft
    assert translations.side_of(wanting.session, wanting.service, "fees", "nl").state is TextState.DRAFT


def test_what_does_not_fit_is_refused_with_its_reason_and_the_rest_is_taken(wanting: Scenario) -> None:
    content = HEAD + "".join(
        (
            entry("nulle-part.summary", "A", "B"),
            entry("soupe.short_code", "x", "y"),
            entry("soupe.professional_note", "x", "y"),
            entry("soupe.description", "Un vieux texte.", "Een oude tekst."),
            entry("soupe.summary", "Un repas chaud.", ""),
            entry("soupe.name", wanting.service.name.fr or "", "x" * 200),
            entry("soupe.fees", "2 «\u00a0euros\u00a0»", "2 euro"),
        )
    )
    found = translator_files.read(wanting.session, "nl", content.encode())
    assert [(one.context, one.reason) for one in found.refused] == [
        ("nulle-part.summary", "unknown"),
        ("soupe.short_code", "unknown"),
        ("soupe.professional_note", "unknown"),
        ("soupe.description", "source_changed"),
        ("soupe.name", "unsound"),
    ]
    assert found.empty == 1
    assert [text.field for text in take(wanting, "nl", content.encode()).taken] == ["fees"]


@pytest.mark.parametrize("words", ["85.07.30-033.28", "BE68 5390 0754 7034", "een\\ttab"])
def test_a_private_number_or_a_control_character_is_never_taken(wanting: Scenario, words: str) -> None:
    content = HEAD + entry("soupe.fees", "2 «\u00a0euros\u00a0»", f"Stort op {words}")
    [refused] = translator_files.read(wanting.session, "nl", content.encode()).refused
    assert refused.reason == "unsound"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"PK\x03\x04zip",
        b"msgid nothing",
        b'msgid "a"\nmsgstr "\xe9"',
        b'msgid ""\nmsgstr ""\n"POT-Creation-Date: 2026-11-23 10:00+0100\\n fuzzy\\n"\n',
    ],
)
def test_what_is_no_po_in_utf_8_is_said(wanting: Scenario, content: bytes) -> None:
    with pytest.raises(NotPoError):
        translator_files.read(wanting.session, "nl", content)


def test_a_file_of_the_other_language_is_not_mixed_up(wanting: Scenario) -> None:
    with pytest.raises(OtherLanguageError):
        translator_files.read(wanting.session, "nl", back(out(wanting, "fr")))


def test_a_byte_order_mark_and_windows_lines_are_fine(wanting: Scenario) -> None:
    content = (HEAD + entry("soupe.fees", "2 «\u00a0euros\u00a0»", "2 euro")).replace("\n", "\r\n")
    assert len(translator_files.read(wanting.session, "nl", b"\xef\xbb\xbf" + content.encode()).taken) == 1


def test_reading_a_file_asks_two_queries_however_long_it_is(wanting: Scenario) -> None:
    content = (HEAD + entry("soupe.fees", "2 «\u00a0euros\u00a0»", "2 euro") * 1).encode()
    wanting.session.commit()
    with counted(wanting.session) as asked:
        translator_files.read(wanting.session, "nl", content)
    assert len(asked) == 2
