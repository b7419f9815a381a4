"""The fiche-relais attacked: others' fiches on every address, markup in every field, acts at one moment, and what
changes under a fiche that is under way."""

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from guide.languages import Language
from guide.model import Account, AccountState, Publication, Service
from guide.model.referrals import Referral, ReferralEvent
from guide.referrals import answering, finding, sending
from guide.referrals.life import InvalidTransitionError
from guide.web.referrals import detail as referral_pages
from tests.pages import Page, PageClient
from tests.people import signed_in_client
from tests.web.referral_accounts import ANSWERS, CHECK, FOOD, FORM, LOOK, OTHER, WORDS, ReferralSite
from tests.web.referral_links import LinkSite

EVIL = "<b data-evil='1' onclick=alert(1)>\"'&{{7*7}}</b>"
UNKNOWN = "JR-2026-22222"


@pytest.fixture
def link_site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, lang)


def same(page: Page, reference: str) -> tuple[int, str]:
    """What a page says, without the address it was asked at."""
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", page.html).replace(reference, "X")


def at_once(
    site: ReferralSite, reference: str, acts: list[tuple[PageClient, str, dict[str, str]]]
) -> list[tuple[str, int]]:
    """Presses these buttons of a fiche at one moment: (button, status) of each."""
    start, statuses = threading.Barrier(len(acts), timeout=60), []

    def press(client: PageClient, name: str, values: dict[str, str]) -> None:
        start.wait()
        statuses.append((name, client.post(site.path(name, reference), data=values).status))

    threads = [threading.Thread(target=press, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.control("C2")
def test_two_workers_and_two_fiches_on_every_address_answer_as_if_there_were_none(site: ReferralSite) -> None:
    # `an` sends to `bo`'s organisation, `cy` to her own and `an`'s: each of `bo` and `cy` is a stranger to one.
    fiches = {"cy": site.send(FOOD, "an"), "bo": site.send(OTHER, "cy")}
    for stranger, reference in fiches.items():
        client, token = site.clients[stranger], site.token(stranger)
        for name in ("", *(each for each in WORDS if each not in ("new", "table"))):
            posts = (
                [
                    client.post(site.path(name, one), data={"_jeton": token, "outcome": "met"})
                    for one in (reference, UNKNOWN)
                ]
                if name
                else []
            )
            looks = [client.get(site.path(name, one)) for one in (reference, UNKNOWN)]
            for found in (posts, looks):
                if found:
                    assert same(found[0], reference) == same(found[1], UNKNOWN), name
                    expected = 404 if name in ("", *LOOK) or found is posts else 405
                    assert found[0].status == expected, name
        for step in ("brouillon", "handed_on"):
            taken = [
                client.post(site.path("new"), data={"_jeton": token, "etape": "reprendre", step: one})
                for one in (reference, UNKNOWN)
            ]
            assert same(taken[0], reference) == same(taken[1], UNKNOWN)
            assert taken[0].status == 404
    assert set(site.rows().values()) == {"sent"}


@pytest.mark.control("C16")
def test_an_address_puts_no_words_of_its_own_on_the_page(site: ReferralSite) -> None:
    other = site.send(OTHER, "cy")
    name = site.say("suite", "vervolg")
    for words in (EVIL, "0900-12345", other, UNKNOWN):
        page = site.clients["an"].get(f"{site.path('new')}?{urlencode({name: words})}")
        assert page.status == 200
        # The switch of language alone repeats what the address says.
        assert words not in page.words
        assert not [each for each in page.all("input") if each.attributes.get("value") == words]


@pytest.mark.control("C16")
def test_markup_in_any_field_stays_words_on_every_page(site: ReferralSite) -> None:
    texts = {
        name: f"{name} {EVIL}"[:60]
        for name in ("organization", "worker", "function", "name", "safe", "coming_along", "request", "tried",
                     "availability", "mobility")
    }  # fmt: skip
    check = site.checked(**texts)
    pages = [check]
    answer = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    reference = answer.headers["Location"].partition("?")[0].rpartition("/")[2]
    pages += [site.press(name, reference) for name in ("read", "sheet", "copy")]
    pages += [site.press(name, reference, "bo") for name in ("read", "open_person")]
    form = site.clients["bo"].get(site.path("accept", reference))
    refused = site.clients["bo"].submit(form, "accept", words=EVIL, appointment="31/02/2026")
    assert refused.status == 422
    pages.append(refused)
    assert site.clients["bo"].submit(form, "accept", words=EVIL).status == 303
    pages += [site.press("read", reference), site.clients["an"].get(site.path("", reference))]
    odd = site.clients["an"].submit(site.blank(), FORM, "etape=relire", **(ANSWERS | {"request": EVIL * 9}))
    assert odd.status == 422
    pages.append(odd)
    for page in pages:
        assert page.status in (200, 422)
        assert not [
            each for each in page.elements if "data-evil" in each.attributes or "onclick" in each.attributes
        ]
        assert "{{7*7}}" in page.html or "7*7" not in page.html
    assert any("7*7" in page.html for page in pages)
    text = site.press("sheet", reference, forme="texte")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.headers["Content-Disposition"].startswith("attachment")


def test_who_acts_at_one_moment_acts_one_by_one(site: ReferralSite) -> None:
    """Two receivers and the sender press at once: one act counts, the others are told how it stands."""
    for _ in range(3):
        reference = site.send()
        site.press("open_person", reference, "bo")
        second = signed_in_client(site.app, site.numbers["bo"])
        token = {"an": site.token("an"), "bo": site.token("bo")}
        page = second.get(site.path("table"))
        other = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
        acts = [
            (site.clients["bo"], "accept", {"_jeton": token["bo"], "words": "Mardi"}),
            (second, "decline", {"_jeton": other, "reason": "full"}),
            (site.clients["an"], "withdraw", {"_jeton": token["an"]}),
        ]
        statuses = at_once(site, reference, acts)
        assert {status for _, status in statuses} <= {303, 404, 409}
        done = {name for name, status in statuses if status == 303}
        assert not {"accept", "decline"} <= done
        with site.database() as session:
            row = session.scalars(select(Referral).where(Referral.reference == reference)).one_or_none()
            if row is None:
                assert "withdraw" in done
            else:
                events = select(ReferralEvent.event).where(ReferralEvent.referral_id == row.id)
                ends = set(session.scalars(events)) & {"accept", "decline"}
                assert ends == done & {"accept", "decline"}


def test_a_fiche_that_goes_while_its_refusal_is_being_told_is_not_found(
    site: ReferralSite, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One receiver accepts, the other declines too late, and before he is told so the sender takes it all back."""
    site.press("open_person", reference, "bo")
    values = {"_jeton": site.token("bo"), "reason": "full"}
    withdrawal = (site.clients["an"], "withdraw", {"_jeton": site.token("an")})
    asked: list[object] = []
    taken_back: list[tuple[str, int]] = []

    def too_late(*about: object) -> None:
        raise InvalidTransitionError("decline by receiver in state accepted")

    def taken_back_before(*about: object) -> AbstractContextManager[Session]:
        asked.append(about)
        if len(asked) == 2:
            taken_back.extend(at_once(site, reference, [withdrawal]))
        return writing(*about)

    writing = referral_pages.writing
    monkeypatch.setattr(answering, "decline", too_late)
    monkeypatch.setattr(referral_pages, "writing", taken_back_before)
    answer = site.clients["bo"].post(site.path("decline", reference), data=values)
    assert taken_back == [("withdraw", 303)]
    assert answer.status == 404


def test_a_database_that_is_busy_while_a_refusal_is_told_asks_for_patience(
    site: ReferralSite, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"_jeton": site.token("bo"), "reason": "full"}

    def busy(*about: object) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    def too_late(*about: object) -> None:
        monkeypatch.setattr(finding, "find", busy)
        raise InvalidTransitionError("decline by receiver in state accepted")

    monkeypatch.setattr(answering, "decline", too_late)
    answer = site.clients["bo"].post(site.path("decline", reference), data=values)
    assert answer.status == 503


def test_a_draft_that_was_sent_meanwhile_shows_how_it_stands(site: ReferralSite, reference: str) -> None:
    """The list of drafts was open in another window."""
    values = {"_jeton": site.token("an"), "etape": "reprendre", "brouillon": reference}
    answer = site.clients["an"].post(site.path("new"), data=values)
    assert answer.status == 409
    assert reference in answer.html


def test_a_link_that_an_old_address_still_has_brings_its_code_to_the_new_one(link_site: LinkSite) -> None:
    reference = link_site.send()
    token = link_site.token(reference)
    with link_site.database() as session:
        session.scalars(
            select(Service).where(Service.key == link_site.key)
        ).one().relay_email = "neuf@maison.example"
    link_site.ask(PageClient(link_site.app), token)
    assert [mail.address for mail in link_site.mails("referral_code", reference)] == ["neuf@maison.example"]


def test_without_an_address_any_more_the_link_answers_as_ever_and_nothing_is_mailed(
    link_site: LinkSite,
) -> None:
    reference = link_site.send()
    token = link_site.token(reference)
    with link_site.database() as session:
        session.scalars(select(Service).where(Service.key == link_site.key)).one().relay_email = None
    page = link_site.ask(PageClient(link_site.app), token)
    assert page.status == 200
    assert link_site.mails("referral_code") == []


def test_a_service_that_is_archived_under_way_can_still_be_answered_for_and_withdrawn_from(
    link_site: LinkSite,
) -> None:
    first, second = link_site.send(), link_site.send()
    client = link_site.come_in(first)
    with link_site.database() as session:
        session.scalars(
            select(Service).where(Service.key == link_site.key)
        ).one().publication = Publication.ARCHIVED
    assert link_site.read(client, first, "open").status == 200
    page = client.get(link_site.path(first, "decline"))
    assert client.submit(page, "answer", reason="full").status == 303
    mine = PageClient(link_site.app)
    assert mine.submit(mine.get(link_site.person_path(second)), "agreement").status == 200
    assert link_site.referral(second) is None


def test_an_account_that_is_closed_reads_nothing_more_from_that_moment(
    site: ReferralSite, reference: str
) -> None:
    assert site.press("read", reference, "bo").status == 200
    token = site.token("bo")
    with site.database() as session:
        session.get_one(Account, site.numbers["bo"]).state = AccountState.DISABLED
    answer = site.clients["bo"].post(site.path("read", reference), data={"_jeton": token})
    assert answer.status == 401
    assert "Quokka" not in answer.html


def test_a_code_of_the_person_is_not_guessed_from_another_s(link_site: LinkSite) -> None:
    first, second = link_site.send(), link_site.send()
    code = link_site.person_path(first).rpartition("/")[2]
    mixed = link_site.person_path(second).rpartition("/")[0] + f"/{code}"
    mine = PageClient(link_site.app)
    assert mine.submit(mine.get(mixed), "agreement").status == 200
    assert link_site.referral(first) is not None
    assert link_site.referral(second) is not None
    with link_site.database() as session:
        assert sending.by_person_code(session, link_site.app.config["SECRET_KEY"], second, code) is None
