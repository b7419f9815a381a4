"""Paper from the pages: choices by plain addresses, PDFs that may be kept, sheets of single services."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from guide import settings
from guide.languages import Language
from guide.publish import leaflets
from guide.publish.press import Press
from guide.web.public import printing
from tests.commands import commands
from tests.pages import PageClient
from tests.words import folded

CHOICES = {"fr": "/fr/imprimer", "nl": "/nl/afdrukken"}
BOOKLET = {"fr": "/fr/imprimer/guide.pdf", "nl": "/nl/afdrukken/gids.pdf"}
NEED = {"fr": "choix", "nl": "keuze"}
TEXT = {"fr": "texte", "nl": "tekst"}


def pdf(answer) -> PdfReader:
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    return PdfReader(io.BytesIO(answer.get_data()))


def test_the_choices_are_a_plain_form_of_this_language(client: PageClient, lang: Language) -> None:
    page = client.get(CHOICES[lang])
    assert page.status == 200
    assert f'action="{BOOKLET[lang]}"' in page.html
    values = [element.attributes["value"] for element in page.all("option")]
    assert {"", "need-faim", "area-mercier"} <= set(values)
    assert "list" not in values, "nothing is kept yet"
    ticked = [one.attributes["value"] for one in page.all("input") if "checked" in one.attributes]
    assert ticked == [lang, "a4"]


def test_a_page_of_a_need_and_results_and_a_list_lead_to_their_choices(client: PageClient) -> None:
    (link,) = [one for one in client.get("/fr/besoins/faim").links() if one.startswith("/fr/imprimer")]
    assert 'value="need-faim" selected' in client.get(link).html
    (link,) = [one for one in client.get("/nl/diensten/?q=honger").links() if one.startswith("/nl/afdrukken")]
    assert 'value="list" selected' in client.get(link).html
    links = [one for one in client.get("/fr/ma-liste?s=huys,8d48").links() if one.startswith("/fr/imprimer")]
    page = client.get(links[0])
    assert 'name="s" value="huys,8d48"' in page.html
    assert 'value="list" selected' in page.html
    assert page.headers["Cache-Control"].startswith("private")
    assert "/fr/imprimer" in client.get("/fr/mode-d-emploi").links()


def test_one_need_is_printed_from_its_address(client: PageClient, lang: Language) -> None:
    answer = client.http.get(f"{BOOKLET[lang]}?{NEED[lang]}=need-faim&{TEXT[lang]}={lang}&papier=a5")
    document = pdf(answer)
    assert round(float(document.pages[0].mediabox.width)) == 420
    assert document.root_object["/Lang"] == f"{lang}-BE"
    assert ("J’ai faim" if lang == "fr" else "Ik heb honger") in document.metadata.title
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")


def test_a_list_is_printed_in_its_order_and_kept_by_nobody_else(client: PageClient) -> None:
    answer = client.http.get("/fr/imprimer/guide.pdf?choix=list&s=huys,8d48&texte=both&papier=a5-imposed")
    assert len(pdf(answer).pages) % 2 == 0
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_need_that_nobody_should_see_is_not_kept_by_the_browser(client: PageClient) -> None:
    answer = client.http.get("/fr/imprimer/guide.pdf?choix=need-danger")
    pdf(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "danger" not in answer.headers["Content-Disposition"]


def test_a_list_with_a_listing_that_nobody_should_see_is_not_kept_by_the_browser(client: PageClient) -> None:
    for path in ("/fr/imprimer/guide.pdf?choix=list&s=", "/fr/imprimer?s="):
        assert client.http.get(path + "3qub").headers["Cache-Control"] == "no-store"
        assert client.http.get(path + "huys").headers["Cache-Control"].startswith("private")


def test_nothing_printed_is_kept_on_a_telephone_that_is_not_ones_own(client: PageClient) -> None:
    client.http.set_cookie("partage", "1")
    for path in ("guide.pdf?choix=list&s=huys", "guide.pdf?choix=need-numerique", "fiche/huys.pdf"):
        assert client.http.get(f"/fr/imprimer/{path}").headers["Cache-Control"] == "no-store"


def test_the_browser_is_told_when_its_own_file_is_still_good(client: PageClient) -> None:
    address = "/fr/imprimer/guide.pdf?choix=need-numerique"
    first = client.http.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.http.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    other = client.http.get(address + "&papier=a5", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "query", ["choix=need-nulle-part", "choix=area-nulle-part", "choix=list&s=zzzz", "choix=list"]
)
def test_what_is_not_there_leads_back_to_the_choices(client: PageClient, query: str) -> None:
    answer = client.get(f"/fr/imprimer/guide.pdf?{query}")
    assert answer.status == 302
    assert answer.headers["Location"] == "/fr/imprimer"


def test_unknown_paper_and_language_are_passed_over(client: PageClient) -> None:
    document = pdf(client.http.get("/nl/afdrukken/gids.pdf?keuze=need-numerique&papier=a0&tekst=xx"))
    assert document.root_object["/Lang"] == "nl-BE"
    assert round(float(document.pages[0].mediabox.width)) == 595


def test_when_many_print_at_once_the_choices_come_back_with_a_word_of_patience(
    instance: Path, make_app: Callable[..., Flask], lang: Language, tmp_path: Path
) -> None:
    app = make_app(instance)
    app.extensions["press"] = Press(tmp_path / "pdfs", at_work=1, most_waiting=0)
    app.extensions["press"]._places.acquire()
    client = PageClient(app)
    page = client.get(f"{BOOKLET[lang]}?{NEED[lang]}=need-faim")
    assert page.status == 503
    assert page.headers["Retry-After"] == "10"
    assert folded("dix secondes" if lang == "fr" else "tien seconden") in folded(page.words)
    assert any(link.startswith(BOOKLET[lang]) and "need-faim" in link for link in page.links())
    assert client.get("/fr/imprimer/fiche/resto-jet.pdf").status == 503
    app.extensions["press"]._places.release()
    pdf(client.http.get(f"{BOOKLET[lang]}?{NEED[lang]}=need-faim"))


@pytest.mark.control("C10")
@pytest.mark.control("C22")
def test_what_one_visitor_chose_and_what_is_sensitive_is_never_on_the_disk(
    instance: Path, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    app, folder = make_app(instance), tmp_path / "pdfs"
    app.extensions["press"] = Press(folder)
    client = PageClient(app)
    for path in (
        "guide.pdf?choix=list&s=huys,8d48",
        "guide.pdf?choix=list&s=huys&texte=both&papier=a5-imposed",
        "guide.pdf?choix=need-danger",
        "fiche/1712.pdf",
    ):
        pdf(client.http.get(f"/fr/imprimer/{path}"))
    assert not folder.exists()
    pdf(client.http.get("/fr/imprimer/guide.pdf?choix=need-numerique"))
    (kept,) = folder.iterdir()
    assert set(kept.name) <= set("0123456789abcdef-"), "its name tells nothing"


def test_another_process_gives_what_was_kept_until_something_changes(
    instance: Path, make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_ = []
    making = leaflets.service_sheet
    monkeypatch.setattr(leaflets, "service_sheet", lambda *given: set_.append(given[0].key) or making(*given))
    app = make_app(instance)
    for _ in range(2):
        app.extensions["press"] = Press(tmp_path)
        pdf(PageClient(app).http.get("/fr/imprimer/fiche/resto-jet.pdf"))
    assert len(set_) == 1
    for changed in ("revision", "database_identity"):
        monkeypatch.setattr(printing, changed, lambda _: "another")
        pdf(PageClient(app).http.get("/fr/imprimer/fiche/resto-jet.pdf"))
    assert len(set_) == 3
    assert len(list(tmp_path.iterdir())) == 1, "what nobody asks for any more is gone"


def test_the_files_lie_in_the_folder_of_the_instance(instance: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(instance)
    with app.app_context():
        assert printing._press()._folder == instance / "pdfs"
    assert "pdfs" in settings.OURS


@pytest.mark.parametrize(("paper", "width"), [("", 595), ("?papier=a5", 420)])
def test_a_service_has_a_sheet_on_one_page(client: PageClient, paper: str, width: int) -> None:
    assert "/fr/imprimer/fiche/resto-jet.pdf" in client.get("/fr/services/resto-jet").links()
    answer = client.http.get(f"/fr/imprimer/fiche/resto-jet.pdf{paper}")
    (page,) = pdf(answer).pages
    assert round(float(page.mediabox.width)) == width
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert 'filename="fiche.pdf"' in answer.headers["Content-Disposition"]


def test_a_sensitive_service_has_a_sheet_that_nobody_keeps(client: PageClient) -> None:
    answer = client.http.get("/nl/afdrukken/fiche/1712.pdf")
    assert pdf(answer).metadata.title == "Hulp en luisterend oor" or "1712" not in pdf(answer).metadata.title
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", ["nulle-part", "crisis-bxl"])
def test_no_sheet_of_what_the_public_has_no_list_for(client: PageClient, key: str) -> None:
    assert client.get(f"/fr/imprimer/fiche/{key}.pdf").status == 404
    assert f"/fr/imprimer/fiche/{key}.pdf" not in client.get(f"/fr/services/{key}").links()


def test_the_command_writes_the_file(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "gids.pdf"
    with commands(loaded, monkeypatch, GUIDE_SITE_URL="https://guide.example.be") as (run, _):
        assert run("booklet", target, "--language", "nl", "--paper", "a5", "--need", "numerique") == 0
        assert "Written to" in capsys.readouterr().out
        assert "Ik heb een computer nodig" in PdfReader(target).metadata.title
        assert run("booklet", target, "--list", "resto-jet, caba-jette") == 0
        assert run("booklet", tmp_path / "no.pdf", "--neighbourhood", "nulle-part") == 1
        assert "nothing to print" in capsys.readouterr().err
    assert not (tmp_path / "no.pdf").exists()


def test_the_command_needs_the_public_address(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with commands(loaded, monkeypatch) as (run, _):
        assert run("booklet", tmp_path / "guide.pdf") == 1
    assert "GUIDE_SITE_URL" in capsys.readouterr().err
