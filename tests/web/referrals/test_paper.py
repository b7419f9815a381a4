"""The fiche-relais on paper: filled in, checked, printed in either language or both, and kept nowhere."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from guide.database import writing
from guide.model import Base, Organization, PaperReferralCount, Phone, Service, YesNo
from guide.publish import referral_sheet
from guide.publish.worker_pool import WorkerError
from guide.referrals import paper
from guide.referrals.content import CHILDREN_AGES
from guide.web.referrals import paper as paper_pages
from guide.web.referrals.paper import HTML_NAMES, PaperForm
from tests.markup import form_values
from tests.pages import Page, PageClient, check_headers
from tests.people import add_account, signed_in_client
from tests.queries import all_rows
from tests.running import app_on_copy
from tests.words import folded

PATHS = {"fr": "/fr/relais/papier", "nl": "/nl/doorverwijzing/papier"}
FORM = "/fr/relais/papier?service=cpas-jette"
DUTCH = "/nl/doorverwijzing/papier?dienst=cpas-jette"

SOUND: dict[str, Any] = {
    "request": "Un colis alimentaire pour le week-end.",
    "person": "A. D.",
    "spoken": "ar",
    "ways": ["worker"],
    "organization": "Maison de quartier",
    "worker_phone": "02 000 00 00",
    "agreed": "y",
}
"""The least that makes a sheet."""

PLANTED: dict[str, Any] = {
    "request": "plantrequest",
    "tried": "planttried",
    "person": "plantperson",
    "spoken": "other",
    "spoken_other": "plantspoken",
    "interpreter": "y",
    "ways": ["phone", "mail", "worker", "post"],
    "phone": "0400 00 00 99",
    "mail": "plantmail@lecture.example",
    "safe": "plantsafe",
    "no_message": "y",
    "availability": "plantavailability",
    "age": "25-64",
    "adults": "2",
    "children": "3",
    "children_ages": ["0-2", "6-11"],
    "mobility": "plantmobility",
    "company": "plantcompany",
    "higher_reimbursement": "yes",
    "organization": "plantorganization",
    "worker": "plantworker",
    "worker_phone": "0400 00 00 98",
    "agreed": "y",
}
LONGEST = {
    HTML_NAMES.get(name, name): longest
    for name, longest in PaperForm.longest.items()
    if name in PaperForm.order
}
"""How many signs each text of the page may have, by its name there."""

WORDS = [
    *(value for value in PLANTED.values() if isinstance(value, str) and value.startswith("plant")),
    "0400 00 00 99",
    "0400 00 00 98",
]


@pytest.fixture
def app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    """An application of the test's own: it changes a listing, or looks at what was counted."""
    return make_app(instance)


@pytest.fixture(scope="module")
def guide_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all tests that only fill in and print."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("referral")) as app:
        app.extensions["blank"] = {}
        yield app


@pytest.fixture
def visitor(request: pytest.FixtureRequest) -> PageClient:
    """A visitor of the test's own application if it has one, else of the shared one."""
    return PageClient(request.getfixturevalue("app" if "app" in request.fixturenames else "guide_app"))


def checked(visitor: PageClient, path: str = FORM, **values: Any) -> Page:
    """The page after the form was sent: the check page when all is sound."""
    # The shared application gives every visitor the same empty form: fetched once.
    blank: dict[str, Page] = visitor.http.application.extensions.get("blank", {})
    if path not in blank:
        blank[path] = visitor.get(path)
    return visitor.submit(blank[path], "relay", **(SOUND | values))


def printed(visitor: PageClient, sheet: str, path: str = FORM, **values: Any) -> Page:
    """The page with the sheet to print."""
    return visitor.submit(checked(visitor, path, **values), "check", "step=print", sheet=sheet)


def pressed_pdf(visitor: PageClient, check: Page, sheet: str) -> TestResponse:
    """What the check page's second button gives: a file, so nothing that a page could be made of."""
    target, values = form_values(check.html, "check")
    answer = visitor.http.post(target, data=MultiDict(values | {"step": ["pdf"], "sheet": [sheet]}))
    check_headers(answer)
    return answer


