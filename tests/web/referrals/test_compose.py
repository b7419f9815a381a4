"""Making a fiche-relais: what is asked, what is refused before anything is stored, and sending it once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from guide.model import Base, Mail, ReferralState, Role, Service
from guide.model.referrals import Referral
from guide.referrals import deadlines, finding, sealing
from guide.referrals.content import SealedSection
from tests.markup import form_values
from tests.pages import Page
from tests.people import someone
from tests.running import MONDAY_MORNING
from tests.web.referral_accounts import ANSWERS, CHECK, FOOD, FORM, OTHER, UNBOUND, ReferralSite, reference_in

NATIONAL_NUMBER = "85.07.30-033.28"
BANK_ACCOUNT = "BE68 5390 0754 7034"


def everything(site: ReferralSite) -> dict[str, list[str]]:
    """Every row of every table."""
    with site.database() as session:
        return {
            name: sorted(map(repr, session.execute(table.select())))
            for name, table in Base.metadata.tables.items()
        }


def names(page: Page) -> set[str]:
    return {
        element.attributes["name"]
        for element in page.elements
        if element.tag in ("input", "select", "textarea") and "name" in element.attributes
    }


def test_a_fiche_is_sent_in_two_pages_and_leads_to_what_happens_next(site: ReferralSite) -> None:
    check = site.checked()
    assert "Zoraptère" in check.words
    assert site.rows() == {}
    answer = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    page = site.clients["an"].get(answer.headers["Location"])
    assert site.say("La fiche est enregistrée", "opgeslagen") in page.words
    assert "Zoraptère" not in page.html
    assert list(site.rows().values()) == ["sent"]
    with site.database() as session:
        mails = list(session.scalars(select(Mail)))
        assert [mail.kind for mail in mails] == ["referral_received"]


def test_the_check_page_carries_every_answer(site: ReferralSite) -> None:
    typed = {
        "tried": "Deux fois.",
        "documents": ["1"],
        "availability": "Le matin.",
        "safe": "Pas le soir.",
        "adults": "2",
        "children": "3",
        "coming_along": "Sa sœur.",
        "mobility": "Un ascenseur.",
        "function": "Assistante sociale",
        "urgency": "week",
    }
    carried = form_values(site.checked(**typed).html, CHECK)[1]
    blank = form_values(site.blank().html, FORM)[1]
    for name, value in (blank | ANSWERS | typed).items():
        if name not in ("_jeton", "fiche") and any(value):
            assert carried[name] == (value if isinstance(value, list) else [value]), name


def test_at_most_eight_answers_are_left_to_give(site: ReferralSite) -> None:
    page = site.clients["an"].submit(site.blank(), FORM, "etape=relire")
    assert page.status == 422
    asked = page.html.count('class="field field-error"')
    assert 1 <= asked <= 8
    # What depends on an answer: the number, once "by telephone" is ticked.
    more = site.clients["an"].submit(site.blank(), FORM, "etape=relire", contact=["phone"])
    assert more.html.count('class="field field-error"') <= 8


@pytest.mark.control("C6")
def test_no_field_exists_for_what_must_not_be_told(site: ReferralSite) -> None:
    known = names(site.blank())
    for word in (
        "national",
        "niss",
        "birth",
        "naissance",
        "nationality",
        "nationalite",
        "address",
        "adresse",
        "diagnosis",
    ):
        assert not [name for name in known if word in name.lower()]


def test_the_household_is_asked_only_where_the_help_depends_on_it(site: ReferralSite) -> None:
    assert {"adults", "children", "age", "bim"} <= names(site.blank(FOOD))
    assert not {"adults", "children", "age", "bim"} & names(site.blank(OTHER))


def test_a_receiver_without_secrecy_is_offered_and_sent_only_name_contact_language_and_theme(
    site: ReferralSite,
) -> None:
    page = site.blank(UNBOUND)
    assert not {"request", "tried", "publics", "documents", "adults", "coming_along"} & names(page)
    reference = site.send(UNBOUND, request="Quokka", tried="Quokka", adults="4")
    with site.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        need = sealing.unseal(session, made, SealedSection.NEED)
        assert (need.request, need.tried, need.adults) == ("", "", "")
        assert sealing.unseal(session, made, SealedSection.PERSON).name == "Zoraptère"


def test_what_the_listing_asks_to_bring_is_there_to_tick(site: ReferralSite) -> None:
    paper = site.say("Composition de ménage", "Gezinssamenstelling")
    assert paper in site.blank().words
    assert paper in site.checked(documents=["1"]).words
    assert paper not in site.checked(documents=["9"]).words


@pytest.mark.control("C5")
def test_without_each_part_of_the_agreement_nothing_is_sent(site: ReferralSite) -> None:
    before = everything(site)
    check = site.checked()
    for missing in ("way", "day", "spoken", "expires", "copy", "conditions"):
        page = site.clients["an"].submit(check, CHECK, "etape=envoyer", **{missing: None})
        assert page.status == 422, missing
    assert site.clients["an"].submit(check, CHECK, "etape=relire", conditions=None).status == 422
    four = site.clients["an"].submit(check, CHECK, "etape=envoyer", conditions=["1", "2", "3", "4"])
    assert four.status == 422
    # A year in two figures is one of this century: an agreement of the year 26 would be over, and pass for given.
    wrong = (("day", "2026-11-24"), ("day", "24/11/26"), ("expires", "2027-02-22"), ("expires", "2026-11-22"))
    for name, value in wrong:
        assert site.clients["an"].submit(check, CHECK, "etape=envoyer", **{name: value}).status == 422
    assert everything(site) == before


def test_a_national_number_or_an_account_in_any_text_is_refused_at_its_field_and_nothing_is_stored(
    site: ReferralSite,
) -> None:
    before = everything(site)
    texts = ("name", "request", "tried", "availability", "safe", "coming_along", "mobility", "function")
    check = site.checked()
    for number, step in (
        *((NATIONAL_NUMBER, step) for step in ("relire", "envoyer", "garder")),
        ("85073003328", "envoyer"),
        (BANK_ACCOUNT, "envoyer"),
    ):
        everywhere = dict.fromkeys((*texts, "motive", "phone"), number)
        page = site.clients["an"].submit(check, CHECK, f"etape={step}", **everywhere)
        assert page.status == 422
        for where in everywhere:
            assert f'id="{where}-error"' in page.html, (where, step, number)
        assert page.html.count(number) >= len(everywhere)
    # One alone is enough.
    for where in ("name", "motive", "phone"):
        page = site.clients["an"].submit(check, CHECK, "etape=envoyer", **{where: NATIONAL_NUMBER})
        assert page.status == 422
    assert everything(site) == before


def test_what_is_needed_today_is_called_for_and_never_sent(site: ReferralSite) -> None:
    before = everything(site)
    for step in ("relire", "envoyer"):
        page = site.clients["an"].submit(
            site.blank(), FORM, f"etape={step}", **(ANSWERS | {"urgency": "today"})
        )
        assert site.say("Appelez, n’envoyez pas", "Bel, verstuur niets") in page.words
        assert [link for link in page.links() if link.startswith("tel:")]
        again = site.clients["an"].submit(page, "relay-call", "etape=modifier")
        assert 'value="Zoraptère"' in again.html
    assert everything(site) == before


def test_modify_leads_back_with_everything_typed(site: ReferralSite) -> None:
    page = site.clients["an"].submit(site.checked(tried="Deux fois"), CHECK, "etape=modifier")
    assert page.status == 200
    for words in ("Zoraptère", "0470 12 34 56", "Deux fois"):
        assert words in page.html
    assert page.html.count("checked") >= 8


def test_the_other_language_shows_the_same_page_with_what_was_typed(site: ReferralSite) -> None:
    other = "nl" if site.lang == "fr" else "fr"
    for page, form in ((site.blank(), FORM), (site.checked(), CHECK)):
        switch = next(e for e in page.all("button") if e.attributes.get("name") == "_langue")
        values = {**ANSWERS, "_langue": other} if form == FORM else {"_langue": other}
        _target, filled = form_values(page.html, form)
        twin = site.clients["an"].post(switch.attributes["formaction"], data={**filled, **values})
        assert twin.status == 200
        assert f'<html lang="{other}"' in twin.html
        assert "Zoraptère" in twin.html
        assert (f'id="{form}"') in twin.html
    assert site.rows() == {}


def test_two_clicks_on_send_send_once(site: ReferralSite) -> None:
    check = site.checked()
    first = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    second = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert (first.status, second.status) == (303, 303)
    assert reference_in(first) == reference_in(second)
    assert len(site.rows()) == 1
    with site.database() as session:
        assert len(list(session.scalars(select(Mail)))) == 1


def test_a_second_click_after_the_withdrawal_sends_nothing(site: ReferralSite) -> None:
    check = site.checked()
    reference = reference_in(site.clients["an"].submit(check, CHECK, "etape=envoyer"))
    assert site.press("withdraw", reference).status == 303
    page = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 409
    assert "Zoraptère" in page.html
    assert site.rows() == {}
    # But she may send it anew from there, knowingly.
    assert site.clients["an"].submit(page, CHECK, "etape=envoyer").status == 303


@pytest.mark.control("C20")
def test_the_form_of_another_worker_sends_nothing_in_her_name(site: ReferralSite) -> None:
    check = site.checked()
    page = site.clients["cy"].submit(check, CHECK, "etape=envoyer", _jeton=site.token("cy"))
    assert page.status == 200
    assert site.rows() == {}


@pytest.mark.control("C20")
def test_fields_that_the_form_does_not_have_change_nothing(site: ReferralSite) -> None:
    known = ("urgency", "theme", "emergency", "copy_by_mail")
    columns = {column.name: "1" for column in Referral.__table__.columns if column.name not in known}
    reference = site.send(**columns | {"state": "accepted", "role": "administrator", "niss": "x"})
    with site.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        assert made.state is ReferralState.SENT
        assert made.sender_id == site.numbers["an"]
        assert (made.reason, made.outcome, made.appointment, made.emergency) == (None, None, None, False)
        assert made.uid != "1"


def test_in_grave_danger_a_motive_stands_for_the_agreement_and_the_fiche_says_so(site: ReferralSite) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    page = site.clients["an"].submit(site.blank(), FORM, "etape=relire", **(ANSWERS | without))
    assert page.status == 422
    reference = site.send(**without, motive="Un danger, mot Numbat.")
    with site.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        assert made.emergency
        assert made.consent_way is None
    assert (
        site.say("danger grave", "ernstig gevaar") in site.clients["an"].get(site.path("", reference)).words
    )
    assert "Numbat" in site.press("read", reference).words


def test_the_receiver_does_not_read_the_motive_and_nothing_is_mailed_to_the_person(
    site: ReferralSite,
) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    by_mail = {"contact": ["mail"], "phone": "", "mail": "zoe@maison.example", "copy_by_mail": "y"}
    reference = site.send(**without, **by_mail, motive="Un danger, mot Numbat.")
    for name in ("read", "open_person"):
        page = site.press(name, reference, "bo")
        assert page.status == 200
        assert site.say("danger grave", "ernstig") in page.words
        assert "Numbat" not in page.html
    with site.database() as session:
        kinds = session.scalars(select(Mail.kind)).all()
        assert "referral_person" not in kinds
        assert not session.scalars(select(Referral.copy_by_mail)).one()


def test_an_agreement_that_comes_later_does_not_undo_the_mark_of_an_emergency(site: ReferralSite) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    reference = site.send(**without, motive="Un danger.")
    client = site.clients["an"]
    page = client.get(site.path("renew", reference))
    done = client.submit(page, "renew", way="phone", conditions=["1", "2", "3", "4", "5"])
    assert done.status == 303
    with site.database() as session:
        made = session.scalars(select(Referral)).one()
        assert made.emergency
        assert str(made.consent_way) == "phone"
    assert site.say("Sans l’accord", "Zonder akkoord") not in site.press("read", reference, "bo").words


@pytest.mark.parametrize("words", ["21", "002", "0020" + NATIONAL_NUMBER.replace(".", "").replace("-", "")])
def test_a_household_is_a_small_number_and_hides_no_other(site: ReferralSite, words: str) -> None:
    page = site.clients["an"].submit(site.blank(), FORM, "etape=relire", **(ANSWERS | {"adults": words}))
    assert page.status == 422
    assert site.say("Écrivez un nombre", "Schrijf een getal") in page.words


def test_an_address_cannot_carry_headers_into_the_mail_that_its_link_opens(site: ReferralSite) -> None:
    typed = {"contact": ["mail"], "phone": "", "mail": "zoe?bcc=autre@maison.example"}
    page = site.clients["an"].submit(site.blank(), FORM, "etape=relire", **(ANSWERS | typed))
    assert page.status == 422


def test_the_services_she_sent_to_lately_come_first(site: ReferralSite) -> None:
    def order(who: str) -> list[int]:
        page = site.clients[who].get(site.path("new"))
        return [page.html.index(f'={key}"') for key in (FOOD, OTHER, UNBOUND)]

    before = order("cy")
    site.send(OTHER)
    food, other, unbound = order("an")
    assert other < food
    assert other < unbound
    assert order("cy")[1] > order("cy")[0]
    assert sorted(range(3), key=order("cy").__getitem__) == sorted(range(3), key=before.__getitem__)


def test_two_forms_that_hand_on_the_same_fiche_take_it_one_by_one(
    site: ReferralSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row that a form changes is held: on PostgreSQL two would otherwise both find it declined."""
    held: list[str] = []
    hold = finding.hold
    monkeypatch.setattr(
        finding, "hold", lambda session, row: (held.append(row.reference), hold(session, row))[1]
    )
    first = site.send()
    site.press("open_person", first, "bo")
    site.press("decline", first, "bo", reason="full", words="")
    held.clear()
    second = site.send(OTHER, handed_on=first)
    assert first in held
    assert site.rows() == {first: "rerouted", second: "sent"}
    kept = site.clients["an"].submit(site.blank(), FORM, "etape=garder", conditions=["2"])
    held.clear()
    shown = site.clients["an"].get(site.path("", reference_in(kept)))
    site.clients["an"].submit(shown, site.path("new"), "etape=reprendre")
    assert held == [reference_in(kept)]


