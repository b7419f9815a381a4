"""The forms of the parts: what is saved, what is refused in clear words, and that nobody's words are lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from guide.accounts import passwords
from guide.database import writing
from guide.directory.timetable import DAYS
from guide.loading.files import file_texts
from guide.model import Holidays, Proposal, ProposalState, Role, Service
from guide.records.kinds import KINDS
from guide.web.desk.part_forms import FORMS
from guide.web.ui import request_context
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import PASSWORD, make_account, someone
from tests.records.test_values import OLD as NATIONAL_NUMBER
from tests.web.desks import FILLED, Desk

ACCOUNT = "BE71 0961 2345 6769"


def typed(page: Any, name: str) -> list[str]:
    return form_values(page.html, "part")[1].get(name, [])


# Two people at once


def conflict(desk: Desk) -> tuple[Any, PageClient]:
    """Two editors open the form; the first saves, the second gets the page this returns."""
    second = desk.another_editor()
    opened = desk.open("about", client=second)
    assert desk.save("about", summary_fr="Texte de la première.").status == 303
    page = second.submit(opened, "part", summary_fr="Texte de la seconde.", description_nl="Nieuwe uitleg.")
    return page, second


@pytest.mark.control("C33")
def test_the_second_of_two_editors_gets_both_texts_and_loses_nothing(desk: Desk) -> None:
    before = desk.record()["summary"]["fr"]
    page, _second = conflict(desk)
    assert page.status == 409
    for words in (before, "Texte de la première.", "Texte de la seconde."):
        assert words in page.words
    assert typed(page, "summary_fr") == ["Texte de la seconde."]
    assert typed(page, "description_nl") == ["Nieuwe uitleg."]
    [waiting] = desk.proposals()
    assert waiting.record["summary"]["fr"] == "Texte de la première."
    assert waiting.record["description"]["nl"] != "Nieuwe uitleg."


def test_she_must_choose_and_is_told_so(desk: Desk) -> None:
    page, second = conflict(desk)
    answer = second.submit(page, "part")
    assert answer.status == 422
    assert typed(answer, "summary_fr") == ["Texte de la seconde."]
    assert "Texte de la première." in answer.words
    assert desk.proposals()[0].record["summary"]["fr"] == "Texte de la première."


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "Texte des deux."), ("theirs", "Texte de la première.")]
)
def test_she_keeps_hers_or_takes_the_others(desk: Desk, choice: str, kept: str) -> None:
    page, second = conflict(desk)
    answer = second.submit(page, "part", **{"choix-summary-fr": choice, "summary_fr": "Texte des deux."})
    assert answer.status == 303
    [waiting] = desk.proposals()
    assert waiting.record["summary"]["fr"] == kept
    assert waiting.record["description"]["nl"] == "Nieuwe uitleg."


@contextmanager
def nobody_may_write(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> Iterator[None]:
    """Somebody else is writing all the while.

    On SQLite in this process, or in another one that holds the database; on PostgreSQL what is to be changed is held.
    """
    guide = desk.app.extensions["guide"]
    if guide.engine.dialect.name != "sqlite":
        monkeypatch.setattr(request_context, "PATIENCE", 0.01)
        with Session(guide.engine) as other:
            other.execute(select(Service.id).with_for_update())
            yield
        return
    if where == "here":
        monkeypatch.setattr(request_context, "PATIENCE", 0.01)
        with guide.in_turn(0):
            yield
        return

    @event.listens_for(guide.engine, "connect")
    def _impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    guide.engine.dispose()
    with Session(writing(guide.engine)) as other:
        other.execute(text("SELECT 1"))
        yield


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_who_cannot_save_because_others_write_is_told_and_sends_the_same_again(
    desk: Desk, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = desk.open("about")
    with nobody_may_write(desk, monkeypatch, where):
        busy = desk.editor.submit(opened, "part", summary_fr="Un repas chaud, « maison ».")
    assert busy.status == 503
    assert int(busy.headers["Retry-After"]) > 0
    assert busy.headers["Cache-Control"] == "no-store"
    assert busy.all("html")[0].attributes["lang"] == desk.lang
    assert desk.proposals() == []
    assert desk.editor.submit(busy, "again").status == 303
    [waiting] = desk.proposals()
    assert waiting.record["summary"]["fr"] == "Un repas chaud, « maison »."


def test_a_third_change_in_between_asks_again(desk: Desk) -> None:
    page, second = conflict(desk)
    desk.save("about", summary_fr="Troisième texte.")
    answer = second.submit(page, "part", **{"choix-summary-fr": "mine"})
    assert answer.status == 409
    assert "Troisième texte." in answer.words
    assert typed(answer, "summary_fr") == ["Texte de la seconde."]


def test_two_who_change_different_fields_do_not_disturb_each_other(desk: Desk) -> None:
    second = desk.another_editor()
    opened = desk.open("about", client=second)
    desk.save("about", summary_fr="Texte de la première.")
    assert second.submit(opened, "part", description_nl="Nieuwe uitleg.").status == 303
    [waiting] = desk.proposals()
    assert waiting.record["summary"]["fr"] == "Texte de la première."
    assert waiting.record["description"]["nl"] == "Nieuwe uitleg."


def test_two_at_a_new_listing_are_asked_too(desk: Desk) -> None:
    ref = desk.begin()
    second = desk.another_editor()
    opened = desk.open("about", ref, second)
    desk.save("about", ref, **FILLED["about"])
    answer = second.submit(opened, "part", name_fr="Autre nom", terms=["colis"])
    assert answer.status == 409
    assert "Table du quartier" in answer.words
    assert typed(answer, "terms") == ["colis"]
    assert second.submit(answer, "part", **{"choix-name-fr": "mine", "choix-terms": "theirs"}).status == 303
    [draft] = desk.proposals()
    assert draft.record["name"]["fr"] == "Autre nom"
    assert draft.record["terms"] == [{"term": "repas", "rank": "primary"}]


@pytest.mark.parametrize("seen", ["", "x", "eyJ2YWx1ZXMiOnt9fQ.forged", None])
def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(quiet_desk: Desk, seen: str | None) -> None:
    answer = quiet_desk.save("about", vu=seen, summary_fr="Écrasé.")
    assert answer.status == 409
    assert typed(answer, "summary_fr") == ["Écrasé."]


def test_what_a_form_saw_counts_for_its_own_listing_and_part_only(desk: Desk) -> None:
    stolen = typed(desk.open("about", "caba-jette"), "vu")[0]
    ref = desk.begin()
    desk.save("about", ref, name_fr="Un nom")
    assert desk.save("about", ref, vu=stolen, name_fr="Un autre").status == 409


# What is not the form's to say


STRANGERS = (
    "key", "short_code", "publication", "state", "sensitive", "visibility", "organization", "assured_date",
    "merged_into", "trusted", "bound_by_secrecy", "citations", "schedule_source", "intake_as_of", "version",
    "address_confidential", "addresses-0-latitude", "addresses-0-position_source", "phones-0-id", "operator_fr",
    "state_note_fr",
)  # fmt: skip


@pytest.mark.control("C20")
@pytest.mark.parametrize("part", list(FORMS))
def test_fields_that_no_form_has_change_nothing(desk: Desk, part: str) -> None:
    desk.trust()
    before = desk.record()
    strangers = dict.fromkeys(STRANGERS, "x")
    answer = desk.save(part, **strangers)
    assert answer.status == 303
    assert desk.record() == before
    assert desk.proposals() == []


@pytest.mark.control("C20")
@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("about", {"terms": ["faim", "epicerie", "rien"], "terms_main": ["faim", "epicerie", "rien"]}),
        ("for_whom", {"publics": ["cpas-users", "rien"], "languages": ["xx"], "residents_only": "peut-être"}),
        ("access", {"access_modes": ["rien"]}),
        ("hours", {"intake_status": "rien"}),
        ("professionals", {"review_interval_months": "240"}),
    ],
)
def test_choices_that_are_not_offered_are_not_read(desk: Desk, part: str, values: dict[str, Any]) -> None:
    desk.save(part, **values)
    assert not [found for found in desk.proposals() if '"rien"' in str(found.record).replace("'", '"')]
    assert "240" not in str([found.record.get("review_interval_months") for found in desk.proposals()])


def test_a_confidential_address_is_neither_shown_nor_taken(quiet_desk: Desk) -> None:
    coordinator = quiet_desk.coordinator()
    page = quiet_desk.open("access", "logements-transit", coordinator)
    assert "addresses-0-street_fr" not in page.html
    answer = coordinator.submit(page, "part", **{"addresses-0-street_fr": "Rue Secrète 1"})
    assert answer.status == 303
    assert "addresses" not in quiet_desk.record("logements-transit")


# Clear words, nothing lost


@pytest.mark.parametrize(
    ("part", "values", "control"),
    [
        ("about", {"summary_fr": "x" * 281}, "summary_fr"),
        ("about", {"summary_nl": f"Mijn nummer is {NATIONAL_NUMBER}"}, "summary_nl"),
        ("about", {"description_fr": f"Payez sur {ACCOUNT}"}, "description_fr"),
        ("about", {"description_fr": "Demandez Madame Exemple."}, "description_fr"),
        ("for_whom", {"eligibility_nl": "Vraag dhr. Voorbeeld."}, "eligibility_nl"),
        ("price", {"documents_fr": f"carte\n{NATIONAL_NUMBER}"}, "documents_fr"),
        ("access", {"phones-0-number": "02 12"}, "phones-0-number"),
        ("access", {"phones-0-number": "", "phones-0-label_fr": "Le matin"}, "phones-0-number"),
        ("access", {"phones-0-number": "02 422 46 11", "phones-0-label_fr": "Mme Exemple"}, "phones-0-label_fr"),
        ("access", {"email": "pas une adresse"}, "email"),
        ("access", {"website": "javascript:alert(1)"}, "website"),
        ("access", {"website": "pas un site"}, "website"),
        ("access", {"addresses-0-street_fr": "", "addresses-0-street_nl": ""}, "addresses-0-street_fr"),
        ("access", {"addresses-0-postal_code": "10900"}, "addresses-0-postal_code"),
        ("hours", {"visit-MO-0-from": "9x", "visit-MO-0-to": "12h"}, "visit-MO-0-from"),
        ("hours", {"visit-TU-1-from": "17h", "visit-TU-1-to": "9h"}, "visit-TU-1-to"),
        ("hours", {"phone-SU-0-from": "9h"}, "phone-SU-0-to"),
        ("hours", {"closures-0-starts": "noël"}, "closures-0-starts"),
        ("hours", {"closures-0-ends": "24/12/2026"}, "closures-0-starts"),
        ("hours", {"closures-0-starts": "24/12/2026", "closures-0-ends": "20/12/2026"}, "closures-0-ends"),
        ("hours", {"closures-0-starts": "24/12/2025"}, "closures-0-starts"),
        ("professionals", {"accepts_relay": "y"}, "relay_email"),
        ("professionals", {"professional_note_fr": f"Dossier {NATIONAL_NUMBER}"}, "professional_note_fr"),
    ],
)  # fmt: skip
def test_what_is_to_mend_is_said_at_its_field_and_on_top_and_stays_typed(
    quiet_desk: Desk, part: str, values: dict[str, str], control: str
) -> None:
    page = quiet_desk.save(part, **values)
    assert page.status == 422
    assert page.title.startswith("Erreur" if quiet_desk.lang == "fr" else "Fout")
    summary = page.html[page.html.index('id="errors"') :]
    assert f'href="#{control}"' in summary[: summary.index("</ul>")]
    field = next(e for e in page.elements if e.attributes.get("id") == control)
    assert field.attributes["aria-invalid"] == "true"
    assert f"{control}-error" in field.attributes["aria-describedby"].split()
    for name, words in values.items():
        if name != "accepts_relay":
            assert [word.replace("\r\n", "\n") for word in typed(page, name)] == [words]


ADDRESS = [f"addresses-0-{name}" for name in ("street_fr", "street_nl", "postal_code", "city_fr", "city_nl")]


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("about", {"name_fr": "", "name_nl": ""}),
        ("about", {"summary_fr": "", "summary_nl": ""}),
        ("about", {"terms_main": None}),
        ("access", {"website": "", **dict.fromkeys(ADDRESS, "")}),
    ],
)  # fmt: skip
def test_a_published_listing_keeps_what_it_cannot_do_without(
    quiet_desk: Desk, part: str, values: dict[str, Any]
) -> None:
    assert quiet_desk.save(part, **values).status == 422


def test_the_other_language_keeps_what_was_typed(desk: Desk) -> None:
    page = desk.open("about")
    button = next(e for e in page.all("button") if e.attributes.get("name") == "_langue")
    _target, values = form_values(page.html, "part")
    values |= {"summary_fr": ["Un brouillon."], "terms": ["repas"], "_langue": [button.attributes["value"]]}
    answer = desk.editor.post(button.attributes["formaction"], data=values)
    assert answer.status == 200
    assert answer.all("html")[0].attributes["lang"] != desk.lang
    assert typed(answer, "summary_fr") == ["Un brouillon."]
    assert typed(answer, "terms") == ["repas"]
    assert desk.proposals() == []
    assert desk.editor.submit(answer, "part", terms_main=["repas"]).status == 303
    assert desk.proposals()[0].record["summary"]["fr"] == "Un brouillon."


def test_enter_in_a_field_saves_and_does_not_switch_the_language(quiet_desk: Desk) -> None:
    page = quiet_desk.open("hours")
    buttons = [
        e for e in page.all("button")
        if e.attributes.get("type") == "submit" and (e.attributes.get("form") in ("part", None))
    ]  # fmt: skip
    assert buttons[0].attributes.get("form") == "part"
    assert "name" not in buttons[0].attributes


# Lines, hours, places


def test_more_lines_are_given_without_a_script_and_nothing_is_saved(desk: Desk) -> None:
    page = desk.open("access")
    assert "phones-2-number" not in page.html
    more = desk.editor.submit(page, "part", button="_encore=phones", **{"phones-0-number": "02 422 46 11"})
    assert more.status == 200
    assert typed(more, "phones-0-number") == ["02 422 46 11"]
    assert "phones-3-number" in more.html
    assert desk.proposals() == []
    answer = desk.editor.submit(
        more, "part", **{"phones-3-number": "024231234", "phones-3-label_nl": "Nacht"}
    )
    assert answer.status == 303
    assert desk.proposals()[0].record["phones"] == [
        {"number": "02 422 46 11"},
        {"number": "02 423 12 34", "label": {"nl": "Nacht"}},
    ]


def test_there_is_an_end_to_more_lines(quiet_desk: Desk) -> None:
    many = {f"phones-{line}-number": "02 422 46 11" for line in range(27)}
    page = quiet_desk.editor.submit(quiet_desk.open("access"), "part", button="_encore=phones", **many)
    assert "phones-28-number" in page.html
    for _time in range(2):
        page = quiet_desk.editor.submit(page, "part", button="_encore=phones")
    assert "phones-29-number" in page.html
    assert "phones-30-number" not in page.html
    assert {"fr": "Pas plus de 30 lignes.", "nl": "Niet meer dan 30 regels."}[quiet_desk.lang] in page.words


def test_monday_is_copied_to_the_other_working_days(desk: Desk) -> None:
    page = desk.editor.submit(
        desk.open("hours"),
        "part",
        button="_copier=visit",
        **{"visit-MO-0-from": "9", "visit-MO-0-to": "12.30"},
    )
    assert page.status == 200
    for day in ("TU", "WE", "TH", "FR"):
        assert typed(page, f"visit-{day}-0-to") == ["12.30"]
    assert typed(page, "visit-SA-0-from") == [""]
    assert desk.editor.submit(page, "part").status == 303
    assert desk.proposals()[0].record["schedules"] == [
        {"kind": "visit", "byday": ["MO", "TU", "WE", "TH", "FR"], "opens_at": "09:00", "closes_at": "12:30"}
    ]


def test_monday_is_copied_to_every_day_for_who_is_open_every_day(desk: Desk) -> None:
    monday = {"visit-MO-0-from": "20h", "visit-MO-0-to": "8h"}
    page = desk.editor.submit(desk.open("hours"), "part", button="_copier_tous=visit", **monday)
    assert page.status == 200
    assert typed(page, "visit-SU-0-to") == ["8h"]
    assert typed(page, "phone-SU-0-to") == [""]
    assert desk.editor.submit(page, "part").status == 303
    [slot] = desk.proposals()[0].record["schedules"]
    assert slot == {"kind": "visit", "byday": list(DAYS), "opens_at": "20:00", "closes_at": "08:00"}


def test_the_hours_are_shown_back_as_the_public_will_read_them(desk: Desk) -> None:
    page = desk.save("hours", **{"visit-MO-0-from": "9u", "visit-MO-0-to": "12u", "visit-TU-0-from": "x"})
    assert page.status == 422
    assert ("9h – 12h" if desk.lang == "fr" else "9 – 12 uur") in page.words
    page = desk.editor.get(desk.editor.submit(page, "part", **{"visit-TU-0-from": ""}).headers["Location"])
    assert ("9h – 12h" if desk.lang == "fr" else "9 – 12 uur") in page.words


def test_day_and_night_is_one_tick(desk: Desk) -> None:
    desk.save("hours", **{"visit-always": "1"})
    [waiting] = desk.proposals()
    assert waiting.record["schedules"] == [
        {
            "kind": "visit",
            "byday": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
            "opens_at": "00:00",
            "closes_at": "24:00",
        }
    ]
    assert typed(desk.open("hours"), "visit-always") == ["1"]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"addresses-0-note_fr": "Sonnez deux fois."}, True),
        ({"addresses-0-city_nl": "Jette-Essegem"}, True),
        ({"addresses-0-street_nl": ""}, True),
        ({"addresses-0-street_fr": "Rue Léopold Ier 485", "addresses-0-street_nl": "Leopold I-straat 485"}, False),
        ({"addresses-0-postal_code": "1020"}, False),
    ],
)  # fmt: skip
def test_a_position_stays_with_its_street_and_leaves_with_it(
    desk: Desk, values: dict[str, str], kept: bool
) -> None:
    assert desk.save("access", **values).status == 303
    [address] = desk.proposals()[0].record["addresses"]
    assert ("latitude" in address) is kept
    assert ("position_source" in address) is kept


def test_a_web_address_may_be_typed_without_its_beginning(desk: Desk) -> None:
    desk.save("access", website="www.cabajette.exemple.be", email="Info@Exemple.BE")
    record = desk.proposals()[0].record
    assert (record["website"], record["email"]) == ("https://www.cabajette.exemple.be", "Info@exemple.be")


def test_a_closure_that_is_over_leaves_the_form_but_not_the_record_by_itself(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **{"closures-0-starts": "23/11/2026"})
    assert desk.record()["closures"] == [{"starts": "2026-11-23", "ends": "2026-11-23"}]
    desk.app.config["CLOCK"] = lambda: desk.now.replace(day=25)
    editor = desk.another_editor()
    page = desk.open("hours", client=editor)
    assert typed(page, "closures-0-starts") == [""]
    assert editor.submit(page, "part").status == 303
    assert desk.record()["closures"] == [{"starts": "2026-11-23", "ends": "2026-11-23"}]
    editor.submit(page, "part", **{"closures-0-starts": "24/12/2026", "closures-0-ends": "2027-01-02"})
    assert desk.record()["closures"] == [{"starts": "2026-12-24", "ends": "2027-01-02"}]


def test_documents_are_one_a_line_and_none_stands_twice(desk: Desk) -> None:
    desk.save(
        "price", documents_fr="carte d’identité\r\n\r\n  attestation \r\ncarte d’identité", documents_nl=""
    )
    assert desk.proposals()[0].record["documents"] == {"fr": ["carte d’identité", "attestation"]}


def test_the_usual_interval_is_not_written_and_another_is(desk: Desk) -> None:
    desk.save("professionals", review_interval_months="3")
    assert desk.proposals()[0].record["review_interval_months"] == 3
    assert typed(desk.open("professionals"), "review_interval_months") == ["3"]
    desk.save("professionals", review_interval_months="6")
    assert "review_interval_months" not in desk.proposals()[0].record
    assert desk.proposals()[0].state is ProposalState.SUPERSEDED


def test_signed_out_meanwhile_the_answers_are_carried_to_the_sign_in(desk: Desk) -> None:
    page = desk.open("about")
    target, values = form_values(page.html, "part")
    visitor = PageClient(desk.app)
    answer = visitor.post(target, data=values | {"summary_fr": ["Un long texte."]})
    assert answer.status == 401
    with desk.database() as session:
        make_account(
            session,
            Role.EDITOR,
            desk.key,
            email="retour@maison.example",
            password_hash=passwords.hashed(PASSWORD),
        )
    door = visitor.submit(answer, "session-over")
    back = visitor.submit(door, "sign-in", email="retour@maison.example", password=PASSWORD)
    assert back.status == 200
    assert visitor.submit(back, "again").status == 303
    assert desk.proposals()[0].record["summary"]["fr"] == "Un long texte."


def test_a_need_that_is_unticked_leaves_even_when_its_second_box_stays_ticked(desk: Desk) -> None:
    desk.save("about", terms=["faim", "colis"])  # "epicerie" stays "mainly for this"
    assert desk.proposals()[0].record["terms"] == [
        {"term": "faim", "rank": "primary"},
        {"term": "colis", "rank": "secondary"},
    ]
    desk.save("about", terms_main=["faim", "repas"])
    assert desk.proposals()[0].record["terms"] == [
        {"term": "faim", "rank": "primary"},
        {"term": "colis", "rank": "secondary"},
        {"term": "repas", "rank": "primary"},
    ]


# What people type is text, everywhere

MORE_ROOM = {"description", "eligibility", "fees", "application", "professional_note"}
"""Texts that are long enough for all of them."""

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE service; --",
    "{{ 7 * 7 }} {% raw %}",
    "</textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "<a href=\"javascript:alert(1)\">ici</a>",
    "=HYPERLINK(\"http://x\")",
)  # fmt: skip


@pytest.mark.control("C16")
def test_what_is_typed_is_shown_as_text_on_every_page(desk: Desk) -> None:
    coordinator = desk.coordinator()
    everything = " ".join(ATTACKS)
    short = ATTACKS[1]
    for part, names in (
        ("about", ("summary", "description")),
        ("for_whom", ("eligibility",)),
        ("price", ("fees", "documents")),
        ("access", ("application", "accessibility")),
        ("hours", ("schedule_note", "intake_note")),
        ("professionals", ("professional_note",)),
    ):
        values: dict[str, Any] = {
            f"{name}_{side}": everything[:200] for name in names for side in ("fr", "nl")
        } | dict.fromkeys(
            (f"{name}_{side}" for name in MORE_ROOM & set(names) for side in ("fr", "nl")), everything
        )
        values |= {
            "about": {"name_fr": short, "name_nl": ATTACKS[0]},
            "access": {"phones-0-number": "107", "phones-0-label_fr": short, "addresses-0-note_nl": short}
            | {"addresses-0-street_fr": ATTACKS[4]},
            "hours": {
                "closures-0-starts": "24/12/2026",
                "closures-0-reason_fr": short,
                "intake_status": "full",
            },
        }.get(part, {})
        answer = desk.save(part, client=coordinator, **values)
        assert answer.status == 303, (part, answer.words[:300])
    link = {"action": "pasap-2022-2027/46", "role": "delivers", "evidence_fr": everything}
    assert desk.editor.submit(desk.open("plan"), "plan", **link).status == 303
    desk.save("about", summary_fr=f"{short} !")
    conflicting = desk.save("about", vu="", summary_fr=f"{short} ?")
    refused = desk.save("about", summary_fr="x" * 300, name_nl=ATTACKS[4])
    pages = [desk.open(name) for name in ("", *FORMS, "plan", "look", "history")]
    pages += [desk.editor.get(desk.index), coordinator.get(desk.path()), coordinator.get(desk.index)]
    visitor = PageClient(desk.app)
    pages += [
        visitor.get(path) for path in (desk.public_path(), f"/{desk.lang}/", desk.public_path("?q=caba"))
    ]
    pages.append(someone(desk.app, Role.SOCIAL_WORKER, desk.key).get(desk.public_path()))
    assert [page.status for page in pages] == [200] * len(pages)
    for page in (*pages, conflicting, refused):
        assert not [e for e in page.all("script") if "src" not in e.attributes]
        assert not [e for e in page.elements if e.tag == "img" and e.attributes.get("src") == "x"]
        assert not [e for e in page.elements if any(name.startswith("on") for name in e.attributes)]
        assert not [
            e for e in page.all("a") if e.attributes.get("href", "").lower().startswith("javascript:")
        ]
        assert not [e for e in page.all("svg") if "/onload" in e.attributes]
    assert "{{ 7 * 7 }}" in pages[0].words
    assert desk.record()["description"]["fr"] == everything


def test_a_text_keeps_its_paragraphs_and_loses_what_nobody_sees(desk: Desk) -> None:
    desk.save("about", description_fr="Un\u200b.\r\n\r\nDeux\u2028trois\tquatre.\x07   ")
    assert desk.proposals()[0].record["description"]["fr"] == "Un.\n\nDeux\ntrois quatre."


def test_an_emptied_side_of_a_text_is_taken_away(desk: Desk) -> None:
    desk.save("about", description_nl="")
    assert "nl" not in desk.proposals()[0].record["description"]
    with desk.database() as session:
        proposal = session.scalars(select(Proposal)).one()
        assert proposal.service_id == session.scalars(select(Service.id).where(Service.key == desk.key)).one()


# Public holidays

MONDAYS = {"visit-MO-0-from": "9h", "visit-MO-0-to": "12h"}
SAID = {
    "": {"fr": "Jours fériés : pas encore connu.", "nl": "Feestdagen: nog niet bekend."},
    "open": {
        "fr": "Aussi les jours fériés, aux mêmes heures.",
        "nl": "Ook op feestdagen, tijdens dezelfde uren.",
    },
    "closed": {"fr": "Pas les jours fériés.", "nl": "Niet op feestdagen."},
}


def of_holidays(record: dict[str, Any]) -> list[str | None]:
    return [slot.get("holidays") for slot in record["schedules"]]


@pytest.mark.parametrize("answer", ["", "open", "closed"])
def test_an_editor_says_what_becomes_of_hours_on_holidays_and_it_is_shown_in_words(
    desk: Desk, answer: str
) -> None:
    desk.trust()
    assert typed(desk.open("hours"), "visit_holidays") == [""]
    assert desk.save("hours", **MONDAYS, visit_holidays=answer).status == 303
    assert of_holidays(desk.record()) == [answer or None]
    assert typed(desk.open("hours"), "visit_holidays") == [answer]
    words = SAID[answer][desk.lang]
    assert words in plain(desk.open().words)
    public = plain(desk.editor.get(desk.public_path()).words)
    assert (words if answer else {"fr": "peut-être fermé", "nl": "misschien gesloten"}[desk.lang]) in public


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_a_change_of_holidays_alone_is_a_difference_that_a_coordinator_reads_and_history_keeps(
    desk: Desk,
) -> None:
    desk.trust()
    desk.save("hours", **MONDAYS)
    before = desk.record()["schedule_source"]
    desk.save("hours", visit_holidays="closed")
    assert of_holidays(desk.record()) == ["closed"]
    assert desk.record()["schedule_source"] == before
    newest = desk.revisions()[-1]
    assert newest.fields == ["schedules"]
    older, newer = {"fr": ("avant", "apres"), "nl": ("voor", "na")}[desk.lang]
    versions = f"{older}={newest.number - 1}&{newer}={newest.number}"
    compared = desk.editor.get(f"{desk.path('compare')}?{versions}")
    for answer in ("", "closed"):
        assert SAID[answer][desk.lang] in plain(compared.words)


def test_hours_of_which_some_rest_on_holidays_keep_what_is_said_of_each(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **MONDAYS, **{"visit-SU-0-from": "14h", "visit-SU-0-to": "16h"})
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        service.schedules[0].holidays = Holidays.CLOSED
    page = desk.open("hours")
    assert typed(page, "visit_holidays") == ["depends"]
    assert desk.editor.submit(page, "part", **{"visit-SU-0-to": "17h"}).status == 303
    assert of_holidays(desk.record()) == ["closed", None]
    assert desk.save("hours", visit_holidays="open").status == 303
    assert of_holidays(desk.record()) == ["open", "open"]
    assert "depends" not in desk.open("hours").html


def test_a_form_opened_before_the_question_was_there_takes_no_answer_away(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **MONDAYS, visit_holidays="closed")
    page = desk.open("hours")
    values = form_values(page.html, "part")[1]
    del values["visit_holidays"]
    values["visit-MO-0-to"] = ["13h"]
    assert desk.editor.http.post(desk.path("hours"), data=values).status_code == 303
    assert of_holidays(desk.record()) == ["closed"]
    assert desk.record()["schedules"][0]["closes_at"] == "13:00"


def test_what_an_editor_said_of_holidays_is_exported_and_loads_again(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **MONDAYS, visit_holidays="open")
    [kind] = (kind for kind in KINDS if kind.name == "services")
    [written] = file_texts(kind, [desk.record()]).values()
    assert "holidays: open" in written
