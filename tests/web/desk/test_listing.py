"""The association's journeys, as an editor clicks them, in both languages."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from guide.accounts import links
from guide.audit import Edit
from guide.editing import review
from guide.model import (
    Account,
    AccountState,
    ErrorReport,
    LinkPurpose,
    Organization,
    Proposal,
    ProposalState,
    Role,
    Service,
    Translation,
    WayIn,
)
from tests.pages import PageClient
from tests.people import make_account, someone
from tests.web.desks import FILLED, WORDS, Desk

OTHERS = "cpas-jette"


def test_an_invited_editor_sets_a_password_and_sees_only_her_own_organisation(desk: Desk) -> None:
    with desk.database() as session:
        invited = make_account(session, Role.EDITOR, desk.key, state=AccountState.INVITED, password_hash=None)
        token = links.issue(session, invited, LinkPurpose.INVITATION, desk.now)
        address, number = invited.email, invited.id
    visitor = PageClient(desk.app)
    place = f"/{desk.lang}/{'lien' if desk.lang == 'fr' else 'link'}/{token}"
    answer = visitor.submit(
        visitor.get(place), place, name="Une bénévole", password="tulipes sur un balcon", language=desk.lang
    )
    assert answer.status == 303
    page = visitor.get(desk.index)
    assert page.status == 200
    links_to_listings = {link for link in page.links() if "/caba-jette/" in link or f"/{OTHERS}/" in link}
    assert links_to_listings
    assert not [link for link in links_to_listings if OTHERS in link]
    with desk.database() as session:
        account = session.get_one(Account, number)
        assert (account.email, account.state) == (address, AccountState.ACTIVE)


@pytest.mark.parametrize("name", ["", "about", "plan", "hours", "look", "history", "compare", "remove"])
def test_another_organisations_listing_is_not_found(quiet_desk: Desk, name: str) -> None:
    assert quiet_desk.editor.get(quiet_desk.path(name, OTHERS)).status == 404
    assert quiet_desk.editor.get(quiet_desk.path(name, "nouvelle-999999")).status == 404


@pytest.mark.parametrize("name", ["confirm", "send", "withdraw", "ask_back", "about", "plan", "remove"])
def test_nothing_is_done_to_another_organisations_listing(quiet_desk: Desk, name: str) -> None:
    token = {"_jeton": _token(quiet_desk)}
    before = quiet_desk.record(OTHERS)
    assert (
        quiet_desk.editor.post(
            quiet_desk.path(name, OTHERS), data=token | {"summary_fr": "Le mien", "why": "oui"}
        ).status
        == 404
    )
    assert quiet_desk.record(OTHERS) == before


def test_another_organisations_draft_is_not_found(desk: Desk) -> None:
    ref = desk.begin()
    stranger = someone(desk.app, Role.EDITOR, OTHERS)
    for name in ("", "about", "plan", "look", "history", "remove"):
        assert stranger.get(desk.path(name, ref)).status == 404
    for name in ("send", "withdraw", "about"):
        assert stranger.post(desk.path(name, ref), data={"_jeton": _token(desk, stranger)}).status == 404
    assert [found.state for found in desk.proposals()] == [ProposalState.DRAFT]


def test_an_editor_without_a_listing_is_told_what_the_page_is_for(desk: Desk) -> None:
    with desk.database() as session:
        session.scalars(select(Service).where(Service.key == desk.key)).one().organization = None
    page = desk.editor.get(desk.index)
    assert page.status == 200
    assert desk.index + WORDS["begin"][desk.lang] in page.links()
    assert not [link for link in page.links() if desk.path() == link]


def test_an_editor_without_an_organisation_cannot_add_a_listing(desk: Desk) -> None:
    lonely = someone(desk.app, Role.EDITOR)
    page = lonely.get(desk.index)
    assert desk.index + WORDS["begin"][desk.lang] not in page.links()
    answer = lonely.post(desk.index + WORDS["begin"][desk.lang], data={"_jeton": _token(desk, lonely)})
    assert answer.status == 404


def test_with_several_organisations_one_chooses_whose_the_new_listing_is(desk: Desk) -> None:
    with desk.database() as session:
        account = make_account(session, Role.EDITOR, desk.key)
        other = session.scalars(select(Organization).where(Organization.key == OTHERS)).one()
        from guide.model import Membership

        account.memberships.append(Membership(organization=other))
        session.flush()
        number = account.id
    from tests.people import signed_in_client

    editor = signed_in_client(desk.app, number)
    page = editor.get(desk.index + WORDS["begin"][desk.lang])
    assert editor.submit(page, "begin", organisme=OTHERS).status == 303
    assert editor.submit(page, "begin", organisme="commune-jette").status == 404
    with desk.database() as session:
        [begun] = session.scalars(select(Proposal))
        assert begun.organization is not None
        assert begun.organization.key == OTHERS


def test_a_listing_is_confirmed_with_one_click_and_says_so(desk: Desk) -> None:
    page = desk.editor.get(desk.index)
    assert desk.press("confirm", page).status == 303
    assert desk.record()["assured_date"] == "2026-11-23"
    again = desk.editor.get(desk.index)
    assert f'action="{desk.path("confirm")}"' not in again.html
    assert "2026" in again.words


def test_the_words_that_led_to_a_listing_are_told(desk: Desk) -> None:
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        other = session.scalars(select(Service).where(Service.key == OTHERS)).one()
        for found, word in ((service, "kruidenier"), (other, "schulden")):
            session.add(WayIn(service_id=found.id, month="2026-11", language="nl", word=word, count=3))
    page = desk.editor.get(desk.index)
    assert "kruidenier" in page.words
    assert "schulden" not in page.words


def test_an_error_that_a_visitor_reports_stands_beside_the_listing(desk: Desk) -> None:
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        session.add(
            ErrorReport(
                service_id=service.id,
                part="phone",
                words="Le numéro ne répond plus <b>.",
                language="fr",
                created_at=desk.now,
            )
        )
    for page in (desk.editor.get(desk.index), desk.open()):
        assert "Le numéro ne répond plus <b>." in page.words


def test_a_new_listing_is_a_task_list_that_can_be_interrupted(desk: Desk) -> None:
    ref = desk.begin()
    page = desk.open(ref=ref)
    assert [link for link in page.links() if link.startswith(desk.path(ref=ref))][:7] == [
        desk.path(part, ref)
        for part in ("about", "for_whom", "price", "access", "hours", "plan", "professionals")
    ]
    states = [row.count("pill-ok") for row in _task_rows(page.html)]
    assert states == [0] * 7
    one_sided = {**FILLED["about"], "name_nl": "", "summary_nl": ""}
    assert desk.save("about", ref, **one_sided).status == 303
    rows = _task_rows(desk.open(ref=ref).html)
    assert "pill-warn" in rows[0]  # half: Dutch is missing
    assert desk.save("about", ref, name_nl="Buurttafel", summary_nl="Een warme maaltijd.").status == 303
    assert "pill-ok" in _task_rows(desk.open(ref=ref).html)[0]
    assert [found.state for found in desk.proposals()] == [ProposalState.DRAFT]
    assert ref in desk.editor.get(desk.index).html
    assert (
        PageClient(desk.app)
        .get(f"/{desk.lang}/{'services' if desk.lang == 'fr' else 'diensten'}/{ref}")
        .status
        == 404
    )


def test_sending_lists_what_is_missing_and_leads_there(desk: Desk) -> None:
    ref = desk.begin()
    page = desk.press("send", desk.open(ref=ref), ref=ref)
    assert page.status == 422
    summary = page.html[page.html.index('id="errors"') :]
    for field, part in (("name", "about"), ("summary", "about"), ("terms", "about"), ("phones", "access")):
        assert f"{desk.path(part, ref)}#champ-{field}" in summary
        assert f'id="champ-{field}"' in desk.open(part, ref).html
    assert [found.state for found in desk.proposals()] == [ProposalState.DRAFT]
    for part, values in FILLED.items():
        desk.save(part, ref, **values)
    assert desk.press("send", desk.open(ref=ref), ref=ref).status == 303
    assert [found.state for found in desk.proposals()] == [ProposalState.WAITING]


def test_a_new_listing_that_was_accepted_is_found_under_its_old_address(desk: Desk) -> None:
    ref = _sent(desk)
    with desk.database() as session:
        reviewer = make_account(session, Role.COORDINATOR)
        review.accept(session, session.scalars(select(Proposal)).one(), Edit(reviewer, desk.now))
    answer = desk.editor.get(desk.path(ref=ref))
    assert (answer.status, answer.headers["Location"]) == (302, desk.path(ref="table-du-quartier"))
    assert desk.record("table-du-quartier")["phones"] == [{"number": "02 423 12 34"}]


def test_a_new_listing_that_was_refused_shows_why_and_keeps_the_words(desk: Desk) -> None:
    ref = _sent(desk)
    with desk.database() as session:
        reviewer = make_account(session, Role.COORDINATOR)
        review.refuse(
            session, session.scalars(select(Proposal)).one(), Edit(reviewer, desk.now, "Existe déjà.")
        )
    page = desk.editor.get(desk.path(ref=ref))
    assert page.status == 410
    assert "Existe déjà." in page.words
    assert "Een warme maaltijd op dinsdag." in page.words
    stranger = someone(desk.app, Role.EDITOR, OTHERS)
    assert stranger.get(desk.path(ref=ref)).status == 404


def test_a_correction_that_is_asked_stands_on_the_desk_in_the_coordinators_words(desk: Desk) -> None:
    ref = _sent(desk)
    with desk.database() as session:
        reviewer = make_account(session, Role.COORDINATOR)
        review.ask_correction(
            session, session.scalars(select(Proposal)).one(), Edit(reviewer, desk.now, "Et le prix ?")
        )
    for page in (desk.editor.get(desk.index), desk.open(ref=ref)):
        assert "Et le prix ?" in page.words
    desk.save("price", ref, free="yes")
    assert desk.press("send", desk.open(ref=ref), ref=ref).status == 303
    assert [found.state for found in desk.proposals()] == [ProposalState.WAITING]


def test_a_change_waits_and_the_public_reads_the_old_text(desk: Desk) -> None:
    old = desk.record()["summary"]["fr"]
    answer = desk.save(
        "about", summary_fr="Une épicerie pour tous.", summary_nl="Een kruidenier voor iedereen."
    )
    assert answer.status == 303
    page = desk.editor.get(answer.headers["Location"])
    assert "Une épicerie pour tous." in page.words
    assert old in page.words  # both stand there
    assert page.html.count('class="after"') == 2
    public = PageClient(desk.app).get(f"/fr/services/{desk.key}")
    assert old in public.words
    assert "Une épicerie pour tous." not in public.words
    # The form goes on from the editor's own words.
    assert "Une épicerie pour tous." in desk.open("about").html
    [waiting] = desk.proposals()
    assert waiting.state is ProposalState.WAITING


def test_a_change_that_waits_can_be_taken_back(desk: Desk) -> None:
    desk.save("about", summary_fr="Une épicerie pour tous.")
    page = desk.open()
    answer = desk.press("withdraw", page)
    assert answer.status == 303
    assert [found.state for found in desk.proposals()] == [ProposalState.WITHDRAWN]
    assert "Une épicerie pour tous." not in desk.open().words
    told = {"fr": "Vos changements sont retirés", "nl": "Uw wijzigingen zijn ingetrokken"}[desk.lang]
    after = desk.editor.get(answer.headers["Location"])
    assert told in after.words
    assert {"fr": "Rien n’a changé", "nl": "Er is niets veranderd"}[desk.lang] not in after.words
    assert told not in desk.open().words
    # Who clicks twice took nothing back the second time.
    assert told not in desk.editor.get(desk.press("withdraw", page).headers["Location"]).words


def test_a_new_listing_that_is_given_up_is_told(desk: Desk) -> None:
    told = {"fr": "La nouvelle fiche est abandonnée.", "nl": "U bent gestopt met de nieuwe fiche."}[desk.lang]
    for client in (desk.editor, desk.coordinator()):
        begin = client.get(desk.index + WORDS["begin"][desk.lang])
        values = {"organisme": desk.key} if client is not desk.editor else {}
        ref = client.submit(begin, "begin", **values).headers["Location"].rstrip("/").rpartition("/")[2]
        answer = desk.press("withdraw", desk.open(ref=ref, client=client), client, ref)
        assert told in client.get(answer.headers["Location"]).words
        assert told not in client.get(desk.index).words


def test_a_refused_change_tells_why(desk: Desk) -> None:
    desk.save("about", summary_fr="Une épicerie pour tous.")
    with desk.database() as session:
        reviewer = make_account(session, Role.COORDINATOR)
        review.refuse(
            session, session.scalars(select(Proposal)).one(), Edit(reviewer, desk.now, "Ce n’est pas vrai.")
        )
    assert "Ce n’est pas vrai." in desk.open().words
    assert "Ce n’est pas vrai." in desk.editor.get(desk.index).words


def test_a_link_from_a_mail_confirms_once_and_looking_changes_nothing(desk: Desk) -> None:
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        account = make_account(session, Role.EDITOR, desk.key)
        token = links.issue(session, account, LinkPurpose.CONFIRM, desk.now, service=service)
    place = f"/{desk.lang}/{'confirmer' if desk.lang == 'fr' else 'bevestigen'}/{token}"
    visitor = PageClient(desk.app)
    page = visitor.get(place)
    assert "assured_date" not in desk.record()
    assert visitor.submit(page, place).status == 303
    assert desk.record()["assured_date"] == "2026-11-23"


@pytest.mark.parametrize("small", [True, False])
def test_a_small_correction_of_the_dutch_leaves_the_french_current(desk: Desk, small: bool) -> None:
    desk.save(
        "about",
        summary_nl="CABA Jette is een sociale winkel. U koopt er gezonde producten voor een lage prijs.",
        petite="summary.nl" if small else None,
    )
    with desk.database() as session:
        reviewer = make_account(session, Role.COORDINATOR)
        review.accept(session, session.scalars(select(Proposal)).one(), Edit(reviewer, desk.now))
        behind = [(row.field, row.side) for row in session.scalars(select(Translation))]
    assert behind == ([] if small else [("summary", "fr")])
    assert ("side-name" in desk.open().html) is True
    pills = desk.open().html.count("#globe")
    assert pills == (1 if small else 2)  # the link to the public page has that drawing too


def test_closures_and_a_waiting_list_are_public_at_once_when_the_organisation_is_trusted(desk: Desk) -> None:
    desk.trust()
    answer = desk.save(
        "hours",
        **{
            "closures-0-starts": "20/11/2026",
            "closures-0-ends": "2026-12-01",
            "closures-0-reason_fr": "Travaux",
            "closures-0-reason_nl": "Werken",
            "intake_status": "waiting_list",
        },
    )
    assert answer.status == 303
    assert desk.proposals() == []
    record = desk.record()
    assert record["closures"] == [
        {"starts": "2026-11-20", "ends": "2026-12-01", "reason": {"fr": "Travaux", "nl": "Werken"}}
    ]
    assert (record["intake_status"], record["intake_as_of"]) == ("waiting_list", "2026-11-23")
    visitor = PageClient(desk.app)
    place = "/fr/services/?q=caba" if desk.lang == "fr" else "/nl/diensten/?q=caba"
    card = visitor.get(place).words
    assert ("Fermé jusqu’au 1er décembre 2026" if desk.lang == "fr" else "1 december 2026") in card
    assert ("Liste d’attente" if desk.lang == "fr" else "Wachtlijst") in card
    # It ends by itself.
    desk.app.config["CLOCK"] = lambda: desk.now + timedelta(days=9)
    assert "1er décembre" not in visitor.get("/fr/services/?q=caba").words


def test_a_service_that_is_no_more_leaves_the_guide_and_can_be_asked_back(desk: Desk) -> None:
    page = desk.open("remove")
    nothing_said = desk.editor.submit(page, "remove")
    assert nothing_said.status == 422
    assert desk.editor.submit(page, "remove", why="Le projet est fini.").status == 303
    public = desk.public_path()
    gone = PageClient(desk.app).get(public)
    assert gone.status == 410
    assert len(gone.links()) > 5  # others that help
    [*_before, last] = desk.revisions()
    assert (last.why, last.to_see, last.fields) == ("Le projet est fini.", True, ["publication"])
    archived = desk.open()
    assert desk.editor.get(desk.path("about")).status == 303  # nothing to change in it
    assert desk.press("ask_back", archived).status == 303
    assert PageClient(desk.app).get(public).status == 410  # asked, not done
    with desk.database() as session:
        [asked] = session.scalars(select(Proposal))
        assert [change.path for change in review.changes(session, asked)] == ["publication"]
        review.accept(session, asked, Edit(make_account(session, Role.COORDINATOR), desk.now))
    assert PageClient(desk.app).get(public).status == 200


def test_a_coordinator_edits_every_listing_at_once_and_says_why(desk: Desk) -> None:
    coordinator = desk.coordinator()
    everything = coordinator.get(desk.index)
    assert (
        len([link for link in everything.links() if link.startswith(desk.path(ref="x").removesuffix("x/"))])
        == 95
    )
    answer = desk.save("price", client=coordinator, free="yes", pourquoi="Dit au téléphone")
    assert answer.status == 303
    assert desk.record()["free"] == "yes"
    assert desk.revisions()[-1].why == "Dit au téléphone"
    assert desk.proposals() == []


def test_a_coordinator_is_led_to_the_change_that_waits_and_does_not_take_it_back(desk: Desk) -> None:
    desk.save("about", summary_fr="Une épicerie pour tous.")
    page = desk.open(client=desk.coordinator())
    number = desk.proposals()[0].id
    assert [link for link in page.links() if link.endswith(f"/{number}") and "/moderati" in link]
    assert f'action="{desk.path("withdraw")}"' not in page.html
    assert "Une épicerie pour tous." in page.words


def test_what_an_editor_says_is_why_is_not_asked_of_her(quiet_desk: Desk) -> None:
    assert 'name="pourquoi"' not in quiet_desk.open("price").html


def test_the_public_sees_the_preview_only_at_the_desk(desk: Desk) -> None:
    desk.save("about", summary_fr="Une épicerie pour tous.", summary_nl="Een kruidenier voor iedereen.")
    page = desk.open("look")
    words = "Une épicerie pour tous." if desk.lang == "fr" else "Een kruidenier voor iedereen."
    assert words in page.words
    assert "tel:" not in desk.record().get("summary", {}).get("fr", "")
    ref = desk.begin()
    assert desk.open("look", ref).status == 200
    desk.save("about", ref, **FILLED["about"])
    assert (
        "Un repas chaud le mardi." if desk.lang == "fr" else "Een warme maaltijd op dinsdag."
    ) in desk.open("look", ref).words
    # Looking stores nothing.
    assert desk.record()["summary"]["fr"].startswith("CABA Jette est une épicerie sociale")


@pytest.mark.parametrize(
    ("role", "sees"),
    [(None, False), (Role.EDITOR, False), (Role.SOCIAL_WORKER, True), (Role.COORDINATOR, True)],
)
def test_notes_for_professionals_are_shown_to_professionals_only(
    desk: Desk, role: Role | None, sees: bool
) -> None:
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        from guide.languages import Bilingual

        service.professional_note = Bilingual("Demandez le dossier bleu.", "Vraag het blauwe dossier.")
        service.accepts_relay, service.relay_email = True, "relais@maison.example"
    organization = OTHERS if role in (Role.EDITOR, Role.SOCIAL_WORKER) else None
    reader = PageClient(desk.app) if role is None else someone(desk.app, role, organization)
    page = reader.get(desk.public_path())
    note = "Demandez le dossier bleu." if desk.lang == "fr" else "Vraag het blauwe dossier."
    assert (note in page.words) is sees
    assert ("relais@maison.example" in page.html) is sees


def test_the_desk_is_kept_by_no_browser(quiet_desk: Desk) -> None:
    for page in (quiet_desk.editor.get(quiet_desk.index), quiet_desk.open(), quiet_desk.open("about")):
        assert page.headers["Cache-Control"] == "private, no-store"


def _token(desk: Desk, client: PageClient | None = None) -> str:
    page = (client or desk.editor).get(
        f"/{desk.lang}/{'mon-compte' if desk.lang == 'fr' else 'mijn-account'}/"
    )
    return page.html.partition('name="_jeton" value="')[2].partition('"')[0]


def _sent(desk: Desk) -> str:
    ref = desk.begin()
    for part, values in FILLED.items():
        desk.save(part, ref, **values)
    assert desk.press("send", desk.open(ref=ref), ref=ref).status == 303
    return ref


def _task_rows(html: str) -> list[str]:
    tasks = html[html.index("task-list") :]
    return tasks[: tasks.index("</ol>")].split("<li>")[1:]


def test_the_list_of_every_listing_asks_the_database_a_known_number_of_times(desk: Desk) -> None:
    coordinator = desk.coordinator()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = desk.app.extensions["guide"].engine
    event.listen(engine, "before_cursor_execute", note)
    assert coordinator.get(desk.index).status == 200
    event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 14
