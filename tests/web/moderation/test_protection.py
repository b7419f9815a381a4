"""A refuge made on screen is exposed to nobody unless a coordinator says so, twice."""

from typing import Any

import pytest
from sqlalchemy import select

from guide.audit import Edit
from guide.editing import proposals, revisions
from guide.editing.listings import record_of, with_values
from guide.model import Account, Mail, ProposalState, Revision, Role, Service
from tests.pages import Page, PageClient
from tests.people import add_account, someone
from tests.running import MONDAY_MORNING
from tests.web.desks import FILLED, Desk

STREET = "Rue des Absents"
REFUGE = {
    "about": FILLED["about"]
    | {
        "name_fr": "Maison Neuve",
        "name_nl": "Maison Neuve",
        "terms": ["danger", "repas"],
        "terms_main": ["danger"],
    },
    "access": {
        "phones-0-number": "02 423 12 34",
        "addresses-0-street_fr": f"{STREET} 12",
        "addresses-0-postal_code": "1090",
        "addresses-0-city_fr": "Jette",
    },
}


def sent_refuge(desk: Desk, **about: object) -> Page:
    """The editor makes a refuge and sends it; the page on which the coordinator reviews it."""
    ref = desk.begin()
    for part, values in REFUGE.items():
        desk.save(part, ref, **(values | (about if part == "about" else {})))
    desk.press("send", desk.open(ref=ref), ref=ref)
    return review(desk, desk.proposals()[-1].id)


def review(desk: Desk, number: int, client: PageClient | None = None) -> Page:
    boss = client or desk.coordinator()
    return boss.get(
        f"/fr/moderation/propositions/{number}"
        if desk.lang == "fr"
        else f"/nl/moderatie/voorstellen/{number}"
    )


def press(page: Page, button: str = "quoi=publier", form: str = "review", **values: object) -> Page:
    assert page.client is not None
    return page.client.submit(page, form, button=button, **values)


def ticked(page: Page) -> set[str]:
    boxes = {"sensitive", "address_confidential", "sure"}
    return {
        one.attributes["name"]
        for one in page.all("input")
        if one.attributes.get("name") in boxes and "checked" in one.attributes
    }


def protection(desk: Desk, key: str, client: PageClient | None = None) -> Page:
    boss = client or desk.coordinator()
    return boss.get(
        f"/fr/moderation/fiches/{key}/protection"
        if desk.lang == "fr"
        else f"/nl/moderatie/fiches/{key}/bescherming"
    )


def stranger_sees(desk: Desk, key: str = "maison-neuve") -> Page:
    return PageClient(desk.app).get(desk.public_path(key))


def is_protected(page: Page) -> bool:
    assert ("data-leave" in page.html) == (page.headers["Cache-Control"] == "no-store")
    assert ("data-leave" in page.html) == ("Maison Neuve" not in page.title)
    return "data-leave" in page.html


def test_a_refuge_is_proposed_as_protected_and_published_so(desk: Desk) -> None:
    page = sent_refuge(desk)
    assert ticked(page) == {"sensitive", "address_confidential"}
    assert press(page).status == 303
    public = stranger_sees(desk)
    assert is_protected(public)
    assert STREET not in public.html
    record = desk.record("maison-neuve")
    assert record["sensitive"] is True
    assert record["address_confidential"] is True
    assert "addresses" not in record
    # Nothing typed is lost: the street stands in the proposal, which strangers never read.
    assert STREET in str(desk.proposals()[-1].record)


@pytest.mark.control("C30")
def test_publishing_without_protection_asks_first_and_loses_nothing(desk: Desk) -> None:
    page = sent_refuge(desk)
    asked = press(page, sensitive=None, address_confidential=None, answer="Bien reçu, merci.")
    assert asked.status == 422
    assert asked.title.startswith("Erreur" if desk.lang == "fr" else "Fout")
    assert "Bien reçu, merci." in asked.html
    assert ticked(asked) == set(), "what was unticked stays so"
    assert desk.proposals()[-1].state is ProposalState.WAITING
    assert stranger_sees(desk).status == 404
    # Asked again as long as she does not say that she is sure.
    assert press(asked, answer="Bien reçu, merci.").status == 422
    assert press(asked, sure="y", answer="Bien reçu, merci.").status == 303
    public = stranger_sees(desk)
    assert not is_protected(public)
    assert STREET in public.words
    assert desk.record("maison-neuve")["safety_decided"] is True