def taken(visitor: PageClient, sheet: str, path: str = FORM, **values: Any) -> PdfReader:
    """The PDF."""
    return pdf(pressed_pdf(visitor, checked(visitor, path, **values), sheet))


def pdf(answer: TestResponse) -> PdfReader:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.get_data()))


def counts(app: Flask) -> list[tuple[str, str, int]]:
    with Session(app.extensions["guide"].engine) as session:
        rows = session.execute(
            select(Service.key, PaperReferralCount.month, PaperReferralCount.count).join(
                Service, Service.id == PaperReferralCount.service_id
            )
        )
        return sorted((key, month, count) for key, month, count in rows)


def rows(app: Flask) -> dict[str, list[str]]:
    with Session(app.extensions["guide"].engine) as session:
        return {
            name: sorted(map(repr, session.execute(table.select())))
            for name, table in Base.metadata.tables.items()
        }


def change(app: Flask, key: str, do: Callable[[Service], None]) -> None:
    with Session(writing(app.extensions["guide"].engine)) as session:
        do(session.scalars(select(Service).where(Service.key == key)).one())
        session.commit()


def ask_documents(app: Flask, count: int = 3) -> None:
    change(
        app,
        "cpas-jette",
        lambda service: setattr(
            service,
            "required_documents",
            {
                "fr": [f"Le papier français numéro {n}" for n in range(count)],
                "nl": [f"Het Nederlandse papier nummer {n}" for n in range(count)],
            },
        ),
    )


# Where it is found


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/fr/services/cpas-jette", FORM),
        ("/nl/diensten/cpas-jette", DUTCH),
        ("/fr/services/caba-jette", "/fr/relais/papier?service=caba-jette"),
    ],
)
def test_the_page_of_help_that_exists_leads_there(visitor: PageClient, page: str, form: str) -> None:
    assert form in visitor.get(page).links()
    assert visitor.get(form).status == 200


@pytest.mark.parametrize(
    "page",
    [
        "/fr/aides/tickets-s",
        "/fr/services/urgence-112",
        "/fr/services/tele-accueil-107",
        "/fr/services/crisis-bxl",
    ],
)
def test_what_takes_no_sheet_has_no_such_link(visitor: PageClient, page: str) -> None:
    assert visitor.get(page).status == 200
    assert not [link for link in visitor.get(page).links() if "relais/papier" in link]


def test_the_record_of_the_fiche_relais_leads_to_a_sheet_for_no_service_yet(visitor: PageClient) -> None:
    links = [link for link in visitor.get("/fr/projets/fiche-relais").links() if "relais/papier" in link]
    assert set(links) == {"/fr/relais/papier"}


def test_a_short_code_names_a_service_as_well(visitor: PageClient) -> None:
    page = visitor.get("/fr/relais/papier?service=3qty")
    assert folded("CPAS de Jette") in folded(page.words)


@pytest.mark.parametrize("named", ["nulle-part", "tickets-s", "x" * 5000, "%00"])
def test_an_unknown_service_leads_to_the_list_of_those_one_can_choose(
    visitor: PageClient, named: str
) -> None:
    page = visitor.get(f"/fr/relais/papier?service={named}")
    assert page.status == 404
    assert folded("Choisissez-en un autre") in folded(page.words)
    form = visitor.submit(page, "choose", "step=chosen", service="caba-jette")
    assert form.status == 200
    assert folded("CABA Jette") in folded(form.words)


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_without_a_service_one_chooses_first(visitor: PageClient, lang: str) -> None:
    page = visitor.get(PATHS[lang])
    offered = [option.attributes["value"] for option in page.all("option")]
    assert "cpas-jette" in offered
    assert "resto-jet" in offered
    assert not {"tickets-s", "urgence-112", "police-101", "crisis-bxl", "1712"} & set(offered)
    assert visitor.submit(page, "choose", "step=chosen", service="cpas-jette").status == 200


