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
from tests.web.referral_accounts import ANSWERS, CHECK, FOOD, FORM, OTHER, UNBOUND, House, reference_in

NATIONAL_NUMBER = "85.07.30-033.28"
BANK_ACCOUNT = "BE68 5390 0754 7034"


def everything(relays: House) -> dict[str, list[str]]:
    """Every row of every table."""
    with relays.database() as session:
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


def test_a_fiche_is_sent_in_two_pages_and_leads_to_what_happens_next(relays: House) -> None:
    check = relays.checked()
    assert "Zoraptère" in check.words
    assert relays.rows() == {}
    answer = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    page = relays.clients["an"].get(answer.headers["Location"])
    assert relays.say("La fiche est enregistrée", "opgeslagen") in page.words
    assert "Zoraptère" not in page.html
    assert list(relays.rows().values()) == ["sent"]
    with relays.database() as session:
        mails = list(session.scalars(select(Mail)))
        assert [mail.kind for mail in mails] == ["referral_received"]


def test_the_check_page_carries_every_answer(relays: House) -> None:
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
    carried = form_values(relays.checked(**typed).html, CHECK)[1]
    blank = form_values(relays.blank().html, FORM)[1]
    for name, value in (blank | ANSWERS | typed).items():
        if name not in ("_jeton", "fiche") and any(value):
            assert carried[name] == (value if isinstance(value, list) else [value]), name


def test_at_most_eight_answers_are_left_to_give(relays: House) -> None:
    page = relays.clients["an"].submit(relays.blank(), FORM, "etape=relire")
    assert page.status == 422
    asked = page.html.count('class="field field-error"')
    assert 1 <= asked <= 8
    # What depends on an answer: the number, once "by telephone" is ticked.
    more = relays.clients["an"].submit(relays.blank(), FORM, "etape=relire", contact=["phone"])
    assert more.html.count('class="field field-error"') <= 8


@pytest.mark.control("C6")
def test_no_field_exists_for_what_must_not_be_told(relays: House) -> None:
    known = names(relays.blank())
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


def test_the_household_is_asked_only_where_the_help_depends_on_it(relays: House) -> None:
    assert {"adults", "children", "age", "bim"} <= names(relays.blank(FOOD))
    assert not {"adults", "children", "age", "bim"} & names(relays.blank(OTHER))


def test_a_receiver_without_secrecy_is_offered_and_sent_only_name_contact_language_and_theme(
    relays: House,
) -> None:
    page = relays.blank(UNBOUND)
    assert not {"request", "tried", "publics", "documents", "adults", "coming_along"} & names(page)
    reference = relays.send(UNBOUND, request="Quokka", tried="Quokka", adults="4")
    with relays.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        need = sealing.unseal(session, made, SealedSection.NEED)
        assert (need.request, need.tried, need.adults) == ("", "", "")
        assert sealing.unseal(session, made, SealedSection.PERSON).name == "Zoraptère"


def test_what_the_listing_asks_to_bring_is_there_to_tick(relays: House) -> None:
    paper = relays.say("Composition de ménage", "Gezinssamenstelling")
    assert paper in relays.blank().words
    assert paper in relays.checked(documents=["1"]).words
    assert paper not in relays.checked(documents=["9"]).words


@pytest.mark.control("C5")
def test_without_each_part_of_the_agreement_nothing_is_sent(relays: House) -> None:
    before = everything(relays)
    check = relays.checked()
    for missing in ("way", "day", "spoken", "expires", "copy", "conditions"):
        page = relays.clients["an"].submit(check, CHECK, "etape=envoyer", **{missing: None})
        assert page.status == 422, missing
    assert relays.clients["an"].submit(check, CHECK, "etape=relire", conditions=None).status == 422
    four = relays.clients["an"].submit(check, CHECK, "etape=envoyer", conditions=["1", "2", "3", "4"])
    assert four.status == 422
    # A year in two figures is one of this century: an agreement of the year 26 would be over, and pass for given.
    wrong = (("day", "2026-11-24"), ("day", "24/11/26"), ("expires", "2027-02-22"), ("expires", "2026-11-22"))
    for name, value in wrong:
        assert relays.clients["an"].submit(check, CHECK, "etape=envoyer", **{name: value}).status == 422
    assert everything(relays) == before


