"""One set of fields for both forms of a fiche-relais, one set of labels, and one content that comes out of them."""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import LANGUAGES, Language
from guide.model import Service, YesNo
from guide.referrals import labels
from guide.referrals.content import KINDS, SealedSection, form_field
from guide.referrals.labels import FIELDS, Medium
from guide.web.referrals.fields import ReferralForm, typed_values
from guide.web.referrals.form import OnlineForm, values_of
from guide.web.referrals.paper import HTML_NAMES, PaperForm
from tests.running import app_on_copy

TYPED = {
    "organization": "Maison d’un essai",
    "worker": "Personne d’essai",
    "worker_phone": "02 000 00 00",
    "name": "Bleuet",
    "contact": ["phone", "post"],
    "phone": "0400 00 00 99",
    "mail": "pas choisie",
    "safe": "Le matin",
    "language": "ar",
    "interpreter": True,
    "coming_along": "Sa voisine",
    "theme": "faim",
    "request": "Un colis",
    "tried": "Le voisin",
    "availability": "Le mardi",
    "adults": "2",
    "children": "0",
    "children_ages": ["0-2", "6-11"],
    "age": "65+",
    "mobility": "Lente",
    "bim": "unknown",
}


@pytest.fixture(scope="module")
def guide_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    with app_on_copy(loaded, tmp_path_factory.mktemp("fields")) as app:
        yield app


def with_service(app: Flask, do: Callable[[Service], None], lang: Language = "fr") -> None:
    """Does this within a request, with a service that is bound by secrecy and asks for three papers."""
    with (
        app.test_request_context(f"/{lang}/relais/papier"),
        Session(app.extensions["guide"].engine) as session,
    ):
        app.preprocess_request()
        service = session.scalars(select(Service).where(Service.key == "caba-jette")).one()
        assert service.organization is not None
        service.organization.bound_by_secrecy = YesNo.YES
        service.required_documents = {side: [f"{side} {n}" for n in range(3)] for side in LANGUAGES}
        with session.no_autoflush:
            do(service)
        session.rollback()


def names(form: type[ReferralForm]) -> set[str]:
    return {name for name in dir(form) if hasattr(getattr(form, name), "_formfield")}


@pytest.mark.parametrize("form", [OnlineForm, PaperForm])
def test_a_form_names_each_of_its_fields_once_in_the_order_of_the_page(form: type[ReferralForm]) -> None:
    assert sorted(form.order) == sorted(names(form))


def test_both_forms_ask_for_the_same_fields_under_the_same_names() -> None:
    shared = names(ReferralForm) | {"adults", "children"}
    assert names(OnlineForm) - shared - {
        "service", "fiche", "handed_on", "function", "worker_email", "copy_by_mail", "publics", "way", "day",
        "spoken", "expires", "copy", "substitute", "conditions", "emergency", "motive",
    } == set()  # fmt: skip
    assert names(PaperForm) - shared == {"other_language", "no_message", "agreed"}


@pytest.mark.parametrize("name", [SealedSection.SENDER, SealedSection.PERSON, SealedSection.NEED])
def test_each_field_of_the_content_is_asked_and_has_a_label(name: SealedSection) -> None:
    kind = KINDS[name]
    asked = {form_field(kind, each.name) for each in fields(kind)}
    assert asked <= names(OnlineForm)
    assert asked - names(PaperForm) <= {"function", "worker_email", "publics"}
    assert asked <= set(FIELDS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_label_is_translated(lang: Language) -> None:
    for name, label in FIELDS.items():
        for said in (
            *(labels.asked(name, medium, lang) for medium in Medium),
            labels.read(name, lang),
            labels.printed(name, lang),
        ):
            assert said
            french = {label.asked, label.asked_on_paper, label.read, label.printed}
            assert (said in french) is (lang == "fr") or name in ("mail", "worker_email")


@pytest.mark.parametrize("form", [OnlineForm, PaperForm])
def test_what_is_typed_becomes_the_same_content_in_either_form(
    guide_app: Flask, form: type[ReferralForm]
) -> None:
    def look(service: Service) -> None:
        made = form(None, data=TYPED)
        made.offer(service, []) if form is OnlineForm else made.offer(service)  # type: ignore[attr-defined]
        made.documents.data = [str(made.first_document + 1), "9"]
        content = made.content(service)
        typed = typed_values(content.sender) | typed_values(content.person) | typed_values(content.need)
        told = {name: value for name, value in TYPED.items() if name != "theme"}
        nowhere = {"mail": "", "function": "", "worker_email": "", "publics": []}
        assert typed == told | nowhere | {"documents": ["fr 1"]}

    with_service(guide_app, look)


def test_a_content_goes_back_into_the_form_that_is_sent_as_it_came(guide_app: Flask) -> None:
    def look(service: Service) -> None:
        first = OnlineForm(None, data=TYPED | {"function": "AS", "worker_email": "a@maison.example"})
        first.offer(service, [])
        first.documents.data = ["1", "3"]
        first.publics.data = [term.key for term in service.publics]
        content = first.content(service)
        again = OnlineForm(None, data=values_of(content, service)).offer(service, [])
        assert again.content(service) == content
        need = values_of(content, service, only_need=True)
        assert not set(need) & {"name", "phone", "safe", "organization", "documents", "publics"}
        assert need["request"] == "Un colis"

    with_service(guide_app, look)


def test_the_page_on_paper_keeps_the_names_of_its_fields(guide_app: Flask) -> None:
    """Pages that stood open while the guide was updated, and anchors, go on to work."""
    page = guide_app.test_client().get("/fr/relais/papier?service=caba-jette").get_data(as_text=True)
    sent = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page)) - {"_jeton", "service"}
    assert sent == {
        "theme", "request", "urgency", "tried", "person", "spoken", "spoken_other", "interpreter", "ways", "phone",
        "mail", "safe", "no_message", "availability", "age", "adults", "children", "children_ages", "mobility",
        "company", "higher_reimbursement", "organization", "worker", "worker_phone", "agreed",
    }  # fmt: skip
    assert set(HTML_NAMES.values()) - {"brings"} <= sent