def test_a_draft_is_kept_only_after_the_agreement_and_can_be_continued_sent_and_dropped(
    site: ReferralSite,
) -> None:
    refused = site.clients["an"].submit(site.blank(), FORM, "etape=garder", name="Zoraptère")
    assert refused.status == 422
    assert site.rows() == {}
    kept = site.clients["an"].submit(site.blank(), FORM, "etape=garder", name="Zoraptère", conditions=["2"])
    reference = reference_in(kept)
    assert site.rows() == {reference: "draft"}
    shown = site.clients["an"].get(site.path("", reference))
    assert "Zoraptère" not in shown.html
    again = site.clients["an"].submit(shown, site.path("new"), "etape=reprendre")
    assert again.status == 200
    assert 'value="Zoraptère"' in again.html
    check = site.clients["an"].submit(again, FORM, "etape=relire", **(ANSWERS | {"name": "Zoraptère B."}))
    sent = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert reference_in(sent) == reference
    assert site.rows() == {reference: "sent"}


def test_a_draft_is_thrown_away_and_its_form_with_it(site: ReferralSite) -> None:
    blank = site.blank()
    reference = reference_in(site.clients["an"].submit(blank, FORM, "etape=garder", conditions=["2"]))
    # The same form kept again is the same draft.
    assert reference_in(site.clients["an"].submit(blank, FORM, "etape=garder", conditions=["2"])) == reference
    answer = site.press("drop", reference)
    assert answer.status == 303
    assert site.rows() == {}
    assert site.clients["an"].get(site.path("", reference)).status == 404