def test_a_national_number_or_an_account_in_any_text_is_refused_at_its_field_and_nothing_is_stored(
    relays: House,
) -> None:
    before = everything(relays)
    texts = ("name", "request", "tried", "availability", "safe", "coming_along", "mobility", "function")
    check = relays.checked()
    for number, step in (
        *((NATIONAL_NUMBER, step) for step in ("relire", "envoyer", "garder")),
        ("85073003328", "envoyer"),
        (BANK_ACCOUNT, "envoyer"),
    ):
        everywhere = dict.fromkeys((*texts, "motive", "phone"), number)
        page = relays.clients["an"].submit(check, CHECK, f"etape={step}", **everywhere)
        assert page.status == 422
        for where in everywhere:
            assert f'id="{where}-error"' in page.html, (where, step, number)
        assert page.html.count(number) >= len(everywhere)
    # One alone is enough.
    for where in ("name", "motive", "phone"):
        page = relays.clients["an"].submit(check, CHECK, "etape=envoyer", **{where: NATIONAL_NUMBER})
        assert page.status == 422
    assert everything(relays) == before


def test_what_is_needed_today_is_called_for_and_never_sent(relays: House) -> None:
    before = everything(relays)
    for step in ("relire", "envoyer"):
        page = relays.clients["an"].submit(
            relays.blank(), FORM, f"etape={step}", **(ANSWERS | {"urgency": "today"})
        )
        assert relays.say("Appelez, n’envoyez pas", "Bel, verstuur niets") in page.words
        assert [link for link in page.links() if link.startswith("tel:")]
        again = relays.clients["an"].submit(page, "relay-call", "etape=modifier")
        assert 'value="Zoraptère"' in again.html
    assert everything(relays) == before


def test_modify_leads_back_with_everything_typed(relays: House) -> None:
    page = relays.clients["an"].submit(relays.checked(tried="Deux fois"), CHECK, "etape=modifier")
    assert page.status == 200
    for words in ("Zoraptère", "0470 12 34 56", "Deux fois"):
        assert words in page.html
    assert page.html.count("checked") >= 8


def test_the_other_language_shows_the_same_page_with_what_was_typed(relays: House) -> None:
    other = "nl" if relays.lang == "fr" else "fr"
    for page, form in ((relays.blank(), FORM), (relays.checked(), CHECK)):
        switch = next(e for e in page.all("button") if e.attributes.get("name") == "_langue")
        values = {**ANSWERS, "_langue": other} if form == FORM else {"_langue": other}
        _target, filled = form_values(page.html, form)
        twin = relays.clients["an"].post(switch.attributes["formaction"], data={**filled, **values})
        assert twin.status == 200
        assert f'<html lang="{other}"' in twin.html
        assert "Zoraptère" in twin.html
        assert (f'id="{form}"') in twin.html
    assert relays.rows() == {}


def test_two_clicks_on_send_send_once(relays: House) -> None:
    check = relays.checked()
    first = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    second = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert (first.status, second.status) == (303, 303)
    assert reference_in(first) == reference_in(second)
    assert len(relays.rows()) == 1
    with relays.database() as session:
        assert len(list(session.scalars(select(Mail)))) == 1


def test_a_second_click_after_the_withdrawal_sends_nothing(relays: House) -> None:
    check = relays.checked()
    reference = reference_in(relays.clients["an"].submit(check, CHECK, "etape=envoyer"))
    assert relays.press("withdraw", reference).status == 303
    page = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 409
    assert "Zoraptère" in page.html
    assert relays.rows() == {}
    # But she may send it anew from there, knowingly.
    assert relays.clients["an"].submit(page, CHECK, "etape=envoyer").status == 303


@pytest.mark.control("C20")
def test_the_form_of_another_worker_sends_nothing_in_her_name(relays: House) -> None:
    check = relays.checked()
    page = relays.clients["cy"].submit(check, CHECK, "etape=envoyer", _jeton=relays.token("cy"))
    assert page.status == 200
    assert relays.rows() == {}


@pytest.mark.control("C20")
def test_fields_that_the_form_does_not_have_change_nothing(relays: House) -> None:
    known = ("urgency", "theme", "emergency", "copy_by_mail")
    columns = {column.name: "1" for column in Referral.__table__.columns if column.name not in known}
    reference = relays.send(**columns | {"state": "accepted", "role": "administrator", "niss": "x"})
    with relays.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        assert made.state is ReferralState.SENT
        assert made.sender_id == relays.numbers["an"]
        assert (made.reason, made.outcome, made.appointment, made.emergency) == (None, None, None, False)
        assert made.uid != "1"


def test_in_grave_danger_a_motive_stands_for_the_agreement_and_the_fiche_says_so(relays: House) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    page = relays.clients["an"].submit(relays.blank(), FORM, "etape=relire", **(ANSWERS | without))
    assert page.status == 422
    reference = relays.send(**without, motive="Un danger, mot Numbat.")
    with relays.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        assert made.emergency
        assert made.consent_way is None
    assert (
        relays.say("danger grave", "ernstig gevaar")
        in relays.clients["an"].get(relays.path("", reference)).words
    )
    assert "Numbat" in relays.press("read", reference).words