def test_every_answer_is_kept_by_nobody_and_found_by_no_search_engine(visitor: PageClient) -> None:
    choose, form, check = visitor.get(PATHS["fr"]), visitor.get(FORM), checked(visitor)
    wrong, sheet = checked(visitor, request=""), visitor.submit(check, "check", "step=print", sheet="fr")
    for page in (choose, form, check, wrong, sheet):
        assert "no-store" in page.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in page.html
        assert "Set-Cookie" not in page.headers
    file = pressed_pdf(visitor, check, "fr")
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["X-Robots-Tag"] == "noindex"


def test_a_sensitive_service_is_told_by_no_title_and_has_the_quick_exit(
    guide_app: Flask, visitor: PageClient
) -> None:
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        service = session.scalars(select(Service).where(Service.key == "viva-jette")).one()
        service.sensitive, name, key = True, str(service.name.fr), service.key
        session.commit()
    form = visitor.get(f"/fr/relais/papier?service={key}")
    check = visitor.submit(form, "relay", **SOUND)
    sheet = visitor.submit(check, "check", "step=print", sheet="fr")
    for page in (form, check, sheet):
        assert page.status == 200
        assert "data-leave" in page.html
        assert name not in page.title
    file = pressed_pdf(visitor, check, "fr")
    assert pdf(file).metadata.title == "Fiche-relais"
    assert 'filename="fiche-relais.pdf"' in file.headers["Content-Disposition"]


def test_a_confidential_address_is_on_no_sheet(app: Flask, visitor: PageClient) -> None:
    change(app, "cpas-jette", lambda service: setattr(service, "address_confidential", True))
    check = checked(visitor)
    for sheet in (
        visitor.submit(check, "check", "step=print", sheet="fr").words,
        pdf(pressed_pdf(visitor, check, "fr")).pages[0].extract_text(),
    ):
        assert "Saint-Pierre" not in sheet
        assert folded("L’adresse est confidentielle") in folded(sheet)


@pytest.mark.parametrize(
    ("lang", "asked", "words"),
    [
        ("fr", "?service=tele-accueil-107", "est une ligne à appeler"),
        ("nl", "?dienst=1712", "is een nummer om te bellen"),
        ("fr", "?service=urgence-112", "est une ligne à appeler"),
        ("fr", "?service=crisis-bxl", "est seulement pour les professionnels"),
        ("nl", "?dienst=crisis-bxl", "is alleen voor professionals"),
    ],
)
def test_for_a_line_or_a_contact_of_professionals_the_page_says_what_to_do_instead(
    visitor: PageClient, lang: str, asked: str, words: str
) -> None:
    page = visitor.get(PATHS[lang] + asked)
    assert page.status == 404
    assert folded(words) in folded(page.words)
    assert ("tel:" in page.html.partition("<footer")[0]) is ("crisis" not in asked)
    assert "02 209 16 36" not in page.words.replace("\u00a0", " ")
    # What was typed for another service is not lost by asking for one that takes none.
    form = visitor.get(FORM)
    kept = visitor.submit(form, "relay", "step=chosen", **(PLANTED | {"service": asked.partition("=")[2]}))
    assert kept.status == 404
    other = visitor.submit(kept, "choose", "step=chosen", service="resto-jet")
    assert form_values(other.html, "relay")[1]["request"] == ["plantrequest"]


def test_a_service_that_nobody_knows_how_to_reach_says_whom_to_ask_on_its_sheet(visitor: PageClient) -> None:
    form = visitor.get("/fr/relais/papier?service=resto-jet")
    sheet = visitor.submit(visitor.submit(form, "relay", **SOUND), "check", "step=print", sheet="fr")
    assert sheet.status == 200
    assert folded("Adresse et numéro à confirmer. Demandez au CPAS : 02 422 46 11.") in folded(sheet.words)


# What is asked


