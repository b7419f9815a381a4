"""PDFs: tagged, titled, in their language, with the site's own letters; data is never a command, nor in an error."""

import io
import traceback
from datetime import datetime, timedelta
from typing import Any

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from pypdf import PdfReader

from guide import paths
from guide.clock import BRUSSELS
from guide.directory.wording import Fact
from guide.languages import Language, LocalText
from guide.publish import pdf, typesetter
from guide.publish.pdf import TEMPLATES, Document, TemplateError, TypesettingError, render
from guide.publish.qr import qr_svg
from guide.publish.referral_sheet import Person, Receiver, Request, Sender, Sheet, Slip, as_pdf
from tests.pdf_texts import page_texts

MADE = datetime(2026, 11, 23, 10, 0, tzinfo=BRUSSELS)


def sheet(lang: Language = "fr", words: str = "La phrase.", facts: tuple[Fact, ...] = ()) -> Sheet:
    line = LocalText("Ligne", lang)
    address = "https://guide.example/s/abcd"
    return Sheet(
        lang=lang,
        title="Titre",
        date="23 novembre 2026",
        to=Receiver(
            "Pour",
            line,
            "02 000 00 00",
            [line],
            "",
            "Carte",
            address,
            "guide.example/s/abcd",
            qr_svg(address),
            "Code",
        ),
        person=Person("Personne", "A. D.", [line]),
        sender=Sender("De", "Maison", [line]),
        request=Request("Demande", LocalText(words, "nl"), "Thème", "Normal", False),
        facts=list(facts),
        consent="Accord.",
        slip=Slip("Réponse", "À", "Fiche", "Oui", "Le", "à", "avec", "Non", "Contact", "Tél."),
    )


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def languages_inside(node: Any, found: set[str]) -> set[str]:
    """Every language that the structure of a document names."""
    node = node.get_object()
    if hasattr(node, "get"):
        if node.get("/Lang"):
            found.add(str(node["/Lang"]))
        below = node.get("/K", [])
        for child in below if isinstance(below, list) else [below]:
            if hasattr(child.get_object(), "get"):
                languages_inside(child, found)
    return found


@pytest.mark.parametrize(("lang", "said"), [("fr", "fr-BE"), ("nl", "nl-BE")])
def test_a_pdf_is_tagged_titled_and_says_its_language(lang: Language, said: str) -> None:
    document = read(as_pdf([sheet(lang)], MADE))
    root = document.root_object
    assert root["/Lang"] == said
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert document.metadata.title == "Titre"


def test_words_in_another_language_are_marked_as_such() -> None:
    root = read(as_pdf([sheet("fr"), sheet("nl")], MADE)).root_object
    assert any(lang.startswith("nl") for lang in languages_inside(root["/StructTreeRoot"], set()))


def test_the_same_call_gives_the_same_file_and_another_moment_another_date() -> None:
    assert as_pdf([sheet()], MADE) == as_pdf([sheet()], MADE)
    assert as_pdf([sheet()], MADE) != as_pdf([sheet()], MADE + timedelta(days=1))


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a5", 420)])
def test_the_paper_is_chosen(paper: pdf.Paper, width: int) -> None:
    content = render(Document("referral_sheet", "Titre", "fr", MADE, paper), {"sheets": []})
    (page,) = read(content).pages
    assert round(float(page.mediabox.width)) == width


def test_the_letters_are_the_sites_own_and_no_font_of_the_machine() -> None:
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for font in read(as_pdf([sheet()], MADE)).pages[0]["/Resources"]["/Font"].values()
    }
    assert {"PublicSans-Regular", "PublicSans-Bold"} <= {name.removesuffix("-Identity-H") for name in names}
    families = set(typesetter.fonts(TEMPLATES).families())
    assert families == {
        "Public Sans",
        "Libertinus Serif",
        "DejaVu Sans Mono",
        "New Computer Modern",
        "New Computer Modern Math",
    }


@pytest.mark.parametrize("weight", [400, 700])
def test_the_letters_of_the_pdfs_are_cut_from_the_sites_file(weight: int) -> None:
    source = TTFont(paths.STATIC / "vendor" / "fonts" / "public-sans.woff2")
    written = io.BytesIO()
    source.flavor = None
    instancer.instantiateVariableFont(source, {"wght": weight}).save(written)
    wanted = TTFont(io.BytesIO(written.getvalue()))
    found = TTFont(TEMPLATES / "fonts" / f"public-sans-{weight}.ttf")
    assert found.getBestCmap() == wanted.getBestCmap()
    for name in wanted.getGlyphOrder():
        drawn = []
        for font in (wanted, found):
            letters = font.getGlyphSet()
            pen = DecomposingRecordingPen(letters)
            letters[name].draw(pen)
            drawn.append((letters[name].width, pen.value))
        assert drawn[0] == drawn[1], name


def test_signs_that_no_font_has_are_said_without_repeating_them() -> None:
    one = sheet(words="secret ትግርኛ")
    with pytest.raises(TypesettingError) as raised:
        as_pdf([one], MADE)
    told = "".join(traceback.format_exception(raised.value))
    assert "secret" not in told
    assert "ትግርኛ" not in told


def test_a_broken_template_is_named_and_its_data_is_not() -> None:
    data = {"sheets": [{"lang": "secret"}]}
    with pytest.raises(TemplateError) as raised:
        render(Document("referral_sheet", "x", "fr", MADE), data)
    told = "".join(traceback.format_exception(raised.value))
    assert "referral_sheet" in told
    assert "secret" not in told


def test_a_long_answer_takes_the_whole_width() -> None:
    long, short = ("x y " * 60).strip(), "court"
    facts = tuple(Fact("Question", [LocalText(words, "fr")]) for words in (short, long, short))
    (text,) = page_texts(as_pdf([sheet(facts=facts)], MADE))
    assert "court" in text
    assert "x y x y" in text