def test_one_of_the_two_can_be_left_out_consciously(desk: Desk) -> None:
    page = sent_refuge(desk)
    asked = press(page, address_confidential=None)
    assert asked.status == 422
    assert press(asked, sure="y").status == 303
    public = stranger_sees(desk)
    assert is_protected(public)
    assert STREET in public.words


@pytest.mark.control("C30")
def test_a_request_that_never_saw_the_boxes_publishes_no_refuge(desk: Desk) -> None:
    page = sent_refuge(desk)
    assert press(page, protection=None).status == 422
    assert stranger_sees(desk).status == 404


def test_an_address_that_also_stands_in_a_text_is_asked_about(desk: Desk) -> None:
    page = sent_refuge(desk, description_fr=f"Sonnez au {STREET.lower()}, au fond de la cour.")
    asked = press(page)
    assert asked.status == 422
    assert ("Plus d’explications" if desk.lang == "fr" else "Meer uitleg") in asked.words
    assert stranger_sees(desk).status == 404
    assert press(asked, sure="y").status == 303


def hidden_refuge(desk: Desk) -> None:
    """A refuge that was published as proposed: its address is in no record any more."""
    assert press(sent_refuge(desk)).status == 303


def test_a_street_that_is_written_later_is_asked_about_too(desk: Desk) -> None:
    hidden_refuge(desk)
    assert desk.save("about", "maison-neuve", description_fr="Venez au 12, r. des Absents.").status == 303
    page = review(desk, desk.proposals()[-1].id)
    asked = press(page)
    assert asked.status == 422
    assert ("Plus d’explications (français)" if desk.lang == "fr" else "Meer uitleg (Frans)") in asked.words
    assert "Absents" not in stranger_sees(desk).html
    assert press(asked, sure="y").status == 303
    assert "r. des Absents" in stranger_sees(desk).html


def test_what_the_coordinator_writes_herself_gives_no_hidden_street_away(desk: Desk) -> None:
    hidden_refuge(desk)
    boss = desk.coordinator()
    opened = desk.open("about", "maison-neuve", boss)
    told = boss.submit(opened, "part", summary_nl="Vlak bij de Rue des Absents.", summary_fr="Un lieu calme.")
    assert told.status == 422
    assert (
        "L’adresse de cette fiche est secrète" if desk.lang == "fr" else "Het adres van deze fiche is geheim"
    ) in told.words
    assert "Vlak bij de Rue des Absents." in told.html
    assert "Absents" not in stranger_sees(desk).html
    assert boss.submit(told, "part", summary_nl="Een rustige plek.").status == 303
    assert "Un lieu calme." in stranger_sees(desk).html or desk.lang == "nl"


def test_an_old_revision_brings_no_text_with_the_hidden_street_back(desk: Desk) -> None:
    """Written while the address was public, gone since."""
    page = sent_refuge(desk, description_fr="Rue des Absents, au fond de la cour.")
    exposed = press(page, sensitive=None, address_confidential=None)
    assert press(exposed, sure="y").status == 303
    boss = desk.coordinator()
    opened = desk.open("about", "maison-neuve", boss)
    assert boss.submit(opened, "part", description_fr="Au fond de la cour.").status == 303
    shut = protection(desk, "maison-neuve", boss)
    assert press(shut, form="protection", button="", sensitive="y", address_confidential="y").status == 303
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == "maison-neuve")).one()
        first = session.scalars(
            select(Revision).where(Revision.service_id == service.id, Revision.number == 1)
        ).one()
        with pytest.raises(revisions.HiddenStreetError):
            revisions.restore(
                session, first, Edit(session.get_one(Account, first.account_id), MONDAY_MORNING)
            )
        session.rollback()
    assert "Absents" not in stranger_sees(desk).html


def test_an_ordinary_listing_is_asked_nothing_and_can_be_protected(desk: Desk) -> None:
    page = sent_refuge(desk, terms=["repas"], terms_main=["repas"])
    assert ticked(page) == set()
    assert press(page, address_confidential="y").status == 303
    public = stranger_sees(desk)
    assert not is_protected(public)
    assert STREET not in public.html