def test_a_declined_fiche_goes_to_another_service_with_its_need_and_a_new_agreement(
    site: ReferralSite, reference: str
) -> None:
    site.press("read", reference, "bo")
    site.press("decline", reference, "bo", reason="full")
    shown = site.clients["an"].get(site.path("", reference))
    link = next(link for link in shown.links() if reference in link and "?" in link)
    choose = site.clients["an"].get(link)
    form = site.clients["an"].post(
        site.path("new"),
        data={"_jeton": site.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert choose.status == form.status == 200
    assert "Quokka" in form.html
    assert "Zoraptère" not in form.html
    assert 'name="conditions" type="checkbox" value="1" checked' not in form.html
    check = site.clients["an"].submit(
        form, FORM, "etape=relire", **{name: value for name, value in ANSWERS.items() if name != "request"}
    )
    second = reference_in(site.clients["an"].submit(check, CHECK, "etape=envoyer"))
    assert site.rows() == {reference: "rerouted", second: "sent"}
    with site.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == second)).one()
        assert made.previous_id is not None
    # Once handed on, the first one is not handed on again; nothing that was typed is lost.
    late = site.clients["an"].submit(form, FORM, "etape=relire", **(ANSWERS | {"fiche": ""}))
    answer = site.clients["an"].submit(late, CHECK, "etape=envoyer")
    assert answer.status == 409
    assert "Zoraptère" in answer.html
    assert len(site.rows()) == 2


