"""The receiver's pages: a link that tells nothing, a code, a visit of one referral, and an answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from guide.languages import Language
from guide.model import Account, ReferralState, Role
from guide.model.referrals import Referral, ReferralKey, ReferralLink
from guide.referrals import answering, deadlines, finding, sending
from guide.referrals.life import InvalidTransitionError, Party
from tests.pages import Page, PageClient
from tests.people import someone
from tests.web.referral_links import CONTENT, NEED_WORDS, PERSON_WORDS, Relay
from tests.words import folded


@pytest.fixture
def relay(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Relay:
    return Relay(instance, make_app, lang)


@pytest.fixture
def french_relay(instance: Path, make_app: Callable[..., Flask]) -> Relay:
    return Relay(instance, make_app, "fr")


def bare(page: Page, token: str) -> tuple[int, str]:
    """A page without what must differ: the token in its own address, the token of its form, the assets' age."""
    html = page.html.replace(token, "TOKEN")
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", html)


# The journey


def test_a_service_reads_opens_studies_accepts_and_closes(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)

    standing = client.get(relay.path(reference))
    assert standing.status == 200
    for words in (*NEED_WORDS, *PERSON_WORDS, "Autrice Alpha"):
        assert words not in standing.html

    need = relay.read(client, reference)
    assert all(words in need.words for words in (*NEED_WORDS, "Autrice Alpha", "02 423 12 34"))
    assert relay.say("Cette semaine", "Deze week") in need.words
    assert relay.say("arabe", "Arabisch") in need.words
    assert need.words.index(relay.say("arabe", "Arabisch")) < need.words.index("Demande planétaire")
    assert not any(words in need.html for words in PERSON_WORDS)
    assert relay.referral(reference).state is ReferralState.SENT
    assert not relay.mails("referral_news")

    person = relay.read(client, reference, "open")
    assert all(words in person.words for words in (*PERSON_WORDS, *NEED_WORDS))
    assert "tel:+32470000000" in person.links()
    assert "Bleuet" not in person.title
    assert [mail.content["what"] for mail in relay.mails("referral_news")] == ["seen"]

    assert client.submit(client.get(relay.path(reference)), relay.path(reference, "study")).status == 303
    assert relay.referral(reference).state is ReferralState.UNDER_STUDY

    form = client.get(relay.path(reference, "accept"))
    assert "Demande" not in form.html
    refused = client.submit(form, "answer", words="", appointment="hier")
    assert refused.status == 422
    assert refused.title.startswith(relay.say("Erreur", "Fout"))
    done = client.submit(form, "answer", words="Mardi, à l’accueil étoilé", appointment="1/12/2026")
    assert (done.status, done.headers["Location"]) == (303, relay.path(reference))
    assert relay.referral(reference).state is ReferralState.ACCEPTED
    assert "Mardi, à l’accueil étoilé" in relay.read(client, reference).words
    assert relay.say("1er décembre", "1 december") in client.get(relay.path(reference)).words

    closed = client.submit(client.get(relay.path(reference, "close")), "answer", outcome="met")
    assert closed.status == 200
    assert relay.referral(reference).outcome == "met"
    assert client.get(relay.path(reference)).status == 410
    assert [mail.content["what"] for mail in relay.mails("referral_news")] == [
        "seen",
        "under_study",
        "accepted",
    ]