def test_an_existing_listing_is_protected_on_its_own_page(desk: Desk) -> None:
    page = protection(desk, desk.key)
    assert ticked(page) == set()
    street = desk.record().get("addresses", [{"street": {"fr": "?"}}])[0]["street"]["fr"]
    done = press(page, button="", form="protection", sensitive="y", address_confidential="y")
    assert done.status == 303
    public = stranger_sees(desk, desk.key)
    assert "data-leave" in public.html
    assert street not in public.html
    listing = desk.open(client=desk.coordinator())
    assert ("Cette fiche est protégée" if desk.lang == "fr" else "Deze fiche is beschermd") in listing.words
    # And taken back, which an ordinary listing need not confirm.
    again = protection(desk, desk.key)
    assert ticked(again) == {"sensitive", "address_confidential"}
    done = press(again, button="", form="protection", sensitive=None, address_confidential=None)
    assert done.status == 303
    assert "data-leave" not in stranger_sees(desk, desk.key).html


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SOCIAL_WORKER])
def test_only_the_coordination_decides(desk: Desk, role: Role) -> None:
    client = someone(desk.app, role, desk.key)
    assert protection(desk, desk.key, client).status == 403
    assert "protection" not in "".join(desk.open(client=someone(desk.app, Role.EDITOR, desk.key)).links())


def add_danger(desk: Desk, client: PageClient | None = None) -> None:
    terms = [item["term"] for item in desk.record()["terms"]]
    main = [item["term"] for item in desk.record()["terms"] if item["rank"] == "primary"]
    assert desk.save("about", client=client, terms=[*terms, "danger"], terms_main=main).status == 303


def test_a_need_of_danger_that_an_editor_adds_is_asked_about(desk: Desk) -> None:
    place(desk)
    add_danger(desk)
    page = review(desk, desk.proposals()[-1].id)
    assert ticked(page) == {"sensitive", "address_confidential"}
    assert press(page, sensitive=None, address_confidential=None).status == 422
    assert "danger" not in str(desk.record()["terms"])
    assert press(page).status == 303
    assert "data-leave" in stranger_sees(desk, desk.key).html
    assert STREET not in stranger_sees(desk, desk.key).html


def place(desk: Desk) -> None:
    """The listing has a street, with the position of the map."""
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        record = with_values(
            record_of(service),
            {"addresses": [{"street": {"fr": f"{STREET} 3", "nl": f"{STREET} 3"}, "postal_code": "1090"}]},
        )
        revisions.apply(session, service, cited(record), Edit(None, MONDAY_MORNING))


def cited(record: dict[str, Any]) -> dict[str, Any]:
    source = record["citations"][0]["source"]
    return with_values(record, {"citations": [*record["citations"], {"field": "address", "source": source}]})


def test_a_coordinator_who_adds_danger_at_the_desk_exposes_nothing_and_is_asked(desk: Desk) -> None:
    place(desk)
    boss = desk.coordinator()
    add_danger(desk, boss)
    public = stranger_sees(desk, desk.key)
    assert "data-leave" in public.html
    assert STREET not in public.html
    listing = desk.open(client=boss)
    assert (
        "Dites si cela doit rester ainsi" if desk.lang == "fr" else "Zeg of dat zo moet blijven"
    ) in listing.words
    page = protection(desk, desk.key, boss)
    assert ticked(page) == {"sensitive", "address_confidential"}
    refused = press(page, button="", form="protection", sensitive=None, address_confidential=None)
    assert refused.status == 422
    done = press(refused, button="", form="protection", sensitive="y", address_confidential=None, sure="y")
    assert done.status == 303
    assert STREET in stranger_sees(desk, desk.key).words


def test_taking_the_need_away_takes_no_protection_away(desk: Desk) -> None:
    place(desk)
    boss = desk.coordinator()
    before = [item["term"] for item in desk.record()["terms"]]
    add_danger(desk, boss)
    main = [item["term"] for item in desk.record()["terms"] if item["rank"] == "primary"]
    assert desk.save("about", client=boss, terms=before, terms_main=main).status == 303
    public = stranger_sees(desk, desk.key)
    assert "data-leave" in public.html
    assert STREET not in public.html