def test_after_the_agreement_has_lapsed_the_need_is_not_copied(site: ReferralSite) -> None:
    reference = site.send(expires="2026-11-23")
    site.press("read", reference, "bo")
    site.press("decline", reference, "bo", reason="full")
    site.at(MONDAY_MORNING + timedelta(days=1))
    form = site.clients["an"].post(
        site.path("new"),
        data={"_jeton": site.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert form.status == 200
    assert "Quokka" not in form.html


def test_services_that_receive_are_listed_by_need_and_word(site: ReferralSite) -> None:
    worker = site.clients["an"]
    page = worker.get(site.path("new"))
    with site.database() as session:
        found = {
            key: session.scalars(select(Service).where(Service.key == key))
            .one()
            .name.localized(site.lang)
            .words
            for key in (FOOD, OTHER, UNBOUND)
        }
    assert all(name in page.words for name in found.values())
    need = "besoin" if site.lang == "fr" else "nood"
    assert found[OTHER] not in worker.get(f"{site.path('new')}?{need}=faim&q=caba").words
    assert found[FOOD] in worker.get(f"{site.path('new')}?{need}=faim&q=caba").words
    nothing = worker.get(f"{site.path('new')}?q=zzzz")
    assert site.say("Aucun service", "Geen enkele dienst") in nothing.words


def test_a_service_that_does_not_receive_is_not_sent_to(site: ReferralSite) -> None:
    check = site.checked()
    with site.database() as session:
        session.scalars(select(Service).where(Service.key == FOOD)).one().accepts_relay = False
    page = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 422
    assert "Zoraptère" in page.html
    assert site.rows() == {}


def test_the_page_of_a_service_offers_a_fiche_to_social_workers_only(site: ReferralSite) -> None:
    path = f"/{site.lang}/{'services' if site.lang == 'fr' else 'diensten'}/{FOOD}"
    words = site.say("Envoyer une fiche-relais", "Een doorverwijsfiche versturen")
    assert words in site.clients["an"].get(path).words
    assert words not in someone(site.app, Role.COORDINATOR).get(path).words
    assert site.say("Fiches-relais", "Doorverwijsfiches") in site.clients["an"].get(path).words


@pytest.mark.usefixtures("days_pass")
def test_the_clock_finds_the_fiche_that_was_sent_here(site: ReferralSite) -> None:
    site.send()
    with site.database() as session:
        assert deadlines.tick(session, MONDAY_MORNING + timedelta(days=30, minutes=1)).expired == 1