def test_the_receiver_does_not_read_the_motive_and_nothing_is_mailed_to_the_person(relays: House) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    by_mail = {"contact": ["mail"], "phone": "", "mail": "zoe@maison.example", "copy_by_mail": "y"}
    reference = relays.send(**without, **by_mail, motive="Un danger, mot Numbat.")
    for name in ("read", "open_person"):
        page = relays.press(name, reference, "bo")
        assert page.status == 200
        assert relays.say("danger grave", "ernstig") in page.words
        assert "Numbat" not in page.html
    with relays.database() as session:
        kinds = session.scalars(select(Mail.kind)).all()
        assert "referral_person" not in kinds
        assert not session.scalars(select(Referral.copy_by_mail)).one()


def test_an_agreement_that_comes_later_does_not_undo_the_mark_of_an_emergency(relays: House) -> None:
    without = {"way": None, "copy": None, "conditions": None, "emergency": "y"}
    reference = relays.send(**without, motive="Un danger.")
    client = relays.clients["an"]
    page = client.get(relays.path("renew", reference))
    done = client.submit(page, "renew", way="phone", conditions=["1", "2", "3", "4", "5"])
    assert done.status == 303
    with relays.database() as session:
        made = session.scalars(select(Referral)).one()
        assert made.emergency
        assert str(made.consent_way) == "phone"
    assert relays.say("Sans l’accord", "Zonder akkoord") not in relays.press("read", reference, "bo").words


@pytest.mark.parametrize("words", ["21", "002", "0020" + NATIONAL_NUMBER.replace(".", "").replace("-", "")])
def test_a_household_is_a_small_number_and_hides_no_other(relays: House, words: str) -> None:
    page = relays.clients["an"].submit(relays.blank(), FORM, "etape=relire", **(ANSWERS | {"adults": words}))
    assert page.status == 422
    assert relays.say("Écrivez un nombre", "Schrijf een getal") in page.words


def test_an_address_cannot_carry_headers_into_the_mail_that_its_link_opens(relays: House) -> None:
    typed = {"contact": ["mail"], "phone": "", "mail": "zoe?bcc=autre@maison.example"}
    page = relays.clients["an"].submit(relays.blank(), FORM, "etape=relire", **(ANSWERS | typed))
    assert page.status == 422


def test_the_services_she_sent_to_lately_come_first(relays: House) -> None:
    def order(who: str) -> list[int]:
        page = relays.clients[who].get(relays.path("new"))
        return [page.html.index(f'={key}"') for key in (FOOD, OTHER, UNBOUND)]

    before = order("cy")
    relays.send(OTHER)
    food, other, unbound = order("an")
    assert other < food
    assert other < unbound
    assert order("cy")[1] > order("cy")[0]
    assert sorted(range(3), key=order("cy").__getitem__) == sorted(range(3), key=before.__getitem__)


