"""Texts that were not published, as their author meets them: told, read, taken up, erased; and typed words that
survive whatever happens to the listing or to the account while somebody writes."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from guide.accounts import sessions
from guide.audit import Edit
from guide.editing import merging, proposals, review
from guide.model import (
    Account,
    AccountSession,
    Mail,
    Membership,
    Organization,
    Proposal,
    ProposalState,
    Publication,
    Role,
    Service,
)
from guide.web.desk.part_forms import SLUGS
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import make_account, someone
from tests.web.desks import FILLED, WORDS, Desk
from tests.web.moderating import Office

TEXT = "Une épicerie pour tous."
OTHER = "epicerie-sociale"


def kept_path(desk: Desk, number: int) -> str:
    return f"{desk.index}{'textes' if desk.lang == 'fr' else 'teksten'}/{number}"


def refused(desk: Desk, part: str = "about", answer: str = "Trop long.", **values: Any) -> Proposal:
    desk.save(part, **(values or {"summary_fr": TEXT}))
    with desk.database() as session:
        proposal = session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
        assert proposal is not None
        review.refuse(session, proposal, Edit(make_account(session, Role.COORDINATOR), desk.now, answer))
    return desk.proposals()[-1]


def typed(page: Page, name: str) -> list[str]:
    return form_values(page.html, "part")[1].get(name, [])


def say(desk: Desk, french: str, dutch: str) -> str:
    return french if desk.lang == "fr" else dutch


def take_up(desk: Desk, number: int, part: str = "about", client: PageClient | None = None) -> Page:
    """Follows "Réutiliser ce texte" of a part."""
    client = client or desk.editor
    page = client.get(kept_path(desk, number))
    assert page.status == 200
    [link] = [
        one
        for one in page.links()
        if desk.path(part).rstrip("/") in one and ("?reutiliser=" in one or "?opnieuw-gebruiken=" in one)
    ]
    return client.get(link.partition("#")[0])


def test_a_refused_text_stands_on_the_desk_with_its_reason_and_comes_back(desk: Desk) -> None:
    before = desk.record()["summary"]["fr"]
    number = refused(desk).id
    for page in (desk.editor.get(desk.index), desk.open()):
        assert say(desk, "Ma proposition refusée", "Mijn geweigerde voorstel") in page.words
        assert kept_path(desk, number) in page.links()
    page = desk.editor.get(kept_path(desk, number))
    for words in ("Trop long.", TEXT, before):
        assert words in page.words
    form = take_up(desk, number)
    assert typed(form, "summary_fr") == [TEXT]
    assert 'name="choix-summary-fr"' not in form.html  # nobody changed it since
    done = desk.editor.submit(form, "part", summary_fr="Une épicerie.")
    assert done.status == 303
    [_old, new] = desk.proposals()
    assert (new.state, new.record["summary"]["fr"]) == (ProposalState.WAITING, "Une épicerie.")
    # It was taken up: the desk no longer offers it.
    assert kept_path(desk, number) not in desk.editor.get(desk.index).links()
    assert desk.editor.get(kept_path(desk, number)).status == 404


def test_where_the_listing_changed_since_one_chooses(desk: Desk) -> None:
    before = desk.record()["summary"]["fr"]
    number = refused(desk).id
    desk.save("about", client=desk.coordinator(), summary_fr="Texte de la coordination.")
    form = take_up(desk, number)
    assert form.status == 200
    for words in (before, "Texte de la coordination.", TEXT):
        assert words in form.words
    assert typed(form, "summary_fr") == [TEXT]
    unsaid = desk.editor.submit(form, "part")
    assert unsaid.status == 422
    assert typed(unsaid, "summary_fr") == [TEXT]
    assert typed(unsaid, "reprise") == [str(number)]
    assert desk.editor.submit(unsaid, "part", **{"choix-summary-fr": "mine"}).status == 303
    assert desk.proposals()[-1].record["summary"]["fr"] == TEXT


def test_what_was_accepted_and_what_not_is_told_apart(desk: Desk) -> None:
    desk.save("about", summary_fr=TEXT, summary_nl="Een kruidenier voor iedereen.")
    with desk.database() as session:
        proposal = session.scalars(select(Proposal)).one()
        boss = make_account(session, Role.COORDINATOR)
        review.accept(session, proposal, Edit(boss, desk.now, "Le français non."), ["summary.nl"])
        [mail] = session.scalars(select(Mail))
        assert mail.content["number"] == str(proposal.id)
    [proposal] = desk.proposals()
    page = desk.editor.get(kept_path(desk, proposal.id))
    assert say(desk, "Ma proposition reprise en partie", "Mijn voorstel, deels overgenomen") in page.words
    assert say(desk, "En bref (néerlandais)", "In het kort (Nederlands)") in page.words
    assert "Le français non." in page.words
    assert page.html.count('class="after"') == 1
    assert typed(take_up(desk, proposal.id), "summary_fr") == [TEXT]


def test_hours_numbers_and_closures_come_back_without_what_is_over(desk: Desk) -> None:
    ahead = {"closures-0-starts": "24/12/2026", "closures-0-ends": "03/01/2027"}
    number = refused(desk, "hours", **{**ahead, "visit-MO-0-from": "7h", "visit-MO-0-to": "8h"}).id
    form = take_up(desk, number, "hours")
    assert typed(form, "closures-0-starts") == ["2026-12-24"]
    assert typed(form, "visit-MO-0-from")[0].startswith("7")
    desk.app.config["CLOCK"] = lambda: desk.now.replace(year=2027, month=2, day=1)
    client = someone(desk.app, Role.EDITOR, desk.key)
    late = take_up(desk, number, "hours", client)
    assert "2026-12-24" not in typed(late, "closures-0-starts")
    assert typed(late, "visit-MO-0-from")[0].startswith("7")


def test_a_withdrawn_change_can_be_taken_up_and_erased(desk: Desk) -> None:
    desk.save("about", summary_fr=TEXT)
    desk.press("withdraw", desk.open())
    [proposal] = desk.proposals()
    page = desk.editor.get(kept_path(desk, proposal.id))
    assert typed(take_up(desk, proposal.id), "summary_fr") == [TEXT]
    gone = desk.editor.submit(page, kept_path(desk, proposal.id), quoi="effacer")
    assert gone.status == 303
    assert (
        say(desk, "Le texte est effacé.", "De tekst is gewist.")
        in desk.editor.get(gone.headers["Location"]).words
    )
    assert TEXT not in str([vars(one) for one in desk.proposals()])
    assert desk.editor.get(kept_path(desk, proposal.id)).status == 404
    boss = desk.coordinator()
    moderation = say(desk, "/fr/moderation/propositions/", "/nl/moderatie/voorstellen/")
    assert boss.get(f"{moderation}{proposal.id}").status == 404
    # The next proposal has a number of its own: a mail that names the old one leads to nothing else.
    desk.save("about", summary_fr=OTHER)
    assert desk.proposals()[-1].id != proposal.id
    # A second click finds it done.
    assert desk.editor.submit(page, kept_path(desk, proposal.id), quoi="effacer").status == 303


def test_a_refused_new_listing_becomes_a_new_draft_in_one_click(desk: Desk) -> None:
    ref = desk.begin()
    for part, values in FILLED.items():
        desk.save(part, ref, **values)
    desk.press("send", desk.open(ref=ref), ref=ref)
    with desk.database() as session:
        proposal = session.scalars(select(Proposal)).one()
        review.refuse(
            session, proposal, Edit(make_account(session, Role.COORDINATOR), desk.now, "Existe déjà.")
        )
        number = proposal.id
    page = desk.editor.get(desk.path(ref=ref))
    assert page.status == 410
    assert desk.editor.get(kept_path(desk, number)).headers["Location"] == desk.path(ref=ref)
    done = desk.editor.submit(page, kept_path(desk, number), quoi="reprendre")
    assert done.status == 303
    draft = desk.editor.get(done.headers["Location"])
    assert draft.status == 200
    assert "Table du quartier" in draft.words
    again = desk.editor.submit(page, kept_path(desk, number), quoi="reprendre")
    assert again.headers["Location"] == desk.index
    assert len(desk.proposals()) == 2
    assert desk.editor.get(desk.path(ref=ref)).status == 410


def test_nobody_else_reads_or_erases_it(desk: Desk) -> None:
    number = refused(desk).id
    page = desk.editor.get(kept_path(desk, number))
    stranger = someone(desk.app, Role.EDITOR, "bulle")
    assert stranger.get(kept_path(desk, number)).status == 404
    target, values = form_values(page.html, kept_path(desk, number))
    own = form_values(stranger.get(desk.index + say(desk, "ajouter", "toevoegen")).html, "begin")[1]
    values["_jeton"], values["quoi"] = own["_jeton"], ["effacer"]
    assert stranger.post(target, data=values).status == 303  # to her own desk, and nothing is done
    # A coordinator reads it, and lets the words of others stand.
    boss = desk.coordinator()
    seen = boss.get(kept_path(desk, number))
    assert TEXT in seen.words
    assert 'value="effacer"' not in seen.html
    assert len(desk.proposals()) == 1


@pytest.mark.parametrize("number", ["0", "999999", "x", "1" * 12, "-1"])
def test_a_number_that_is_none_is_not_found(quiet_desk: Desk, number: str) -> None:
    assert (
        quiet_desk.editor.get(f"{quiet_desk.index}{say(quiet_desk, 'textes', 'teksten')}/{number}").status
        == 404
    )


# Archived and merged


def test_archiving_says_what_waits_and_asks_again_when_more_came(desk: Desk) -> None:
    boss = desk.coordinator()
    early = desk.open("remove", client=boss)
    desk.save("about", summary_fr=TEXT)
    late = boss.submit(early, "remove", why="Le projet est fini.")
    assert late.status == 422
    assert "CABA" in late.words
    assert say(desk, "Une proposition attend encore", "Eén voorstel wacht nog") in late.words
    assert typed_in(late, "remove", "why") == ["Le projet est fini."]
    assert desk.record().get("publication") is None
    assert boss.submit(late, "remove").status == 303
    assert desk.record()["publication"] == "archived"
    with desk.database() as session:
        [mail] = session.scalars(select(Mail))
        assert (mail.kind, mail.content["why"]) == ("proposal_set_aside", "archived")
    [proposal] = desk.proposals()
    page = desk.editor.get(kept_path(desk, proposal.id))
    assert TEXT in page.words
    asked = desk.editor.submit(page, kept_path(desk, proposal.id), quoi="reprendre")
    assert asked.status == 303
    newest = desk.proposals()[-1]
    assert (newest.state, newest.record["summary"]["fr"]) == (ProposalState.WAITING, TEXT)
    assert "publication" not in newest.record


def typed_in(page: Page, form: str, name: str) -> list[str]:
    return form_values(page.html, form)[1].get(name, [])


def test_merging_says_what_waits_and_whose_it_is(office: Office) -> None:
    compare = "?a=caba-jette&b=bulle"
    page = office.open("merge", compare)
    chosen = office.boss.submit(page, "merge", kept="bulle")
    number = office.change({"summary.fr": TEXT})
    late = office.boss.submit(chosen, "merge", button="quoi=reunir")
    assert late.status == 422
    assert "CABA" in late.words
    assert office.say("Une proposition attend encore", "Eén voorstel wacht nog") in late.words
    done = office.boss.submit(late, "merge", button="quoi=reunir")
    assert "fait=reuni" in done.headers["Location"]
    # The second of two clicks is told the same.
    assert "fait=reuni" in office.boss.submit(late, "merge", button="quoi=reunir").headers["Location"]
    with office.database() as session:
        [mail] = session.scalars(select(Mail))
        assert (mail.account_id, mail.content["why"], mail.content["number"]) == (
            office.editor(),
            "merged",
            str(number),
        )


def test_a_text_of_a_merged_listing_goes_to_the_one_that_stays(desk: Desk) -> None:
    desk.save("about", summary_fr=TEXT)
    with desk.database() as session:
        gone, stays = (
            session.scalars(select(Service).where(Service.key == key)).one() for key in (desk.key, "bulle")
        )
        stays.organization_id = gone.organization_id
        merging.merge(session, gone, stays, Edit(make_account(session, Role.COORDINATOR), desk.now))
    [proposal] = desk.proposals()
    page = desk.editor.get(kept_path(desk, proposal.id))
    [link] = [one for one in page.links() if "/bulle/" in one and "#champ-summary" in one]
    form = desk.editor.get(link.partition("#")[0])
    assert typed(form, "summary_fr") == [TEXT]
    assert desk.editor.submit(form, "part", **{"choix-summary-fr": "mine"}).status == 303
    assert desk.proposals()[-1].record["summary"]["fr"] == TEXT


# While somebody types


def test_a_listing_that_is_archived_while_somebody_types_keeps_her_words(desk: Desk) -> None:
    form = desk.open("about")
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        proposals.archive(session, service, Edit(make_account(session, Role.COORDINATOR), desk.now))
    for _click in range(2):
        answer = desk.editor.submit(form, "part", summary_fr=TEXT)
        assert answer.status == 303
        assert TEXT in desk.editor.get(answer.headers["Location"]).words
    assert len(desk.proposals()) == 1
    assert desk.record()["publication"] == "archived"


def test_a_sentence_for_a_plan_is_given_back_when_the_listing_is_gone(desk: Desk) -> None:
    form = desk.open("plan")
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        service.publication = Publication.ARCHIVED
    answer = desk.editor.submit(
        form, "plan", action="pasap-2022-2027/46", role="delivers", evidence_fr="Chaque mardi 40 colis."
    )
    assert answer.status == 410
    assert "Chaque mardi 40 colis." in answer.words


def test_who_is_taken_off_an_organisation_while_typing_reads_her_words(desk: Desk) -> None:
    form = desk.open("about")
    with desk.database() as session:
        session.execute(delete(Membership))
    answer = desk.editor.submit(form, "part", summary_fr=TEXT, description_nl="Regel één.\nRegel twee.")
    assert answer.status == 404
    for words in (TEXT, "Regel één. Regel twee.", say(desk, "Votre texte n’est pas", "Uw tekst is niet")):
        assert words in answer.words
    assert say(desk, "En bref (français)", "In het kort (Frans)") in answer.words
    assert typed(form, "vu")[0] not in answer.html
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_changes_role_while_typing_reads_her_words(desk: Desk) -> None:
    form = desk.open("about")
    with desk.database() as session:
        for account in session.scalars(select(Account).where(Account.role == Role.EDITOR)):
            account.role = Role.SOCIAL_WORKER
    answer = desk.editor.submit(form, "part", summary_fr=TEXT)
    assert answer.status == 403
    assert TEXT in answer.words


def test_a_session_that_ends_while_typing_carries_long_texts_and_shows_them(desk: Desk) -> None:
    long = " ".join(f"mot{number:05}é" for number in range(11_000))  # some 120 kB, within what the form takes
    form = desk.open("about")
    with desk.database() as session:
        for row in session.scalars(select(AccountSession)):
            sessions.end(session, row)
    over = desk.editor.submit(form, "part", summary_fr=TEXT, description_fr=long)
    assert over.status == 401
    assert TEXT in over.words
    page = desk.editor.submit(over, "session-over")
    assert page.status == 200
    assert len(form_values(page.html, "sign-in")[1]["garde"][0]) > 10_000


def test_a_form_of_another_site_shows_nothing(desk: Desk) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.example"}):
        answer = desk.editor.post(
            desk.path("about"), data={"summary_fr": "Mots d’un autre."}, headers=headers
        )
        assert answer.status == 403
        assert "Mots d’un autre." not in answer.words
    stranger = PageClient(desk.app)
    answer = stranger.post(desk.path("about"), data={"summary_fr": "Mots d’un autre."})
    assert answer.status == 401
    assert "Mots d’un autre." not in answer.words


def test_a_second_click_is_told_what_was_saved(desk: Desk) -> None:
    form = desk.open("about")
    first, second = (desk.editor.submit(form, "part", summary_fr=TEXT) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    page = desk.editor.get(second.headers["Location"])
    assert say(desk, "C’est enregistré", "Opgeslagen") in page.words
    unchanged = desk.editor.submit(desk.open("about"), "part")
    page = desk.editor.get(unchanged.headers["Location"])
    assert say(desk, "Rien n’a changé", "Er is niets veranderd") in page.words


@pytest.mark.parametrize("verb", ["publier", "refuser", "corriger"])
def test_a_coordinators_second_click_is_her_first_answer(office: Office, verb: str) -> None:
    number = office.change({"summary.fr": TEXT})
    page = office.open("proposals", number)
    answers = [
        office.boss.submit(page, "review", button=f"quoi={verb}", answer="Relisez la fin.")
        for _click in range(2)
    ]
    assert [one.status for one in answers] == [303, 303]
    # A colleague who answers the same is told that somebody did.
    late = office.colleague().submit(page, "review", button=f"quoi={verb}", answer="Relisez la fin.")
    assert late.status in (400, 422)


def test_a_link_that_was_taken_back_or_refused_fills_the_form_again(desk: Desk) -> None:
    page = desk.open("plan")
    values = {"action": "pasap-2022-2027/46", "role": "delivers", "evidence_fr": "Chaque mardi 40 colis."}
    desk.editor.submit(page, "plan", **values)
    again = desk.open("plan")
    [button] = [
        form.attributes["action"]
        for form in again.all("form")
        if form.attributes.get("action", "").endswith(("retirer", "intrekken"))
    ]
    desk.editor.submit(again, button)
    page = desk.open("plan")
    assert "Chaque mardi 40 colis." not in page.words
    [link] = [one for one in page.links() if one.endswith("#plan")]
    filled = desk.editor.get(link.partition("#")[0])
    sent = form_values(filled.html, "plan")[1]
    assert {name: sent[name] for name in values} == {name: [value] for name, value in values.items()}
    assert desk.editor.submit(filled, "plan").status == 303
    assert "Chaque mardi 40 colis." in desk.open("plan").words


# Who left the organisation


def moves_on(desk: Desk) -> None:
    """The editor works for another organisation from now on."""
    with desk.database() as session:
        other = session.scalars(select(Organization).where(Organization.key == "bulle")).one()
        for one in session.scalars(select(Membership)):
            one.organization_id = other.id


def sent_new(desk: Desk) -> str:
    ref = desk.begin()
    for part, values in FILLED.items():
        desk.save(part, ref, **values)
    desk.press("send", desk.open(ref=ref), ref=ref)
    return ref


@pytest.mark.parametrize("published", [True, False])
def test_who_moved_on_reaches_no_listing_by_the_number_of_her_draft(desk: Desk, published: bool) -> None:
    ref = sent_new(desk)
    with desk.database() as session:
        proposal = session.scalars(select(Proposal)).one()
        boss = make_account(session, Role.COORDINATOR)
        if published:
            review.accept(session, proposal, Edit(boss, desk.now))
        else:
            review.refuse(session, proposal, Edit(boss, desk.now, "Existe déjà."))
        key = proposal.service.key if proposal.service else ""
    colleague = desk.another_editor()
    if published:
        desk.save("about", key, client=colleague, summary_fr="Ce qui attend.")
    token = form_values(desk.editor.get(f"{desk.index}{WORDS['begin'][desk.lang]}").html, "begin")[1][
        "_jeton"
    ]
    moves_on(desk)
    paths = [desk.path(name, ref) for name in (*SLUGS, *WORDS) if name != "begin"]
    for path in paths:
        for answer in (desk.editor.get(path), desk.editor.post(path, data={"_jeton": token})):
            assert answer.status in (404, 405), path
            assert "Ce qui attend." not in answer.html
    page = desk.editor.get(desk.path(ref=ref))
    if published:
        assert page.status == 404
        assert desk.proposals()[-1].state is ProposalState.WAITING
    else:
        # Her own words stay hers to read.
        assert page.status == 410
        assert "Table du quartier" in page.words


def test_an_erased_new_listing_is_found_by_nobody(desk: Desk) -> None:
    ref = sent_new(desk)
    with desk.database() as session:
        proposal = session.scalars(select(Proposal)).one()
        review.refuse(
            session, proposal, Edit(make_account(session, Role.COORDINATOR), desk.now, "Existe déjà.")
        )
        number = proposal.id
    page = desk.editor.get(desk.path(ref=ref))
    assert desk.editor.submit(page, kept_path(desk, number), quoi="effacer").status == 303
    assert desk.editor.get(desk.path(ref=ref)).status == 404
    assert desk.begin() != ref