def test_an_editors_proposal_to_drop_the_need_leaves_what_was_decided(desk: Desk) -> None:
    add_danger(desk)
    press(review(desk, desk.proposals()[-1].id))
    before = [item["term"] for item in desk.record()["terms"] if item["term"] != "danger"]
    main = [item["term"] for item in desk.record()["terms"] if item["rank"] == "primary"]
    desk.save("about", terms=before, terms_main=main)
    page = review(desk, desk.proposals()[-1].id)
    assert ticked(page) >= {"sensitive"}, "she sees what stands, and may untick it"
    assert press(page).status == 303
    assert "data-leave" in stranger_sees(desk, desk.key).html


def test_an_old_revision_brings_no_address_back(desk: Desk) -> None:
    place(desk)
    press(protection(desk, desk.key), button="", form="protection", sensitive="y", address_confidential="y")
    with desk.database() as session:
        old = session.scalars(select(Revision).order_by(Revision.number)).all()[-2]
        assert STREET in str(old.record)
        account = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        assert account is not None
        revisions.restore(session, old, Edit(account, MONDAY_MORNING))
    assert STREET not in stranger_sees(desk, desk.key).html
    assert desk.record()["sensitive"] is True


def test_what_protects_the_merged_listing_protects_the_one_that_stays(desk: Desk) -> None:
    place(desk)
    boss = desk.coordinator()
    press(
        protection(desk, "viva-jette", boss),
        button="",
        form="protection",
        sensitive="y",
        address_confidential="y",
    )
    ask = "/fr/moderation/doublons/reunir?a=viva-jette&b=caba-jette"
    if desk.lang == "nl":
        ask = "/nl/moderatie/dubbels/samenvoegen?a=viva-jette&b=caba-jette"
    chosen = boss.submit(boss.get(ask), "merge", kept=desk.key)
    said = "celle qui reste le devient aussi" if desk.lang == "fr" else "de fiche die blijft, wordt het ook"
    assert said in chosen.words
    assert boss.submit(chosen, "merge", button="quoi=reunir").status == 303
    public = stranger_sees(desk, desk.key)
    assert "data-leave" in public.html
    assert STREET not in public.html


def test_a_line_to_call_is_not_asked_whether_it_takes_fiches(desk: Desk) -> None:
    boss = desk.coordinator()
    page = desk.open("professionals", "tele-accueil-107", boss)
    assert "accepts_relay" not in {one.attributes.get("name") for one in page.all("input")}
    assert boss.submit(page, "part", review_interval_months="3").status == 303
    assert desk.record("tele-accueil-107")["review_interval_months"] == 3


@pytest.mark.parametrize("where", ["its own page", "the review page"])
def test_taking_away_what_was_decided_is_asked_about_again(desk: Desk, where: str) -> None:
    page = sent_refuge(desk)
    assert press(page).status == 303
    assert desk.record("maison-neuve")["safety_decided"] is True
    if where == "its own page":
        page, form, button = protection(desk, "maison-neuve"), "protection", ""
    else:
        desk.save("about", "maison-neuve", summary_fr="Un lit pour la nuit.")
        page, form, button = review(desk, desk.proposals()[-1].id), "review", "quoi=publier"
    assert ticked(page) == {"sensitive", "address_confidential"}
    asked = press(page, button=button, form=form, sensitive=None, address_confidential=None)
    assert asked.status == 422
    for words in (
        ("Fiche sensible", "Adresse confidentielle") if desk.lang == "fr" else ("Gevoelige fiche", "adres")
    ):
        assert words in asked.words
    assert is_protected(stranger_sees(desk))
    assert press(asked, button=button, form=form, sure="y").status == 303
    assert not is_protected(stranger_sees(desk))
    # Said once, it stands: saving it again asks nothing.
    again = protection(desk, "maison-neuve")
    assert press(again, button="", form="protection").status == 303


MONDAY = {"kind": "visit", "address": "1", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}
THURSDAY = MONDAY | {"byday": ["TH"], "opens_at": "13:00", "closes_at": "15:45"}


def two_places(desk: Desk, hours: list[dict[str, Any]]) -> None:
    """The listing has two streets, and these hours."""
    places = [
        {"key": key, "street": {"fr": f"{STREET} {key}", "nl": f"{STREET} {key}"}, "postal_code": "1090"}
        for key in ("1", "2")
    ]
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        record = with_values(record_of(service), {"addresses": places, "schedules": hours})
        revisions.apply(session, service, cited(record), Edit(None, MONDAY_MORNING))