def test_two_forms_that_hand_on_the_same_fiche_take_it_one_by_one(
    relays: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row that a form changes is held: on PostgreSQL two would otherwise both find it declined."""
    held: list[str] = []
    hold = finding.hold
    monkeypatch.setattr(
        finding, "hold", lambda session, row: (held.append(row.reference), hold(session, row))[1]
    )
    first = relays.send()
    relays.press("open_person", first, "bo")
    relays.press("decline", first, "bo", reason="full", words="")
    held.clear()
    second = relays.send(OTHER, handed_on=first)
    assert first in held
    assert relays.rows() == {first: "rerouted", second: "sent"}
    kept = relays.clients["an"].submit(relays.blank(), FORM, "etape=garder", conditions=["2"])
    held.clear()
    shown = relays.clients["an"].get(relays.path("", reference_in(kept)))
    relays.clients["an"].submit(shown, relays.path("new"), "etape=reprendre")
    assert held == [reference_in(kept)]


def test_a_draft_is_kept_only_after_the_agreement_and_can_be_continued_sent_and_dropped(
    relays: House,
) -> None:
    refused = relays.clients["an"].submit(relays.blank(), FORM, "etape=garder", name="Zoraptère")
    assert refused.status == 422
    assert relays.rows() == {}
    kept = relays.clients["an"].submit(
        relays.blank(), FORM, "etape=garder", name="Zoraptère", conditions=["2"]
    )
    reference = reference_in(kept)
    assert relays.rows() == {reference: "draft"}
    shown = relays.clients["an"].get(relays.path("", reference))
    assert "Zoraptère" not in shown.html
    again = relays.clients["an"].submit(shown, relays.path("new"), "etape=reprendre")
    assert again.status == 200
    assert 'value="Zoraptère"' in again.html
    check = relays.clients["an"].submit(again, FORM, "etape=relire", **(ANSWERS | {"name": "Zoraptère B."}))
    sent = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert reference_in(sent) == reference
    assert relays.rows() == {reference: "sent"}


def test_a_draft_is_thrown_away_and_its_form_with_it(relays: House) -> None:
    blank = relays.blank()
    reference = reference_in(relays.clients["an"].submit(blank, FORM, "etape=garder", conditions=["2"]))
    # The same form kept again is the same draft.
    assert (
        reference_in(relays.clients["an"].submit(blank, FORM, "etape=garder", conditions=["2"])) == reference
    )
    answer = relays.press("drop", reference)
    assert answer.status == 303
    assert relays.rows() == {}
    assert relays.clients["an"].get(relays.path("", reference)).status == 404


def test_a_declined_fiche_goes_to_another_service_with_its_need_and_a_new_agreement(
    relays: House, reference: str
) -> None:
    relays.press("read", reference, "bo")
    relays.press("decline", reference, "bo", reason="full")
    shown = relays.clients["an"].get(relays.path("", reference))
    link = next(link for link in shown.links() if reference in link and "?" in link)
    choose = relays.clients["an"].get(link)
    form = relays.clients["an"].post(
        relays.path("new"),
        data={"_jeton": relays.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert choose.status == form.status == 200
    assert "Quokka" in form.html
    assert "Zoraptère" not in form.html
    assert 'name="conditions" type="checkbox" value="1" checked' not in form.html
    check = relays.clients["an"].submit(
        form, FORM, "etape=relire", **{name: value for name, value in ANSWERS.items() if name != "request"}
    )
    second = reference_in(relays.clients["an"].submit(check, CHECK, "etape=envoyer"))
    assert relays.rows() == {reference: "rerouted", second: "sent"}
    with relays.database() as session:
        made = session.scalars(select(Referral).where(Referral.reference == second)).one()
        assert made.previous_id is not None
    # Once handed on, the first one is not handed on again; nothing that was typed is lost.
    late = relays.clients["an"].submit(form, FORM, "etape=relire", **(ANSWERS | {"fiche": ""}))
    answer = relays.clients["an"].submit(late, CHECK, "etape=envoyer")
    assert answer.status == 409
    assert "Zoraptère" in answer.html
    assert len(relays.rows()) == 2


def test_after_the_agreement_has_lapsed_the_need_is_not_copied(relays: House) -> None:
    reference = relays.send(expires="2026-11-23")
    relays.press("read", reference, "bo")
    relays.press("decline", reference, "bo", reason="full")
    relays.at(MONDAY_MORNING + timedelta(days=1))
    form = relays.clients["an"].post(
        relays.path("new"),
        data={"_jeton": relays.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert form.status == 200
    assert "Quokka" not in form.html


def test_services_that_receive_are_listed_by_need_and_word(relays: House) -> None:
    worker = relays.clients["an"]
    page = worker.get(relays.path("new"))
    with relays.database() as session:
        found = {
            key: session.scalars(select(Service).where(Service.key == key))
            .one()
            .name.localized(relays.lang)
            .words
            for key in (FOOD, OTHER, UNBOUND)
        }
    assert all(name in page.words for name in found.values())
    need = "besoin" if relays.lang == "fr" else "nood"
    assert found[OTHER] not in worker.get(f"{relays.path('new')}?{need}=faim&q=caba").words
    assert found[FOOD] in worker.get(f"{relays.path('new')}?{need}=faim&q=caba").words
    nothing = worker.get(f"{relays.path('new')}?q=zzzz")
    assert relays.say("Aucun service", "Geen enkele dienst") in nothing.words


def test_a_service_that_does_not_receive_is_not_sent_to(relays: House) -> None:
    check = relays.checked()
    with relays.database() as session:
        session.scalars(select(Service).where(Service.key == FOOD)).one().accepts_relay = False
    page = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 422
    assert "Zoraptère" in page.html
    assert relays.rows() == {}


def test_the_page_of_a_service_offers_a_fiche_to_social_workers_only(relays: House) -> None:
    path = f"/{relays.lang}/{'services' if relays.lang == 'fr' else 'diensten'}/{FOOD}"
    words = relays.say("Envoyer une fiche-relais", "Een doorverwijsfiche versturen")
    assert words in relays.clients["an"].get(path).words
    assert words not in someone(relays.app, Role.COORDINATOR).get(path).words
    assert relays.say("Fiches-relais", "Doorverwijsfiches") in relays.clients["an"].get(path).words


@pytest.mark.usefixtures("days_pass")
def test_the_clock_finds_the_fiche_that_was_sent_here(relays: House) -> None:
    relays.send()
    with relays.database() as session:
        assert deadlines.tick(session, MONDAY_MORNING + timedelta(days=30, minutes=1)).expired == 1
