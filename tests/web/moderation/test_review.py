"""A coordinator reads what associations propose: before and after, in part, refused, to correct; nothing is lost."""

import pytest
from sqlalchemy import select

from guide.model import Mail, Proposal, ProposalState, Revision, Service, Visibility
from tests.markup import read
from tests.pages import PageClient
from tests.people import signed_in_client
from tests.web.desks import FILLED, Desk
from tests.web.moderating import EVIL, KEY, Office


def state(office: Office, number: int) -> ProposalState:
    with office.database() as session:
        return session.get_one(Proposal, number).state


def test_the_oldest_waits_on_top_with_its_fields_in_words(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals")
    assert office.path("proposals", number) in page.links()
    assert office.say("En bref", "In het kort") in page.words


def test_a_proposal_is_published_in_part_and_its_author_is_told(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale.", "summary.nl": "Een sociale kruidenier."})
    page = office.open("proposals", number)
    assert page.all("ins")
    assert page.all("del")
    done = office.boss.submit(page, "review", button="quoi=publier", champ=["summary.fr"], answer="Merci.")
    assert done.status == 303
    record = office.record()
    assert record["summary"]["fr"] == "Une épicerie sociale."
    assert record["summary"]["nl"] != "Een sociale kruidenier."
    assert state(office, number) is ProposalState.PARTLY
    with office.database() as session:
        assert [mail.kind for mail in session.query(Mail)] == ["proposal_partly"]
    assert "Une épicerie sociale." in office.public().get(f"/fr/services/{KEY}").words


def test_everything_is_ticked_at_first_and_published_whole(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale.", "intake_status": "full"})
    page = office.open("proposals", number)
    assert office.boss.submit(page, "review", button="quoi=publier").status == 303
    assert state(office, number) is ProposalState.ACCEPTED
    listed = office.open("proposals")
    assert office.path("proposals", number) not in listed.links()


@pytest.mark.parametrize(
    ("button", "after"),
    [("quoi=refuser", ProposalState.REFUSED), ("quoi=corriger", ProposalState.CORRECTION)],
)
def test_who_refuses_or_asks_says_why(office: Office, button: str, after: ProposalState) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale.", "description.fr": "Chaque midi."})
    page = office.open("proposals", number)
    silent = office.boss.submit(page, "review", button=button, champ=["summary.fr"])
    assert silent.status == 422
    assert silent.title.startswith(office.say("Erreur", "Fout"))
    ticked = [one.attributes["value"] for one in silent.all("input") if "checked" in one.attributes]
    assert ticked == ["summary.fr"], "what was ticked stays ticked"
    assert office.boss.submit(silent, "review", button=button, answer="Te kort.").status == 303
    with office.database() as session:
        found = session.get_one(Proposal, number)
        assert (found.state, found.answer) == (after, "Te kort.")


def test_who_asked_for_a_correction_may_change_her_mind(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    office.boss.submit(page, "review", button="quoi=corriger", answer="Quel midi ?")
    listed = office.open("proposals")
    assert "Quel midi ?" in listed.words
    again = office.open("proposals", number)
    assert office.boss.submit(again, "review", button="quoi=publier", answer="").status == 303
    assert state(office, number) is ProposalState.ACCEPTED


def test_the_second_reviewer_is_told_that_it_is_done_and_keeps_her_words(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    other = office.colleague()
    first, second = (office.open("proposals", number, client=one) for one in (office.boss, other))
    assert office.boss.submit(first, "review", button="quoi=publier").status == 303
    late = other.submit(second, "review", button="quoi=refuser", answer="Pas assez clair.")
    assert late.status == 422
    assert "Pas assez clair." in late.words
    assert office.say("déjà répondu", "al beantwoord") in late.words
    assert state(office, number) is ProposalState.ACCEPTED


def test_who_did_not_see_a_colleagues_question_publishes_nothing_over_it(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    other = office.colleague()
    first, second = (office.open("proposals", number, client=one) for one in (office.boss, other))
    office.boss.submit(first, "review", button="quoi=corriger", answer="Quel midi ?")
    late = other.submit(second, "review", button="quoi=publier", answer="Merci.")
    assert late.status == 422
    assert "Quel midi ?" in late.words
    assert "Merci." in late.html
    assert office.say("Un membre de l’équipe a demandé", "Iemand van de ploeg heeft intussen") in late.words
    assert office.say("Vous avez demandé", "U hebt een verbetering gevraagd") not in late.words
    assert state(office, number) is ProposalState.CORRECTION
    assert other.submit(late, "review", button="quoi=publier").status == 303
    assert state(office, number) is ProposalState.ACCEPTED


def test_what_the_association_changed_meanwhile_is_read_before_it_is_published(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    office.change({"summary.fr": "Tout autre chose."})
    late = office.boss.submit(page, "review", button="quoi=publier", answer="Merci.")
    assert late.status == 422
    assert "Tout autre chose." in late.words
    assert "Merci." in late.html
    assert office.record()["summary"]["fr"] != "Tout autre chose."
    assert office.boss.submit(late, "review", button="quoi=publier").status == 303
    assert office.record()["summary"]["fr"] == "Tout autre chose."


def test_nothing_ticked_is_said(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    answer = office.boss.submit(page, "review", button="quoi=publier", champ=None, answer="Merci.")
    assert answer.status == 422
    assert "Merci." in answer.html
    assert state(office, number) is ProposalState.WAITING


MONDAY = {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}


def with_a_second_address(office: Office) -> int:
    """A proposal of a second address, with a number and hours for each."""
    [first] = office.record()["addresses"]
    second = {"key": "2", "street": {"fr": "Rue Neuve 3", "nl": "Nieuwstraat 3"}}
    return office.change(
        {
            "addresses": [{**first, "key": "1"}, second],
            "phones": [
                {"number": "02 425 00 00", "address": "1"},
                {"number": "02 425 11 11", "address": "2"},
            ],
            "schedules": [{**MONDAY, "address": "1"}, {**MONDAY, "address": "2", "opens_at": "10:00"}],
        }
    )


@pytest.mark.parametrize("chosen", [["schedules"], ["phones"], ["phones", "schedules"]])
def test_hours_and_numbers_of_a_new_address_are_not_published_without_it(
    office: Office, chosen: list[str]
) -> None:
    number, before = with_a_second_address(office), office.record()
    page = office.open("proposals", number)
    refused = office.boss.submit(page, "review", button="quoi=publier", champ=chosen, answer="Merci.")
    assert refused.status == 422
    sentence = {
        ("schedules",): office.say("Ces heures sont celles d’une nouvelle", "die van een nieuw adres"),
        ("phones",): office.say("Ces numéros sont ceux d’une nouvelle", "nummers zijn die van een nieuw"),
    }.get(tuple(chosen), office.say("Ces changements vont ensemble", "Deze wijzigingen horen samen"))
    assert sentence in refused.words
    assert "Merci." in refused.html
    boxes = [one for one in refused.all("input") if one.attributes.get("name") == "champ"]
    assert [one.attributes["value"] for one in boxes if "checked" in one.attributes] == chosen
    assert (office.record(), state(office, number)) == (before, ProposalState.WAITING)
    both = [*chosen, "addresses", "schedules"]
    assert office.boss.submit(refused, "review", button="quoi=publier", champ=both).status == 303
    with office.database() as session:
        [content] = [told.content for told in session.query(Mail)]
    numbers = ["Téléphone"]
    with_numbers = "phones" in chosen
    assert set(content["accepted"]) == {"Adresse", "Heures", *(numbers if with_numbers else [])}
    assert content["left"] == ([] if with_numbers else numbers)
    assert len(office.record()["schedules"]) == 2


def test_an_address_does_not_take_its_hours_away_unless_that_is_ticked(office: Office) -> None:
    office.boss.submit(
        office.open("proposals", with_a_second_address(office)), "review", button="quoi=publier"
    )
    whole = office.record()
    assert len(whole["addresses"]) == 2
    number = office.change({"addresses": whole["addresses"][:1]})
    page = office.open("proposals", number)
    refused = office.boss.submit(page, "review", button="quoi=publier", champ=["addresses"])
    assert refused.status == 422
    names = office.say(
        "cochez aussi «\u00a0Téléphone\u00a0» et «\u00a0Heures\u00a0»",
        "vink ook ‘Telefoon’ en ‘Uren’ aan",
    )
    assert names.replace("\u00a0", " ") in refused.words.replace("\u00a0", " ")
    assert office.record() == whole


def test_the_switch_of_language_keeps_ticks_and_words(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale.", "description.fr": "Chaque midi."})
    page = office.open("proposals", number)
    switch = next(one for one in page.all("button") if one.attributes.get("name") == "_langue")
    target = switch.attributes["formaction"]
    form = page.html.replace(f'action="{office.path("proposals", number)}"', f'action="{target}"')
    page.elements = read(form)
    turned = office.boss.submit(
        page,
        "review",
        button=f"_langue={office.say('nl', 'fr')}",
        champ=["description.fr"],
        answer="Eén vraag",
    )
    assert turned.status == 200
    assert "Eén vraag" in turned.html
    assert [one.attributes["value"] for one in turned.all("input") if "checked" in one.attributes] == [
        "description.fr"
    ]
    assert state(office, number) is ProposalState.WAITING


def test_numbers_and_hours_are_published_from_the_list_at_one_click(office: Office) -> None:
    number = office.change({"phones": [{"number": "02 425 00 00"}]})
    page = office.open("proposals")
    assert "02 425 00 00" in page.words.replace("\u00a0", " ")
    assert office.boss.submit(page, office.path("proposals", number)).status == 303
    assert office.record()["phones"] == [{"number": "02 425 00 00"}]
    assert state(office, number) is ProposalState.ACCEPTED


def test_a_quick_click_publishes_nothing_that_was_not_on_the_list(office: Office) -> None:
    number = office.change({"phones": [{"number": "02 425 00 00"}]})
    page = office.open("proposals")
    office.change({"phones": [{"number": "02 425 99 99"}]})
    late = office.boss.submit(page, office.path("proposals", number))
    assert late.status == 422
    assert state(office, number) is ProposalState.WAITING
    assert office.record().get("phones") != [{"number": "02 425 99 99"}]


def test_a_new_listing_is_read_whole_and_published(desk: Desk) -> None:
    ref = desk.begin()
    for part, values in FILLED.items():
        desk.save(part, ref, **values)
    page = desk.open(ref=ref)
    assert desk.editor.submit(page, desk.path("send", ref)).status == 303
    [proposal] = desk.proposals()
    boss = desk.coordinator()
    path = (
        f"/fr/moderation/propositions/{proposal.id}"
        if desk.lang == "fr"
        else (f"/nl/moderatie/voorstellen/{proposal.id}")
    )
    review = boss.get(path)
    for words in ("Table du quartier", "Buurttafel", "Un repas chaud le mardi."):
        assert words in review.words
    assert not [one for one in review.all("input") if one.attributes.get("name") == "champ"]
    assert boss.get(desk.path("look", ref)).status == 200
    assert boss.submit(review, "review", button="quoi=publier").status == 303
    assert desk.record("table-du-quartier")["name"]["nl"] == "Buurttafel"
    assert PageClient(desk.app).get("/fr/services/table-du-quartier").status == 200


def test_a_draft_is_nobodys_to_review(desk: Desk) -> None:
    desk.begin()
    [proposal] = desk.proposals()
    boss = desk.coordinator()
    assert boss.get(f"/fr/moderation/propositions/{proposal.id}").status == 404
    assert boss.get("/fr/moderation/propositions/999").status == 404


@pytest.mark.parametrize("data", [{"quoi": "tout"}, {"quoi": "publier"}, {"quoi": "publier", "vu": "x"}])
def test_what_no_form_of_ours_says_does_nothing(french_office: Office, data: dict[str, str]) -> None:
    number = french_office.change({"summary.fr": "Une épicerie sociale."})
    page = french_office.open("proposals", number)
    token = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
    answer = french_office.boss.post(french_office.path("proposals", number), data={"_jeton": token, **data})
    assert answer.status == 400
    assert state(french_office, number) is ProposalState.WAITING


def test_a_change_that_no_longer_fits_the_listing_asks_for_a_correction(french_office: Office) -> None:
    """A term that the proposal names was taken out of the vocabulary meanwhile."""
    number = french_office.change({"summary.fr": "Une épicerie sociale."})
    with french_office.database() as session:
        proposal = session.get_one(Proposal, number)
        proposal.record = {**proposal.record, "publics": ["nobody-knows"]}
    page = french_office.open("proposals", number)
    answer = french_office.boss.submit(page, "review", button="quoi=publier", answer="Merci.")
    assert answer.status == 422
    assert "Demandez une correction" in answer.words
    assert "Merci." in answer.html
    assert state(french_office, number) is ProposalState.WAITING


def test_changes_that_went_live_are_seen_together_and_leave_the_list(office: Office) -> None:
    for number in ("02 425 00 00", "02 425 11 11"):
        assert not office.change({"phones": [{"number": number}]}, trusted=True)
    assert office.record()["phones"] == [{"number": "02 425 11 11"}]
    page = office.open("live")
    words = page.words.replace("\u00a0", " ")
    assert words.count("02 425 00 00") == 2, "after the first change and before the second"
    first = next(one for one in page.all("input") if one.attributes.get("name") == "revision")
    done = office.boss.submit(page, "live", revision=[first.attributes["value"]])
    assert done.headers["Location"].endswith("fait=1")
    page = office.boss.get(done.headers["Location"])
    assert "notice-ok" in page.html
    assert page.words.replace("\u00a0", " ").count("02 425 00 00") == 1
    office.boss.submit(page, "live")
    with office.database() as session:
        assert not session.scalars(select(Revision).where(Revision.to_see)).all()


def test_what_is_already_seen_is_said(office: Office) -> None:
    office.change({"phones": [{"number": "02 425 00 00"}]}, trusted=True)
    other = office.colleague()
    first, second = (office.open("live", client=one) for one in (office.boss, other))
    office.boss.submit(first, "live")
    done = other.submit(second, "live")
    assert "notice-warn" in other.get(done.headers["Location"]).html


@pytest.mark.control("C16")
def test_stored_markup_stays_text_before_and_after(office: Office) -> None:
    values = {"summary.fr": EVIL, "description.nl": EVIL, "application.fr": EVIL, "schedule_note.nl": EVIL}
    number = office.change(values)
    pages = [office.open("proposals"), office.open("proposals", number)]
    done = office.boss.submit(pages[1], "review", button="quoi=publier", answer=EVIL)
    assert done.status == 303
    office.change({"schedule_note.nl": f"Anders {EVIL}"}, trusted=True)
    pages += [office.open("live"), office.open("proposals", number), office.open("journal")]
    pages += [office.public().get(f"/fr/services/{KEY}"), office.public().get(f"/nl/diensten/{KEY}")]
    pages += [
        office.open("translations"),
        office.open("translations", "fr/"),
        office.open("translations", "nl/"),
    ]
    for page in pages:
        for tag in ("<script>alert", "<img src=x", "<svg/onload"):
            assert tag not in page.html
        assert "54439" not in page.words


def test_the_author_reads_the_answer_at_her_desk(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    office.boss.submit(page, "review", button="quoi=refuser", answer="Trop court.")
    editor = signed_in_client(office.app, office.editor())
    seen = editor.get(office.say("/fr/mon-association/", "/nl/mijn-vereniging/"))
    assert "Trop court." in seen.words


def test_the_listing_leads_back_to_the_change_and_its_history(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    links = office.open("proposals", number).links()
    folder = office.say(f"/fr/mon-association/services/{KEY}/", f"/nl/mijn-vereniging/diensten/{KEY}/")
    assert folder in links
    assert folder + office.say("historique", "geschiedenis") in links
    assert office.boss.get(folder + office.say("historique", "geschiedenis")).status == 200


def keep_for_professionals(office: Office) -> None:
    with office.database() as session:
        found = session.scalars(select(Service).where(Service.key == KEY)).one()
        found.visibility = Visibility.PROFESSIONAL


@pytest.mark.parametrize("hidden", [False, True])
def test_a_saved_change_is_called_public_only_where_the_public_reads_it(office: Office, hidden: bool) -> None:
    if hidden:
        keep_for_professionals(office)
    desk = Desk(office.app, office.lang, office.boss)
    public = office.say("Le public le voit déjà", "Het publiek ziet dit al")
    inside = office.say("Ceci est enregistré dans la fiche", "Dit is opgeslagen in de fiche")
    sent = desk.save(
        "professionals", accepts_relay="y", relay_email="relais@maison.example", professional_note_fr="Bleu."
    )
    page = office.boss.get(sent.headers["Location"])
    assert public not in page.words
    notice = page.words.partition(inside)[2].partition(".")[0]
    assert office.say("Adresse pour les fiches-relais", "Adres voor doorverwijsfiches") in notice
    assert office.say("Note pour les professionnels", "Nota voor professionals") in notice
    sent = desk.save("about", summary_fr="Une épicerie sociale.")
    page = office.boss.get(sent.headers["Location"])
    assert (public in page.words) != hidden
    assert (inside in page.words) == hidden


@pytest.mark.parametrize("hidden", [False, True])
def test_what_stands_now_is_called_public_only_where_the_public_reads_it(
    office: Office, hidden: bool
) -> None:
    if hidden:
        keep_for_professionals(office)
    number = office.change({"summary.fr": "Une épicerie sociale.", "relay_email": "relais@maison.example"})
    listing = Desk(office.app, office.lang, office.boss)
    for page in (office.open("proposals", number), listing.open()):
        shown = page.html.count(f'<p class="side-name">{office.say("Public maintenant", "Nu openbaar")}</p>')
        now = page.html.count(f'<p class="side-name">{office.say("Maintenant", "Nu")}</p>')
        assert (shown, now) == ((0, 2) if hidden else (1, 1))


@pytest.mark.parametrize("answer", ["", "Merci."])
def test_an_answer_is_spoken_of_only_when_one_was_written(office: Office, answer: str) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    sent = office.boss.submit(
        office.open("proposals", number), "review", button="quoi=publier", answer=answer
    )
    page = office.boss.get(sent.headers["Location"])
    with_words = office.say("Un message avec votre réponse", "Een bericht met uw antwoord")
    without = office.say("Un message qui le dit", "Een bericht daarover")
    assert (with_words in page.words) == bool(answer)
    assert (without in page.words) != bool(answer)