def test_a_service_declines_with_a_reason_and_a_sentence(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    form = client.get(relay.path(reference, "decline"))
    for values in ({}, {"reason": "rien"}, {"reason": "other", "words": ""}):
        assert client.submit(form, "answer", **values).status == 422
    assert client.submit(form, "answer", reason="full", words="Après Noël comète").status == 303
    referral = relay.referral(reference)
    assert (referral.state, referral.reason) == (ReferralState.DECLINED, "full")
    after = client.get(relay.path(reference))
    assert after.status == 200
    assert "Noël comète" not in after.html
    # Nothing is read any more of one that has ended.
    before = len(relay.audited("referral_need_read"))
    told = client.post(
        relay.path(reference), data={"do": "read", "_jeton": _anonymous_token(relay, relay.path(reference))}
    )
    assert not any(words in told.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert len(relay.audited("referral_need_read")) == before


def test_a_number_that_may_not_be_passed_on_is_refused_and_what_was_typed_stays(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send()
    client = relay.come_in(reference)
    relay.read(client, reference, "open")
    for words in ("Demandez 85.07.30-033.28", "Payez BE68 5390 0754 7034"):
        page = client.submit(
            client.get(relay.path(reference, "accept")), "answer", words=words, appointment=""
        )
        assert page.status == 422
        assert words in page.html
    with relay.database() as session:
        referral = session.scalars(select(Referral)).one()
        with pytest.raises(sending.RefusedTextError):
            answering.accept(session, referral, "x", "85.07.30-033.28", None, relay.now)
    assert relay.referral(reference).state is ReferralState.SEEN


def test_the_form_of_an_answer_keeps_what_was_typed_in_the_other_language(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send()
    client = relay.come_in(reference)
    relay.read(client, reference, "open")
    page = client.get(relay.path(reference, "accept"))
    target = next(
        element.attributes["formaction"] for element in page.elements if "formaction" in element.attributes
    )
    values = {
        "words": "Mardi étoilé",
        "_langue": "nl",
        "_jeton": _anonymous_token(relay, relay.path(reference, "accept")),
    }
    dutch = client.post(target, data=values)
    assert dutch.status == 200
    assert "Mardi étoilé" in dutch.html
    assert relay.referral(reference).state is ReferralState.SEEN


def test_the_content_is_shown_in_the_other_language_and_written_down_again(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send()
    client = relay.come_in(reference)
    page = relay.read(client, reference)
    target = next(
        element.attributes["formaction"] for element in page.elements if "formaction" in element.attributes
    )
    dutch = client.post(
        target, data={"do": "read", "_langue": "nl", "_jeton": _anonymous_token(relay, relay.path(reference))}
    )
    assert (dutch.status, "Deze week" in dutch.words) == (200, True)
    assert len(relay.audited("referral_need_read")) == 2


# The link


@pytest.mark.control("C7")
def test_looking_three_times_or_as_a_scanner_does_changes_no_row(relay: Relay) -> None:
    reference = relay.send()
    token = relay.token(reference)
    client = PageClient(relay.app)
    paths = [
        relay.link_path(token),
        relay.link_path("inconnu"),
        relay.path(reference),
        relay.path(reference, "accept"),
    ]
    paths.append(relay.person_path(reference))
    before = relay.everything()
    for path in paths:
        for _ in range(3):
            client.get(path)
        client.http.head(path)
        client.http.options(path)
    assert relay.everything() == before
    assert relay.ask(client, token).status == 200
    assert len(relay.mails("referral_code")) == 1


@pytest.mark.control("C7")
def test_one_page_for_every_link_whatever_became_of_its_referral(relay: Relay) -> None:
    used, old, withdrawn, erased, expired, good, other = (relay.send() for _ in range(7))
    tokens = {name: relay.token(name) for name in (used, old, withdrawn, erased, expired, good, other)}
    relay.come_in(used)
    with relay.database() as session:
        rows = {row.reference: row for row in session.scalars(select(Referral))}
        sending.withdraw(session, rows[withdrawn], Party.PERSON, "person", relay.now)
        sending.take_back(session, rows[erased], relay.now)
        rows[old].links[0].expires_at = relay.now - timedelta(seconds=1)
        rows[expired].sent_at = relay.now - timedelta(days=31)
        deadlines.tick(session, relay.now)
    assert relay.referral(expired).state is ReferralState.EXPIRED
    altered = tokens[good][:-1] + ("A" if tokens[good][-1] != "A" else "B")
    looks, asks, codes = set(), set(), set()
    wrong = relay.mails("referral_code")
    for token in (*tokens.values(), altered, "inconnu", "x" * 300):
        client = PageClient(relay.app)
        look = client.get(relay.link_path(token))
        looks.add(bare(look, token))
        asked = client.submit(look, "ask")
        asks.add(bare(asked, token))
        codes.add(bare(client.submit(asked, "code-form", code="12345"), token))
        for page in (look, asked):
            assert "no-store" in page.headers["Cache-Control"]
            assert page.headers["X-Robots-Tag"] == "noindex"
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert "Set-Cookie" not in page.headers
    assert [len(looks), len(asks), len(codes)] == [1, 1, 1]
    assert (look.status, asked.status, next(iter(codes))[0]) == (200, 200, 422)
    # Codes to the good ones only; to the used and the old one a fresh link; nothing to the others.
    assert len(relay.mails("referral_code")) == len(wrong) + 2
    fresh = [name for name in tokens if len(relay.mails("referral_received", name)) == 2]
    assert sorted(fresh) == sorted([used, old])
    assert relay.mails("referral_received", old)[-1].address == "accueil@maison.example"


def test_a_link_after_eight_days_brings_a_new_one_that_works(relay: Relay) -> None:
    reference = relay.send()
    first = relay.token(reference)
    relay.later(days=8)
    client = PageClient(relay.app)
    relay.ask(client, first)
    assert not relay.mails("referral_code")
    assert relay.token(reference) != first
    assert relay.read(relay.come_in(reference), reference).status == 200


@pytest.mark.control("C13")
def test_a_button_costs_as_many_statements_for_a_link_that_is_unknown(french_relay: Relay) -> None:
    relay = french_relay
    good, gone, used = relay.send(), relay.send(), relay.send()
    tokens = {
        "good": relay.token(good),
        "gone": relay.token(gone),
        "used": relay.token(used),
        "no": "inconnu",
    }
    relay.come_in(used)
    with relay.database() as session:
        row = session.scalars(select(Referral).where(Referral.reference == gone)).one()
        sending.withdraw(session, row, Party.PERSON, "person", relay.now)
    told: dict[str, list[str]] = {}
    for name, token in tokens.items():
        with relay.database() as session:
            told[name] = _statements(
                session, lambda token=token, session=session: answering.ask(session, token, relay.now)
            )
        with relay.database() as session:
            told[f"code of {name}"] = _statements(
                session,
                lambda token=token, session=session: answering.enter(session, token, "000000", relay.now),
            )
    assert told["good"] == told["no"] == told["gone"]
    # A fresh link is a row more than a code.
    assert len(told["used"]) == len(told["no"]) + 1
    assert told["code of good"] == told["code of no"] == told["code of gone"] == told["code of used"]
    assert len(relay.mails("referral_code", good)) == 1
    assert not [mail for mail in relay.mails("referral_code") if mail.address == "personne@guide.example"]


def _statements(session: object, act: Callable[[], object]) -> list[str]:
    """What is asked of the database, each statement by its first words."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(re.sub(r"sa_savepoint_\d+", "", " ".join(statement.split()[:3])))

    engine = session.get_bind().engine  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [words.strip().replace("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT") for words in found]


def test_five_tries_then_a_right_code_does_not_help_until_ten_minutes_are_over(relay: Relay) -> None:
    reference = relay.send()
    token = relay.token(reference)
    client = PageClient(relay.app)
    page = relay.ask(client, token)
    right = relay.code(reference)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.submit(page, "code-form", code=wrong).status == 422
    refused = client.submit(page, "code-form", code=right)
    assert refused.status == 422
    assert right not in refused.html
    assert "Set-Cookie" not in refused.headers
    relay.ask(client, token)
    assert len(relay.mails("referral_code")) == 1
    relay.later(minutes=10)
    relay.come_in(reference)
    assert len(relay.mails("referral_code")) == 2


def test_a_code_is_good_for_ten_minutes_and_once(relay: Relay) -> None:
    reference = relay.send()
    client = PageClient(relay.app)
    page = relay.ask(client, relay.token(reference))
    code = relay.code(reference)
    relay.later(minutes=10)
    late = PageClient(relay.app)
    assert late.submit(page, "code-form", code=code).status == 422
    page = relay.ask(late, relay.token(reference))
    code = relay.code(reference)
    assert late.submit(page, "code-form", code=f" {code[:3]} {code[3:]} ").status == 303
    assert PageClient(relay.app).submit(page, "code-form", code=code).status == 422


def test_the_code_of_one_link_does_not_open_another(french_relay: Relay) -> None:
    relay = french_relay
    first, second = relay.send(), relay.send()
    client = PageClient(relay.app)
    relay.ask(client, relay.token(first))
    page = relay.ask(client, relay.token(second))
    if relay.code(first) != relay.code(second):
        assert client.submit(page, "code-form", code=relay.code(first)).status == 422
    assert client.submit(page, "code-form", code=relay.code(second)).status == 303


def test_a_place_that_asks_too_often_waits_and_one_link_gets_few_mails(french_relay: Relay) -> None:
    relay = french_relay
    client = PageClient(relay.app)
    for number in range(30):
        assert relay.ask(client, f"inconnu{number}").status == 200
    late = relay.ask(client, relay.token(relay.send()))
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0
    assert any(target.startswith("tel:") for target in late.links())
    assert not relay.mails("referral_code")


@pytest.mark.control("C12")
def test_a_place_that_guesses_codes_waits(french_relay: Relay) -> None:
    relay = french_relay
    client = PageClient(relay.app)
    for number in range(20):
        page = relay.ask(client, f"inconnu{number}")
        assert client.submit(page, "code-form", code="000000").status == 422
    assert client.submit(page, "code-form", code="000000").status == 429


# The visit


def test_the_cookie_of_a_visit_is_for_this_browser_session_and_for_no_script(
    relay: Relay, make_app: Callable[..., Flask]
) -> None:
    reference = relay.send()
    client = PageClient(relay.app)
    page = relay.ask(client, relay.token(reference))
    answer = client.submit(page, "code-form", code=relay.code(reference))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("relais=")
    assert all(words in cookie for words in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert "Secure" not in cookie

    relay.app = make_app(relay.instance, clock=relay.now, site_url="https://guide.example")
    second = relay.send()
    secure = PageClient(relay.app)
    base = {"base_url": "https://guide.example"}
    page = secure.get(relay.link_path(relay.token(second)), **base)
    page = secure.post(relay.link_path(relay.token(second)), data=_token_of(page), **base)
    values = _token_of(page) | {"code": relay.code(second)}
    answer = secure.post(relay.link_path(relay.token(second)), data=values, **base)
    assert answer.headers["Set-Cookie"].startswith("__Host-relais=")
    assert "Secure" in answer.headers["Set-Cookie"]
    # Over plain http nobody gets as far as a code.
    assert (
        PageClient(relay.app)
        .get(relay.link_path(relay.token(second)), base_url="http://guide.example")
        .status
        == 403
    )


@pytest.mark.control("C7")
def test_a_visit_ends_after_half_an_hour(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    cookie = client.http.get_cookie("relais")
    page = client.get(relay.path(reference))
    relay.later(minutes=29)
    again = PageClient(relay.app)
    again.http.set_cookie("relais", cookie.value)
    assert again.get(relay.path(reference)).status == 200
    relay.later(minutes=1)
    late = PageClient(relay.app)
    late.http.set_cookie("relais", cookie.value)
    assert late.get(relay.path(reference)).status == 410
    before = relay.everything()
    over = late.submit(page, "read")
    assert over.status == 410
    assert not any(words in over.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert relay.everything() == before


def test_leaving_ends_the_visit_in_the_database_too(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    cookie = client.http.get_cookie("relais")
    done = client.submit(client.get(relay.path(reference)), relay.path(reference, "leave"))
    assert done.status == 200
    assert client.http.get_cookie("relais") is None
    again = PageClient(relay.app)
    again.http.set_cookie("relais", cookie.value)
    assert again.get(relay.path(reference)).status == 410


@pytest.mark.control("C2")
def test_a_visit_of_one_referral_reaches_no_other_and_nobody_else_reaches_any(relay: Relay) -> None:
    first, second = relay.send(), relay.send()
    client = relay.come_in(first)
    own = client.get(relay.path(first))
    outsiders = {
        "visitor": PageClient(relay.app),
        "other visit": client,
        **{role: someone(relay.app, role) for role in (Role.COORDINATOR, Role.ADMINISTRATOR)},
        "worker": someone(relay.app, Role.SOCIAL_WORKER, "viva-jette"),
        "editor": someone(relay.app, Role.EDITOR, "caba-jette"),
    }
    before = relay.everything(("account_session",))
    pages = set()
    for name, outsider in outsiders.items():
        for reference in (second, "JR-2026-AAAAA", *([] if name == "other visit" else [first])):
            for do in ("", "accept", "decline", "close"):
                page = outsider.get(relay.path(reference, do))
                assert page.status == 410, (name, reference, do)
                for words in (*NEED_WORDS, *PERSON_WORDS):
                    assert words not in page.html
                if name == "visitor":
                    pages.add(page.html.replace(reference, "REFERENCE"))
            for do in ("read", "open"):
                told = outsider.post(
                    relay.path(reference),
                    data={"do": do, "_jeton": _anonymous_token(relay, relay.path(reference))},
                )
                assert told.status in (400, 410), (name, reference)
    assert len(pages) == 1
    assert relay.everything(("account_session",)) == before
    assert client.submit(own, "read").status == 200


@pytest.mark.control("C5")
def test_a_withdrawal_ends_the_visit_at_once(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    page = client.get(relay.path(reference))
    with relay.database() as session:
        row = session.scalars(select(Referral)).one()
        sending.withdraw(session, row, Party.SENDER, f"account:{relay.worker}", relay.now)
    assert client.submit(page, "read").status == 410
    assert client.get(relay.path(reference)).status == 410


def test_when_the_agreement_has_run_out_the_content_is_closed_until_it_is_renewed(relay: Relay) -> None:
    reference = relay.send(days=1)
    relay.later(days=2)
    client = relay.come_in(reference)
    page = client.get(relay.path(reference))
    assert relay.say("Le contenu est fermé.", "De inhoud is gesloten.") in folded(page.words)
    token = _anonymous_token(relay, relay.path(reference))
    for do in ("read", "open"):
        closed = client.post(relay.path(reference), data={"do": do, "_jeton": token})
        assert closed.status == 409
        assert not any(words in closed.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert client.get(relay.path(reference, "accept")).status == 409
    with relay.database() as session:
        row = session.scalars(select(Referral)).one()
        row.state = ReferralState.SEEN
        for act in (
            lambda: answering.accept(session, row, "x", "Mardi", None, relay.now),
            lambda: answering.study(session, row, "x", relay.now),
        ):
            with pytest.raises(InvalidTransitionError):
                act()
    assert not relay.audited("referral_need_read")
    # To refuse needs no reading.
    form = client.get(relay.path(reference, "decline"))
    assert client.submit(form, "answer", reason="full", words="").status == 303


def test_what_cannot_happen_now_says_how_it_stands(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    assert client.get(relay.path(reference, "accept")).status == 409
    assert client.get(relay.path(reference, "close")).status == 409
    study = {"_jeton": _anonymous_token(relay, relay.path(reference, "study"))}
    assert client.post(relay.path(reference, "study"), data=study).status == 409
    assert relay.referral(reference).state is ReferralState.SENT


def test_a_referral_whose_key_is_gone_says_so_and_writes_no_view_down(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send()
    client = relay.come_in(reference)
    with relay.database() as session:
        session.delete(session.scalars(select(ReferralKey)).one())
    page = relay.read(client, reference)
    assert page.status == 503
    assert not relay.audited("referral_need_read")


def test_a_receiver_who_is_not_bound_by_secrecy_sees_no_need(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send(CONTENT.cut_for(False))
    client = relay.come_in(reference)
    page = relay.read(client, reference)
    assert not any(words in page.html for words in NEED_WORDS)
    opened = client.submit(page, "open")
    assert "Bleuet" in opened.words


def test_a_referral_sent_in_an_emergency_bears_its_flag(relay: Relay) -> None:
    reference = relay.send(motive="Danger motivé")
    page = relay.read(relay.come_in(reference), reference)
    assert relay.say("Envoyée sans l’accord", "Verstuurd zonder akkoord") in page.words
    assert "Danger motivé" not in page.html


# Traces


@pytest.mark.control("C9")
def test_every_view_and_act_is_written_down_without_content(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    relay.read(client, reference)
    relay.read(client, reference, "open")
    client.submit(client.get(relay.path(reference, "accept")), "answer", words="Mardi étoilé", appointment="")
    uid = relay.referral(reference).uid
    entries = [entry for entry in relay.audited() if entry.actor.startswith("receiver:")]
    assert [entry.verb for entry in entries] == [
        "referral_need_read",
        "referral_need_read",
        "referral_person_read",
        "referral_accepted",
    ]
    assert {(entry.actor, entry.object, entry.detail) for entry in entries} == {
        (f"receiver:{uid[:8]}", f"referral:{uid}", "")
    }
    boss = someone(relay.app, Role.COORDINATOR)
    journal = boss.get(relay.say("/fr/moderation/journal", "/nl/moderatie/logboek"))
    receiver = relay.say("Le service qui a reçu la fiche-relais", "De dienst die de doorverwijsfiche kreeg")
    assert journal.status == 200
    for words in (*NEED_WORDS, *PERSON_WORDS, "étoilé", reference, uid, receiver):
        assert words not in journal.html


@pytest.mark.control("C10")
def test_neither_token_nor_code_nor_content_stands_in_a_log_or_leads_elsewhere(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    reference = relay.send()
    token = relay.token(reference)
    with caplog.at_level("DEBUG"):
        client = relay.come_in(reference)
        page = relay.read(client, reference, "open")
    for words in (token, relay.code(reference), *PERSON_WORDS, *NEED_WORDS):
        assert words not in caplog.text
    assert token not in page.html
    first = PageClient(relay.app).get(relay.link_path(token))
    assert [link for link in first.links() if token in link and not link.startswith(("/fr/", "/nl/"))] == []
    assert relay.path(reference) not in token


@pytest.mark.control("C7")
def test_the_pages_of_a_visit_are_kept_and_found_by_nobody(relay: Relay) -> None:
    reference = relay.send()
    client = relay.come_in(reference)
    for page in (
        client.get(relay.path(reference)),
        relay.read(client, reference),
        relay.read(client, reference, "open"),
        client.get(relay.path(reference, "decline")),
    ):
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in page.html


def test_only_digests_of_link_code_and_visit_are_kept(french_relay: Relay) -> None:
    relay = french_relay
    reference = relay.send()
    client = relay.come_in(reference)
    visit = client.http.get_cookie("relais").value
    rows = repr(relay.everything())
    for secret in (relay.token(reference), visit):
        assert secret not in rows
    with relay.database() as session:
        link = session.scalars(select(ReferralLink)).one()
        assert (link.code_digest, link.used_at is not None) == (None, True)
        worker = session.get_one(Account, relay.worker)
        assert finding.find(session, worker, reference, relay.now) is not None


def _token_of(page: Page) -> dict[str, str]:
    return {
        "_jeton": next(
            element.attributes["value"]
            for element in page.all("input")
            if element.attributes.get("name") == "_jeton"
        )
    }


def _anonymous_token(relay: Relay, path: str) -> str:
    """A token for a form to this path, as the site gives it to anybody."""
    from guide.crypto import mask
    from guide.web.security.signing import sign

    with relay.app.test_request_context(path):
        return mask(sign(f"form:{path}", "form"))


def test_asking_for_the_head_of_a_visit_reads_nothing(relay: Relay) -> None:
    reference = relay.send()
    visitor = relay.come_in(reference)
    answer = visitor.http.head(relay.path(reference), data={"do": "open"})
    assert answer.status_code == 200
    assert relay.audited("referral_need_read") == relay.audited("referral_person_read") == []
    assert str(relay.referral(reference).state) == "sent"  # type: ignore[union-attr]