@pytest.mark.control("C6")
def test_there_is_no_field_for_what_may_not_be_asked(visitor: PageClient) -> None:
    page = visitor.get(FORM)
    fields = {
        field.attributes["name"]
        for tag in ("input", "textarea", "select")
        for field in page.all(tag)
        if field.attributes.get("type") != "hidden"
    }
    assert fields == {*PLANTED, "theme", "urgency"}
    assert folded("Pas de diagnostic, pas de confidences") in folded(page.words)


def test_at_most_eight_answers_are_asked_of_who_fills_it_in(visitor: PageClient) -> None:
    page = visitor.submit(visitor.get(FORM), "relay")
    faults = re.findall(r'<li><a href="#(\w+)">', page.html)
    assert faults == ["request", "person", "spoken", "ways", "organization", "worker_phone", "agreed"]
    assert page.status == 422
    assert page.title.startswith("Erreur")


def faults(page: Page) -> dict[str, str]:
    """What is said at the field of each fault that stands on top, by the field's name."""
    assert page.status == 422
    said = {one.attributes.get("id"): one.text for one in page.all("p")}
    return {name: said[f"{name}-error"] for name in re.findall(r'<li><a href="#(\w+)">', page.html)}


@contextmanager
def writes(app: Flask) -> Iterator[list[str]]:
    """The statements within the block that are no questions, as a list that grows."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA")):
            asked.append(statement)

    engine = app.extensions["guide"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_a_text_that_is_too_long_is_said_at_its_field_and_stays(visitor: PageClient) -> None:
    texts = {name: name.ljust(longest + 1, "a") for name, longest in LONGEST.items()}
    texts["mail"] += "@lecture.example"
    page = checked(visitor, **(PLANTED | texts))
    said = faults(page)
    assert set(said) == set(LONGEST)
    for name, text in texts.items():
        assert text in page.html
        assert "Raccourcissez" in said[name] or name == "mail", name


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize(
    ("private", "sentence"),
    [("93.05.18-223.61", "un numéro national"), ("BE68 5390 0754 7034", "un numéro de compte")],
)
def test_a_text_with_a_private_number_is_refused_at_its_field_before_anything_and_nothing_typed_is_lost(
    guide_app: Flask, visitor: PageClient, turn: int, private: str, sentence: str
) -> None:
    names = sorted(set(LONGEST) - {"mail"})[turn::2]
    with writes(guide_app) as written:
        page = checked(visitor, **(PLANTED | dict.fromkeys(names, private)))
    said = faults(page)
    assert set(said) == set(names)
    for name in names:
        assert folded(sentence) in folded(said[name]), name
    for other, value in PLANTED.items():
        if other not in names and isinstance(value, str) and value.startswith("plant"):
            assert value in page.html
    assert form_values(page.html, "relay")[1][names[0]] == [private]
    assert written == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"theme": "rien"}, "Choisissez de quoi il s’agit."),
        ({"urgency": "hier"}, "Choisissez pour quand c’est."),
        ({"spoken": "xx"}, "Choisissez la langue que la personne parle."),
        ({"spoken": "other"}, "Écrivez quelle langue la personne parle."),
        ({"ways": ["pigeon"]}, "Choisissez au moins une façon de joindre la personne."),
        ({"ways": ["none", "phone"]}, "choisissez l’un des deux"),
        ({"ways": ["phone"]}, "Écrivez le numéro où l’appeler."),
        ({"ways": ["mail"]}, "Écrivez l’adresse où lui écrire."),
        ({"ways": ["mail"], "mail": "lectrice"}, "Nous n’avons pas compris cette adresse."),
        ({"agreed": None}, "Demandez d’abord l’accord de la personne, puis cochez."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    visitor: PageClient, values: dict[str, Any], sentence: str
) -> None:
    page = checked(visitor, **values)
    assert page.status == 422
    assert folded(sentence) in folded(page.words)


def test_the_value_of_a_way_that_is_not_chosen_is_on_no_sheet(visitor: PageClient) -> None:
    page = printed(visitor, "fr", phone="0400 00 00 99", mail="pas une adresse")
    assert page.status == 200
    assert "0400" not in page.words
    assert "pas une adresse" not in page.words


@pytest.mark.parametrize(("key", "number"), [("cpas-jette", "02 422 46 11"), ("caba-jette", "02 422 46 11")])
def test_for_today_the_page_says_to_call_and_shows_the_number(
    visitor: PageClient, key: str, number: str
) -> None:
    form = visitor.get(f"/fr/relais/papier?service={key}")
    assert folded(f"appelez le {number}") in folded(form.words) or folded(f"au {number}") in folded(
        form.words
    )
    check = visitor.submit(form, "relay", **(SOUND | {"urgency": "today"}))
    assert folded("C’est pour aujourd’hui : appelez, n’envoyez pas.") in folded(check.words)
    assert [link for link in check.links() if link == "tel:+3224224611"]
    later = visitor.submit(form, "relay", **(SOUND | {"urgency": "week"}))
    assert folded("n’envoyez pas") not in folded(later.words)


def test_a_receiver_without_professional_secrecy_is_named_as_such(app: Flask, visitor: PageClient) -> None:
    assert folded("secret professionnel") not in folded(visitor.get(FORM).words)
    with Session(writing(app.extensions["guide"].engine)) as session:
        organization = session.scalars(select(Organization).where(Organization.key == "cpas-jette")).one()
        organization.bound_by_secrecy = YesNo.NO
        session.commit()
    assert folded("n’est pas tenu au secret professionnel") in folded(visitor.get(FORM).words)


def test_who_is_signed_in_as_a_social_worker_need_not_write_her_own_name(app: Flask) -> None:
    worker = signed_in_client(app, add_account(app, "social_worker", "caba-jette"))
    _, values = form_values(worker.get(FORM).html, "relay")
    assert values["organization"] == ["CABA Jette"]
    assert values["worker"][0]
    check = worker.submit(
        worker.get(FORM), "relay", **{k: v for k, v in SOUND.items() if k != "organization"}
    )
    assert check.status == 200
    assert pressed_pdf(worker, check, "fr").headers["Cache-Control"].endswith("no-store")


# Nothing typed is lost


def test_the_switch_of_language_keeps_what_was_typed_on_both_pages(visitor: PageClient) -> None:
    target, filled = form_values(visitor.get(FORM).html, "relay")
    assert target == PATHS["fr"]
    data = filled | {name: value if isinstance(value, list) else [value] for name, value in PLANTED.items()}
    dutch = visitor.post(DUTCH, data=data | {"_langue": ["nl"]})
    assert dutch.status == 200
    for word in WORDS:
        assert word in dutch.html
    assert 'lang="nl"' in dutch.html
    check = visitor.submit(dutch, "relay")
    assert check.status == 200
    _, kept = form_values(check.html, "check")
    french = visitor.post(PATHS["fr"], data=kept | {"_langue": ["fr"]})
    assert folded("Tout est juste") in folded(french.words)
    for word in WORDS:
        assert word in folded(french.html) or word in french.html
    sheet = visitor.submit(french, "check", "step=print", sheet="fr")
    # The words are still said to be in the language of the page they were typed on.
    assert '<span lang="nl">plantrequest</span>' in sheet.html


def test_each_line_of_the_check_page_leads_back_to_its_field_with_everything(visitor: PageClient) -> None:
    check = checked(visitor, **PLANTED)
    for word in WORDS:
        assert word in check.html
    targets = re.findall(r'formaction="/fr/relais/papier#(\w+)"', check.html)
    form = visitor.submit(check, "check", "step=change")
    ids = {element.attributes.get("id") for element in form.elements}
    assert len(targets) >= 12
    assert set(targets) <= ids
    _, values = form_values(form.html, "relay")
    for name, value in PLANTED.items():
        assert values[name] == (value if isinstance(value, list) else [value])
    assert re.search(r'<details class="more" id="household" open>', form.html)


def test_another_service_is_chosen_without_typing_again(app: Flask, visitor: PageClient) -> None:
    ask_documents(app)
    form = visitor.get(FORM)
    choose = visitor.submit(form, "relay", "step=choose", **(PLANTED | {"brings": ["0"]}))
    assert choose.status == 200
    other = visitor.submit(choose, "choose", "step=chosen", service="caba-jette")
    assert folded("CABA Jette") in folded(other.words)
    _, values = form_values(other.html, "relay")
    assert values["request"] == ["plantrequest"]
    assert values["ways"] == PLANTED["ways"]
    assert "brings" not in values
    same = visitor.submit(choose, "choose", "step=chosen", service="cpas-jette")
    assert form_values(same.html, "relay")[1]["brings"] == ["0"]


# The sheet


@pytest.mark.parametrize(
    ("sheet", "titles"),
    [
        ("fr", ["Fiche-relais"]),
        ("nl", ["Doorverwijsfiche"]),
        ("both", ["Fiche-relais", "Doorverwijsfiche"]),
    ],
)
def test_the_sheet_says_everything_in_the_languages_chosen(
    app: Flask, visitor: PageClient, sheet: str, titles: list[str]
) -> None:
    ask_documents(app)
    values = PLANTED | {"brings": ["1"]}
    check = checked(visitor, **values)
    page = visitor.submit(check, "check", "step=print", sheet=sheet)
    read = pdf(pressed_pdf(visitor, check, sheet))
    assert [e.text for e in page.all("h2") if e.attributes.get("id", "").startswith("sheet-")] == titles
    assert len(read.pages) == len(titles)
    parts = page.html.split("<article")[1:]
    for title, shown, paper_page in zip(titles, parts, read.pages, strict=True):
        side = "fr" if title == "Fiche-relais" else "nl"
        service = ("CPAS de Jette", "Rue de l’Église Saint-Pierre 47", "Le papier français numéro 1")
        if side == "nl":
            service = ("OCMW van Jette", "Sint-Pieterskerkstraat 47", "Het Nederlandse papier nummer 1")
        answer = "Nous pouvons aider" if side == "fr" else "Wij kunnen helpen"
        consent = "accord de vive voix le 23 novembre 2026" if side == "fr" else "akkoord op 23 november 2026"
        text = folded(paper_page.extract_text())
        html = folded(re.sub(r"<[^>]+>", " ", shown))
        for words in (title, *service, "02 422 46 11", answer, consent, *WORDS):
            assert folded(words) in text, words
            assert folded(words) in html, words
        assert 'class="qr"' in shown
        assert "/s/3qty" in text
        assert "openstreetmap.org" in str(paper_page["/Annots"][0].get_object()["/A"])


@pytest.mark.parametrize(("sheet", "lang"), [("fr", "fr-BE"), ("nl", "nl-BE"), ("both", "fr-BE")])
def test_the_pdf_is_tagged_and_says_that_it_is_pdf_ua(visitor: PageClient, sheet: str, lang: str) -> None:
    read = taken(visitor, sheet)
    root = read.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == lang
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert read.metadata.title


LONG = "Madame cherche de l’aide pour tenir jusqu’à la fin du mois, avec deux enfants et sans réponse du bailleur. "


def longest() -> dict[str, Any]:
    texts = {name: (LONG * 5)[:limit].strip() for name, limit in LONGEST.items()}
    return (
        PLANTED
        | texts
        | {
            "phone": "0400 00 00 99 ou 0400 00 00 98",
            "mail": "x" * 60 + "@lecture.example",
            "worker_phone": "02 000 00 00, poste 123456789",
            "children_ages": list(CHILDREN_AGES),
            "urgency": "today",
            "brings": ["0", "2", "4"],
        }
    )


@pytest.mark.parametrize("key", ["cpas-jette", "caba-jette"])
def test_with_the_longest_texts_a_language_is_still_one_page(
    app: Flask, visitor: PageClient, key: str
) -> None:
    ask_documents(app, 8)
    read = taken(visitor, "both", f"/fr/relais/papier?service={key}", **longest())
    for page, last in zip(read.pages, ("Votre contact chez nous", "Uw contact bij ons"), strict=True):
        assert folded(last) in folded(page.extract_text())


def test_a_word_without_a_space_stays_on_the_paper(visitor: PageClient) -> None:
    read = taken(visitor, "fr", request="x" * 200, person="y" * 60, tried="z" * 400)
    width = float(read.pages[0].mediabox.width)
    places: list[float] = []
    read.pages[0].extract_text(
        visitor_text=lambda text, _cm, place, _font, size: places.append(
            place[4] + 0.4 * size * len(text.strip())
        )
    )
    assert places
    assert max(places) < width


@pytest.mark.control("C16")
def test_what_is_typed_is_never_a_command(visitor: PageClient) -> None:
    typed = {
        "request": "#set page(width: 1pt)",
        "tried": "$x$ *gras* `code` \\ # @ref <tag>",
        "availability": "<b>&amp;</b>{{ 7*7 }}",
    }
    text = folded(taken(visitor, "fr", **typed).pages[0].extract_text())
    for words in typed.values():
        assert folded(words) in text


def test_names_in_other_letters_are_printed(visitor: PageClient) -> None:
    assert len(taken(visitor, "both", person="Łukasz Ş.", worker="Иван", availability="محمد").pages) == 2


def test_letters_that_no_font_has_are_printed_from_the_page_instead(
    visitor: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = visitor.submit(checked(visitor, person="ትግርኛ"), "check", "step=pdf", sheet="fr")
    assert page.status == 200
    assert folded("Le PDF ne sait pas écrire un des signes") in folded(page.words)
    assert "ትግርኛ" in page.words
    assert "ትግርኛ" not in caplog.text


def test_a_service_with_a_mail_only_shows_it(app: Flask, visitor: PageClient) -> None:
    def mail_only(service: Service) -> None:
        service.phones = list[Phone]()

    change(app, "cpas-jette", mail_only)
    assert "cpas-ocmw@jette.irisnet.be" in printed(visitor, "fr").words


# Nothing is kept


def test_only_the_count_and_the_throttle_change_and_the_same_sheet_counts_once(
    app: Flask, visitor: PageClient
) -> None:
    before = rows(app)
    check = checked(visitor, **PLANTED)
    assert rows(app) == before
    for sheet in ("fr", "nl", "both"):
        assert visitor.submit(check, "check", "step=print", sheet=sheet).status == 200
        assert pressed_pdf(visitor, check, sheet).status_code == 200
    after = rows(app)
    assert {name for name in before if before[name] != after[name]} == {"paper_referral_count", "attempts"}
    assert counts(app) == [("cpas-jette", "2026-11", 1)]
    printed(visitor, "nl")
    taken(visitor, "fr", "/fr/relais/papier?service=caba-jette")
    assert counts(app) == [("caba-jette", "2026-11", 1), ("cpas-jette", "2026-11", 2)]


@pytest.mark.control("C10")
def test_no_word_of_a_sheet_is_in_any_file_or_log(
    instance: Path,
    make_app: Callable[..., Flask],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    caplog.set_level(logging.DEBUG)
    app = make_app(instance)
    visitor = PageClient(app)
    for path, sheets in ((FORM, ("fr", "both")), (DUTCH, ("nl",))):
        check = checked(visitor, path, **PLANTED)
        for sheet in sheets:
            assert visitor.submit(check, "check", "step=print", sheet=sheet).status == 200
            assert pdf(pressed_pdf(visitor, check, sheet)).pages
    checked(visitor, **(PLANTED | {"tried": "93.05.18-223.61"}))
    files = [file for folder in (instance, temporary) for file in folder.rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        for word in (*WORDS, "223.61"):
            assert word.encode() not in content, file.name
            assert word.encode("utf-16-le") not in content, file.name
    held = all_rows(app.extensions["guide"].engine)
    assert "resto-jet" in held
    for word in (*WORDS, "223.61"):
        assert word not in held
    assert list(temporary.iterdir()) == []
    for word in (*WORDS, "223.61"):
        assert word not in caplog.text


def test_a_failure_of_the_printer_tells_the_log_nothing(
    app: Flask, visitor: PageClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        referral_sheet, "_breakable", lambda page: {"lang": page["request"]["words"]["words"]}
    )
    app.testing = False
    check = checked(visitor, **PLANTED)
    target, values = form_values(check.html, "check")
    answer = visitor.http.post(target, data=values | {"step": "pdf", "sheet": "fr"})
    assert answer.status_code == 500
    assert "TemplateError" in caplog.text
    assert "plantrequest" not in caplog.text


def test_too_many_sheets_from_one_place_wait_and_lose_nothing(
    app: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "MOST_AN_HOUR", 2)
    for _ in range(2):
        assert printed(visitor, "fr").status == 200
    page = visitor.submit(checked(visitor, **PLANTED), "check", "step=pdf", sheet="fr")
    assert page.status == 429
    assert page.headers["Retry-After"] == "3600"
    assert "plantrequest" in page.html
    assert counts(app) == [("cpas-jette", "2026-11", 2)]
    elsewhere = PageClient(app)
    elsewhere.http.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert printed(elsewhere, "fr").status == 200


def test_a_locked_database_keeps_nobody_from_a_sheet(
    app: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(*_: object) -> int:
        raise OperationalError("update", None, Exception("database is locked"))

    monkeypatch.setattr(paper, "count_sheet", locked)
    assert printed(visitor, "fr").status == 200
    assert len(taken(visitor, "fr").pages) == 1
    assert counts(app) == []


def test_a_form_without_its_token_makes_no_sheet(app: Flask, visitor: PageClient) -> None:
    check = checked(visitor)
    target, values = form_values(check.html, "check")
    answer = visitor.post(target, data=values | {"_jeton": "faux", "step": "pdf"})
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert counts(app) == []


def test_a_pdf_that_could_not_be_set_leaves_the_page_to_print_with_all_that_was_typed(
    visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(sheets: object, made: object) -> bytes:
        raise WorkerError

    check = checked(visitor, **PLANTED)
    monkeypatch.setattr(referral_sheet, "as_pdf", lost)
    page = visitor.submit(check, "check", "step=pdf", sheet="fr")
    assert page.status == 503
    assert folded("Le PDF n’a pas pu être fait") in folded(page.words)
    for word in WORDS:
        assert word in page.html
    monkeypatch.undo()
    assert visitor.submit(page, "ready", "step=pdf").response.mimetype == "application/pdf"


@pytest.fixture
def hurried(make_app: Callable[..., Flask], instance: Path, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    """Somebody who chooses among more services than a list can hold."""
    monkeypatch.setattr(paper_pages, "MOST_OFFERED", 5)
    return PageClient(make_app(instance))


def offered(page: Page) -> list[str]:
    return [option.text for option in page.all("option")]


def test_of_too_many_services_a_word_of_the_name_is_asked_first(hurried: PageClient) -> None:
    page = hurried.get("/fr/relais/papier")
    assert offered(page) == []
    assert "écrivez un mot du nom" in page.words


def test_a_word_leads_to_the_services_that_bear_it_and_keeps_what_was_typed(hurried: PageClient) -> None:
    page = hurried.get("/fr/relais/papier")
    page = hurried.submit(page, "choose", "step=choose", service_words="RÉSTO", request="Un colis.")
    assert [name for name in offered(page) if "resto" in name.lower()] == offered(page) != []
    hidden = {field.attributes.get("name"): field.attributes.get("value") for field in page.all("input")}
    assert hidden["request"] == "Un colis."
    assert hidden["service_words"] == "RÉSTO", "as it was typed"


def test_a_word_that_no_name_holds_is_said(hurried: PageClient) -> None:
    page = hurried.get("/fr/relais/papier")
    page = hurried.submit(page, "choose", "step=choose", service_words="xqzv")
    assert offered(page) == []
    assert "Aucun service n’a ce mot dans son nom." in page.words