def propose_hours(desk: Desk, hours: list[dict[str, Any]]) -> None:
    editor = add_account(desk.app, Role.EDITOR, desk.key)
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        seen = {"schedules": record_of(service)["schedules"]}
        typed = proposals.Typed({"schedules": hours}, seen)
        proposals.save(session, service, typed, Edit(session.get_one(Account, editor), MONDAY_MORNING))


def hide(desk: Desk, page: Page, **values: object) -> Page:
    return press(page, button="", form="protection", address_confidential="y", **values)


def test_the_hours_of_a_place_that_becomes_secret_stay_and_those_that_wait_too(desk: Desk) -> None:
    two_places(desk, [MONDAY])
    propose_hours(desk, [MONDAY, THURSDAY])
    boss = desk.coordinator()
    page = protection(desk, desk.key, boss)
    assert ("Les heures restent" if desk.lang == "fr" else "De uren blijven") in page.words
    assert hide(desk, page).status == 303
    public = stranger_sees(desk, desk.key)
    assert ("9h" if desk.lang == "fr" else "9") in public.words
    assert "12" in str(desk.record()["schedules"])
    asked = review(desk, desk.proposals()[-1].id, boss)
    assert ("jeudi" if desk.lang == "fr" else "donderdag") in asked.words.lower()
    hers = desk.open()
    assert ("Votre changement" if desk.lang == "fr" else "Uw wijziging") in hers.words
    assert STREET not in hers.html + public.html
    assert press(asked).status == 303
    assert [slot["byday"] for slot in desk.record()["schedules"]] == [["MO"], ["TH"]]
    assert STREET not in stranger_sees(desk, desk.key).html


def test_hours_that_differ_by_place_go_only_after_a_question_and_nothing_false_is_said(desk: Desk) -> None:
    late = MONDAY | {"address": "2", "opens_at": "10:00"}
    two_places(desk, [MONDAY, late])
    propose_hours(desk, [MONDAY, late, THURSDAY])
    boss = desk.coordinator()
    asked = hide(desk, protection(desk, desk.key, boss))
    assert asked.status == 422
    assert (
        "Les heures ne sont pas les mêmes" if desk.lang == "fr" else "De uren zijn niet op elk adres"
    ) in asked.words
    assert ticked(asked) == {"address_confidential"}
    assert len(desk.record()["schedules"]) == 2
    assert hide(desk, asked, sure="y").status == 303
    assert "schedules" not in desk.record()
    page = review(desk, desk.proposals()[-1].id, boss)
    assert (
        "Ceci ne peut plus être publié" if desk.lang == "fr" else "kan niet meer gepubliceerd"
    ) in page.words
    assert ("est déjà dans la fiche" if desk.lang == "fr" else "staat al in de fiche") not in page.words
    assert ("15h45" if desk.lang == "fr" else "15.45") in page.words, "she reads what was proposed"
    assert "publier" not in {one.attributes.get("value") for one in page.all("button")}
    hers = desk.open()
    assert ("Votre changement" if desk.lang == "fr" else "Uw wijziging") not in hers.words.replace(
        "Une partie de votre changement", ""
    )
    assert ("n’a plus d’adresse" if desk.lang == "fr" else "heeft geen adres meer") in hers.words
    assert STREET not in hers.html
    refused = press(page, button="quoi=refuser", answer="Écrivez-les sans adresse.")
    assert refused.status == 303
    # What she wrote is kept for her, and opens in the form that now has no address.
    [kept] = {link for link in desk.open().links() if link.endswith(f"/{desk.proposals()[-1].id}")}
    again = desk.editor.get(kept)
    assert ("15h45" if desk.lang == "fr" else "15.45") in again.words
    assert STREET not in again.html, "it is withheld from all but its author"
    [form] = {one for one in again.links() if one.startswith(desk.path("hours"))}
    assert desk.editor.get(form.partition("#")[0]).status == 200
    with desk.database() as session:
        assert [mail.kind for mail in session.query(Mail)] == ["proposal_refused"]
    assert STREET not in stranger_sees(desk, desk.key).html
