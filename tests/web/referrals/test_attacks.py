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
from tests.web.referral_accounts import ANSWERS, CHECK, FOOD, FORM, LOOK, OTHER, WORDS, House
from tests.web.referral_links import Relay

EVIL = "<b data-evil='1' onclick=alert(1)>\"'&{{7*7}}</b>"
UNKNOWN = "JR-2026-22222"


@pytest.fixture
def relay(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Relay:
    return Relay(instance, make_app, lang)


def same(page: Page, reference: str) -> tuple[int, str]:
    """What a page says, without the address it was asked at."""
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", page.html).replace(reference, "X")


def at_once(
    relays: House, reference: str, acts: list[tuple[PageClient, str, dict[str, str]]]
) -> list[tuple[str, int]]:
    """Presses these buttons of a fiche at one moment: (button, status) of each."""
    start, statuses = threading.Barrier(len(acts), timeout=60), []

    def press(client: PageClient, name: str, values: dict[str, str]) -> None:
        start.wait()
        statuses.append((name, client.post(relays.path(name, reference), data=values).status))

    threads = [threading.Thread(target=press, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.control("C2")
def test_two_workers_and_two_fiches_on_every_address_answer_as_if_there_were_none(relays: House) -> None:
    # `an` sends to `bo`'s house, `cy` to her own and `an`'s: each of `bo` and `cy` is a stranger to one.
    fiches = {"cy": relays.send(FOOD, "an"), "bo": relays.send(OTHER, "cy")}
    for stranger, reference in fiches.items():
        client, token = relays.clients[stranger], relays.token(stranger)
        for name in ("", *(each for each in WORDS if each not in ("new", "table"))):
            posts = (
                [
                    client.post(relays.path(name, one), data={"_jeton": token, "outcome": "met"})
                    for one in (reference, UNKNOWN)
                ]
                if name
                else []
            )
            looks = [client.get(relays.path(name, one)) for one in (reference, UNKNOWN)]
            for found in (posts, looks):
                if found:
                    assert same(found[0], reference) == same(found[1], UNKNOWN), name
                    expected = 404 if name in ("", *LOOK) or found is posts else 405
                    assert found[0].status == expected, name
        for step in ("brouillon", "handed_on"):
            taken = [
                client.post(relays.path("new"), data={"_jeton": token, "etape": "reprendre", step: one})
                for one in (reference, UNKNOWN)
            ]
            assert same(taken[0], reference) == same(taken[1], UNKNOWN)
            assert taken[0].status == 404
    assert set(relays.rows().values()) == {"sent"}


@pytest.mark.control("C16")
def test_an_address_puts_no_words_of_its_own_on_the_page(relays: House) -> None:
    other = relays.send(OTHER, "cy")
    name = relays.say("suite", "vervolg")
    for words in (EVIL, "0900-12345", other, UNKNOWN):
        page = relays.clients["an"].get(f"{relays.path('new')}?{urlencode({name: words})}")
        assert page.status == 200
        # The switch of language alone repeats what the address says.
        assert words not in page.words
        assert not [each for each in page.all("input") if each.attributes.get("value") == words]


@pytest.mark.control("C16")
def test_markup_in_any_field_stays_words_on_every_page(relays: House) -> None:
    texts = {
        name: f"{name} {EVIL}"[:60]
        for name in ("organization", "worker", "function", "name", "safe", "coming_along", "request", "tried",
                     "availability", "mobility")
    }  # fmt: skip
    check = relays.checked(**texts)
    pages = [check]
    answer = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    reference = answer.headers["Location"].partition("?")[0].rpartition("/")[2]
    pages += [relays.press(name, reference) for name in ("read", "sheet", "copy")]
    pages += [relays.press(name, reference, "bo") for name in ("read", "open_person")]
    form = relays.clients["bo"].get(relays.path("accept", reference))
    refused = relays.clients["bo"].submit(form, "accept", words=EVIL, appointment="31/02/2026")
    assert refused.status == 422
    pages.append(refused)
    assert relays.clients["bo"].submit(form, "accept", words=EVIL).status == 303
    pages += [relays.press("read", reference), relays.clients["an"].get(relays.path("", reference))]
    odd = relays.clients["an"].submit(
        relays.blank(), FORM, "etape=relire", **(ANSWERS | {"request": EVIL * 9})
    )
    assert odd.status == 422
    pages.append(odd)
    for page in pages:
        assert page.status in (200, 422)
        assert not [
            each for each in page.elements if "data-evil" in each.attributes or "onclick" in each.attributes
        ]
        assert "{{7*7}}" in page.html or "7*7" not in page.html
    assert any("7*7" in page.html for page in pages)
    text = relays.press("sheet", reference, forme="texte")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.headers["Content-Disposition"].startswith("attachment")


def test_who_acts_at_one_moment_acts_one_by_one(relays: House) -> None:
    """Two receivers and the sender press at once: one act counts, the others are told how it stands."""
    for _ in range(3):
        reference = relays.send()
        relays.press("open_person", reference, "bo")
        second = signed_in_client(relays.app, relays.numbers["bo"])
        token = {"an": relays.token("an"), "bo": relays.token("bo")}
        page = second.get(relays.path("table"))
        other = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
        acts = [
            (relays.clients["bo"], "accept", {"_jeton": token["bo"], "words": "Mardi"}),
            (second, "decline", {"_jeton": other, "reason": "full"}),
            (relays.clients["an"], "withdraw", {"_jeton": token["an"]}),
        ]
        statuses = at_once(relays, reference, acts)
        assert {status for _, status in statuses} <= {303, 404, 409}
        done = {name for name, status in statuses if status == 303}
        assert not {"accept", "decline"} <= done
        with relays.database() as session:
            row = session.scalars(select(Referral).where(Referral.reference == reference)).one_or_none()
            if row is None:
                assert "withdraw" in done
            else:
                events = select(ReferralEvent.event).where(ReferralEvent.referral_id == row.id)
                ends = set(session.scalars(events)) & {"accept", "decline"}
                assert ends == done & {"accept", "decline"}


def test_a_fiche_that_goes_while_its_refusal_is_being_told_is_not_found(
    relays: House, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One receiver accepts, the other declines too late, and before he is told so the sender takes it all back."""
    relays.press("open_person", reference, "bo")
    values = {"_jeton": relays.token("bo"), "reason": "full"}
    withdrawal = (relays.clients["an"], "withdraw", {"_jeton": relays.token("an")})
    asked: list[object] = []
    taken_back: list[tuple[str, int]] = []

    def too_late(*about: object) -> None:
        raise InvalidTransitionError("decline by receiver in state accepted")

    def taken_back_before(*about: object) -> AbstractContextManager[Session]:
        asked.append(about)
        if len(asked) == 2:
            taken_back.extend(at_once(relays, reference, [withdrawal]))
        return writing(*about)

    writing = referral_pages.writing
    monkeypatch.setattr(answering, "decline", too_late)
    monkeypatch.setattr(referral_pages, "writing", taken_back_before)
    answer = relays.clients["bo"].post(relays.path("decline", reference), data=values)
    assert taken_back == [("withdraw", 303)]
    assert answer.status == 404


def test_a_database_that_is_busy_while_a_refusal_is_told_asks_for_patience(
    relays: House, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"_jeton": relays.token("bo"), "reason": "full"}

    def busy(*about: object) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    def too_late(*about: object) -> None:
        monkeypatch.setattr(finding, "find", busy)
        raise InvalidTransitionError("decline by receiver in state accepted")

    monkeypatch.setattr(answering, "decline", too_late)
    answer = relays.clients["bo"].post(relays.path("decline", reference), data=values)
    assert answer.status == 503


def test_a_draft_that_was_sent_meanwhile_shows_how_it_stands(relays: House, reference: str) -> None:
    """The list of drafts was open in another window."""
    values = {"_jeton": relays.token("an"), "etape": "reprendre", "brouillon": reference}
    answer = relays.clients["an"].post(relays.path("new"), data=values)
    assert answer.status == 409
    assert reference in answer.html


def test_a_link_that_an_old_address_still_has_brings_its_code_to_the_new_one(relay: Relay) -> None:
    reference = relay.send()
    token = relay.token(reference)
    with relay.database() as session:
        session.scalars(
            select(Service).where(Service.key == relay.key)
        ).one().relay_email = "neuf@maison.example"
    relay.ask(PageClient(relay.app), token)
    assert [mail.address for mail in relay.mails("referral_code", reference)] == ["neuf@maison.example"]


def test_without_an_address_any_more_the_link_answers_as_ever_and_nothing_is_mailed(relay: Relay) -> None:
    reference = relay.send()
    token = relay.token(reference)
    with relay.database() as session:
        session.scalars(select(Service).where(Service.key == relay.key)).one().relay_email = None
    page = relay.ask(PageClient(relay.app), token)
    assert page.status == 200
    assert relay.mails("referral_code") == []


def test_a_service_that_is_archived_under_way_can_still_be_answered_for_and_withdrawn_from(
    relay: Relay,
) -> None:
    first, second = relay.send(), relay.send()
    client = relay.come_in(first)
    with relay.database() as session:
        session.scalars(
            select(Service).where(Service.key == relay.key)
        ).one().publication = Publication.ARCHIVED
    assert relay.read(client, first, "open").status == 200
    page = client.get(relay.path(first, "decline"))
    assert client.submit(page, "answer", reason="full").status == 303
    mine = PageClient(relay.app)
    assert mine.submit(mine.get(relay.person_path(second)), "agreement").status == 200
    assert relay.referral(second) is None


def test_an_account_that_is_closed_reads_nothing_more_from_that_moment(relays: House, reference: str) -> None:
    assert relays.press("read", reference, "bo").status == 200
    token = relays.token("bo")
    with relays.database() as session:
        session.get_one(Account, relays.numbers["bo"]).state = AccountState.DISABLED
    answer = relays.clients["bo"].post(relays.path("read", reference), data={"_jeton": token})
    assert answer.status == 401
    assert "Quokka" not in answer.html


def test_a_code_of_the_person_is_not_guessed_from_another_s(relay: Relay) -> None:
    first, second = relay.send(), relay.send()
    code = relay.person_path(first).rpartition("/")[2]
    mixed = relay.person_path(second).rpartition("/")[0] + f"/{code}"
    mine = PageClient(relay.app)
    assert mine.submit(mine.get(mixed), "agreement").status == 200
    assert relay.referral(first) is not None
    assert relay.referral(second) is not None
    with relay.database() as session:
        assert sending.by_person_code(session, relay.app.config["SECRET_KEY"], second, code) is None
