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
from tests.web.referral_links import CONTENT, NEED_WORDS, PERSON_WORDS, LinkSite
from tests.words import folded


@pytest.fixture
def link_site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, lang)


@pytest.fixture
def french_link_site(instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, "fr")


def bare(page: Page, token: str) -> tuple[int, str]:
    """A page without what must differ: the token in its own address, the token of its form, the assets' age."""
    html = page.html.replace(token, "TOKEN")
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", html)


# The journey


def test_a_service_reads_opens_studies_accepts_and_closes(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)

    standing = client.get(link_site.path(reference))
    assert standing.status == 200
    for words in (*NEED_WORDS, *PERSON_WORDS, "Autrice Alpha"):
        assert words not in standing.html

    need = link_site.read(client, reference)
    assert all(words in need.words for words in (*NEED_WORDS, "Autrice Alpha", "02 423 12 34"))
    assert link_site.say("Cette semaine", "Deze week") in need.words
    assert link_site.say("arabe", "Arabisch") in need.words
    assert need.words.index(link_site.say("arabe", "Arabisch")) < need.words.index("Demande planétaire")
    assert not any(words in need.html for words in PERSON_WORDS)
    assert link_site.state(reference) is ReferralState.SENT
    assert not link_site.mails("referral_news")

    person = link_site.read(client, reference, "open")
    assert all(words in person.words for words in (*PERSON_WORDS, *NEED_WORDS))
    assert "tel:+32470000000" in person.links()
    assert "Bleuet" not in person.title
    assert [mail.content["what"] for mail in link_site.mails("referral_news")] == ["seen"]

    assert (
        client.submit(client.get(link_site.path(reference)), link_site.path(reference, "study")).status == 303
    )
    assert link_site.state(reference) is ReferralState.UNDER_STUDY

    form = client.get(link_site.path(reference, "accept"))
    assert "Demande" not in form.html
    refused = client.submit(form, "answer", words="", appointment="hier")
    assert refused.status == 422
    assert refused.title.startswith(link_site.say("Erreur", "Fout"))
    done = client.submit(form, "answer", words="Mardi, à l’accueil étoilé", appointment="1/12/2026")
    assert (done.status, done.headers["Location"]) == (303, link_site.path(reference))
    assert link_site.state(reference) is ReferralState.ACCEPTED
    assert "Mardi, à l’accueil étoilé" in link_site.read(client, reference).words
    assert link_site.say("1er décembre", "1 december") in client.get(link_site.path(reference)).words

    closed = client.submit(client.get(link_site.path(reference, "close")), "answer", outcome="met")
    assert closed.status == 200
    assert link_site.referral(reference).outcome == "met"
    assert client.get(link_site.path(reference)).status == 410
    assert [mail.content["what"] for mail in link_site.mails("referral_news")] == [
        "seen",
        "under_study",
        "accepted",
    ]


@pytest.mark.parametrize("days", [0, 45])
def test_a_day_that_is_not_understood_is_asked_again_by_one_that_is_taken(
    link_site: LinkSite, days: int
) -> None:
    """Also next year: a day to come that stands in a sentence is over one day."""
    link_site.later(days=days)
    reference = link_site.send()
    client = link_site.come_in(reference)
    link_site.read(client, reference, "open")
    form = client.get(link_site.path(reference, "accept"))
    refused = client.submit(form, "answer", words="À l’accueil", appointment="un mardi")
    assert refused.status == 422
    assert 'value="un mardi"' in refused.html, "nothing typed is lost"
    [example] = set(re.findall(r"\d\d/\d\d/\d{4}", refused.words))
    assert client.submit(refused, "answer", appointment=example).status == 303
    assert link_site.state(reference) is ReferralState.ACCEPTED


def test_a_service_declines_with_a_reason_and_a_sentence(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    form = client.get(link_site.path(reference, "decline"))
    for values in ({}, {"reason": "rien"}, {"reason": "other", "words": ""}):
        assert client.submit(form, "answer", **values).status == 422
    assert client.submit(form, "answer", reason="full", words="Après Noël comète").status == 303
    referral = link_site.referral(reference)
    assert (referral.state, referral.reason) == (ReferralState.DECLINED, "full")
    after = client.get(link_site.path(reference))
    assert after.status == 200
    assert "Noël comète" not in after.html
    # Nothing is read any more of one that has ended.
    before = len(link_site.audited("referral_need_read"))
    told = client.post(
        link_site.path(reference),
        data={"do": "read", "_jeton": _anonymous_token(link_site, link_site.path(reference))},
    )
    assert not any(words in told.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert len(link_site.audited("referral_need_read")) == before


def test_a_number_that_may_not_be_passed_on_is_refused_and_what_was_typed_stays(
    french_link_site: LinkSite,
) -> None:
    link_site = french_link_site
    reference = link_site.send()
    client = link_site.come_in(reference)
    link_site.read(client, reference, "open")
    for words in ("Demandez 85.07.30-033.28", "Payez BE68 5390 0754 7034"):
        page = client.submit(
            client.get(link_site.path(reference, "accept")), "answer", words=words, appointment=""
        )
        assert page.status == 422
        assert words in page.html
    with link_site.database() as session:
        referral = session.scalars(select(Referral)).one()
        with pytest.raises(sending.RefusedTextError):
            answering.accept(session, referral, "x", "85.07.30-033.28", None, link_site.now)
    assert link_site.state(reference) is ReferralState.SEEN


def test_the_form_of_an_answer_keeps_what_was_typed_in_the_other_language(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    reference = link_site.send()
    client = link_site.come_in(reference)
    link_site.read(client, reference, "open")
    page = client.get(link_site.path(reference, "accept"))
    target = next(
        element.attributes["formaction"] for element in page.elements if "formaction" in element.attributes
    )
    values = {
        "words": "Mardi étoilé",
        "_langue": "nl",
        "_jeton": _anonymous_token(link_site, link_site.path(reference, "accept")),
    }
    dutch = client.post(target, data=values)
    assert dutch.status == 200
    assert "Mardi étoilé" in dutch.html
    assert link_site.state(reference) is ReferralState.SEEN


def test_the_content_is_shown_in_the_other_language_and_written_down_again(
    french_link_site: LinkSite,
) -> None:
    link_site = french_link_site
    reference = link_site.send()
    client = link_site.come_in(reference)
    page = link_site.read(client, reference)
    target = next(
        element.attributes["formaction"] for element in page.elements if "formaction" in element.attributes
    )
    dutch = client.post(
        target,
        data={
            "do": "read",
            "_langue": "nl",
            "_jeton": _anonymous_token(link_site, link_site.path(reference)),
        },
    )
    assert (dutch.status, "Deze week" in dutch.words) == (200, True)
    assert len(link_site.audited("referral_need_read")) == 2


# The link


@pytest.mark.control("C7")
def test_looking_three_times_or_as_a_scanner_does_changes_no_row(link_site: LinkSite) -> None:
    reference = link_site.send()
    token = link_site.token(reference)
    client = PageClient(link_site.app)
    paths = [
        link_site.link_path(token),
        link_site.link_path("inconnu"),
        link_site.path(reference),
        link_site.path(reference, "accept"),
    ]
    paths.append(link_site.person_path(reference))
    before = link_site.everything()
    for path in paths:
        for _ in range(3):
            client.get(path)
        client.http.head(path)
        client.http.options(path)
    assert link_site.everything() == before
    assert link_site.ask(client, token).status == 200
    assert len(link_site.mails("referral_code")) == 1


@pytest.mark.control("C7")
def test_one_page_for_every_link_whatever_became_of_its_referral(link_site: LinkSite) -> None:
    used, old, withdrawn, erased, expired, good, other = (link_site.send() for _ in range(7))
    tokens = {name: link_site.token(name) for name in (used, old, withdrawn, erased, expired, good, other)}
    link_site.come_in(used)
    with link_site.database() as session:
        rows = {row.reference: row for row in session.scalars(select(Referral))}
        sending.withdraw(session, rows[withdrawn], Party.PERSON, "person", link_site.now)
        sending.take_back(session, rows[erased], link_site.now)
        rows[old].links[0].expires_at = link_site.now - timedelta(seconds=1)
        rows[expired].sent_at = link_site.now - timedelta(days=31)
        deadlines.tick(session, link_site.now)
    assert link_site.state(expired) is ReferralState.EXPIRED
    altered = tokens[good][:-1] + ("A" if tokens[good][-1] != "A" else "B")
    looks, asks, codes = set(), set(), set()
    wrong = link_site.mails("referral_code")
    for token in (*tokens.values(), altered, "inconnu", "x" * 300):
        client = PageClient(link_site.app)
        look = client.get(link_site.link_path(token))
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
    assert len(link_site.mails("referral_code")) == len(wrong) + 2
    fresh = [name for name in tokens if len(link_site.mails("referral_received", name)) == 2]
    assert sorted(fresh) == sorted([used, old])
    assert link_site.mails("referral_received", old)[-1].address == "accueil@maison.example"


def test_a_link_after_eight_days_brings_a_new_one_that_works(link_site: LinkSite) -> None:
    reference = link_site.send()
    first = link_site.token(reference)
    link_site.later(days=8)
    client = PageClient(link_site.app)
    link_site.ask(client, first)
    assert not link_site.mails("referral_code")
    assert link_site.token(reference) != first
    assert link_site.read(link_site.come_in(reference), reference).status == 200


@pytest.mark.control("C13")
def test_a_button_costs_as_many_statements_for_a_link_that_is_unknown(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    good, gone, used = link_site.send(), link_site.send(), link_site.send()
    tokens = {
        "good": link_site.token(good),
        "gone": link_site.token(gone),
        "used": link_site.token(used),
        "no": "inconnu",
    }
    link_site.come_in(used)
    with link_site.database() as session:
        row = session.scalars(select(Referral).where(Referral.reference == gone)).one()
        sending.withdraw(session, row, Party.PERSON, "person", link_site.now)
    told: dict[str, list[str]] = {}
    for name, token in tokens.items():
        with link_site.database() as session:
            told[name] = _statements(
                session, lambda token=token, session=session: answering.ask(session, token, link_site.now)
            )
        with link_site.database() as session:
            told[f"code of {name}"] = _statements(
                session,
                lambda token=token, session=session: answering.enter(session, token, "000000", link_site.now),
            )
    assert told["good"] == told["no"] == told["gone"]
    # A fresh link is a row more than a code.
    assert len(told["used"]) == len(told["no"]) + 1
    assert told["code of good"] == told["code of no"] == told["code of gone"] == told["code of used"]
    assert len(link_site.mails("referral_code", good)) == 1
    assert not [mail for mail in link_site.mails("referral_code") if mail.address == "personne@guide.example"]


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


def test_five_tries_then_a_right_code_does_not_help_until_ten_minutes_are_over(link_site: LinkSite) -> None:
    reference = link_site.send()
    token = link_site.token(reference)
    client = PageClient(link_site.app)
    page = link_site.ask(client, token)
    right = link_site.code(reference)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.submit(page, "code-form", code=wrong).status == 422
    refused = client.submit(page, "code-form", code=right)
    assert refused.status == 422
    assert right not in refused.html
    assert "Set-Cookie" not in refused.headers
    link_site.ask(client, token)
    assert len(link_site.mails("referral_code")) == 1
    link_site.later(minutes=10)
    link_site.come_in(reference)
    assert len(link_site.mails("referral_code")) == 2


def test_a_code_is_good_for_ten_minutes_and_once(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = PageClient(link_site.app)
    page = link_site.ask(client, link_site.token(reference))
    code = link_site.code(reference)
    link_site.later(minutes=10)
    late = PageClient(link_site.app)
    assert late.submit(page, "code-form", code=code).status == 422
    page = link_site.ask(late, link_site.token(reference))
    code = link_site.code(reference)
    assert late.submit(page, "code-form", code=f" {code[:3]} {code[3:]} ").status == 303
    assert PageClient(link_site.app).submit(page, "code-form", code=code).status == 422


def test_the_code_of_one_link_does_not_open_another(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    first, second = link_site.send(), link_site.send()
    client = PageClient(link_site.app)
    link_site.ask(client, link_site.token(first))
    page = link_site.ask(client, link_site.token(second))
    if link_site.code(first) != link_site.code(second):
        assert client.submit(page, "code-form", code=link_site.code(first)).status == 422
    assert client.submit(page, "code-form", code=link_site.code(second)).status == 303


def test_a_place_that_asks_too_often_waits_and_one_link_gets_few_mails(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    client = PageClient(link_site.app)
    for number in range(30):
        assert link_site.ask(client, f"inconnu{number}").status == 200
    late = link_site.ask(client, link_site.token(link_site.send()))
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0
    assert any(target.startswith("tel:") for target in late.links())
    assert not link_site.mails("referral_code")


@pytest.mark.control("C12")
def test_a_place_that_guesses_codes_waits(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    client = PageClient(link_site.app)
    for number in range(20):
        page = link_site.ask(client, f"inconnu{number}")
        assert client.submit(page, "code-form", code="000000").status == 422
    assert client.submit(page, "code-form", code="000000").status == 429


# The visit


def test_the_cookie_of_a_visit_is_for_this_browser_session_and_for_no_script(
    link_site: LinkSite, make_app: Callable[..., Flask]
) -> None:
    reference = link_site.send()
    client = PageClient(link_site.app)
    page = link_site.ask(client, link_site.token(reference))
    answer = client.submit(page, "code-form", code=link_site.code(reference))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("relais=")
    assert all(words in cookie for words in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert "Secure" not in cookie

    link_site.app = make_app(link_site.instance, clock=link_site.now, site_url="https://guide.example")
    second = link_site.send()
    secure = PageClient(link_site.app)
    base = {"base_url": "https://guide.example"}
    page = secure.get(link_site.link_path(link_site.token(second)), **base)
    page = secure.post(link_site.link_path(link_site.token(second)), data=_token_of(page), **base)
    values = _token_of(page) | {"code": link_site.code(second)}
    answer = secure.post(link_site.link_path(link_site.token(second)), data=values, **base)
    assert answer.headers["Set-Cookie"].startswith("__Host-relais=")
    assert "Secure" in answer.headers["Set-Cookie"]
    # Over plain http nobody gets as far as a code.
    assert (
        PageClient(link_site.app)
        .get(link_site.link_path(link_site.token(second)), base_url="http://guide.example")
        .status
        == 403
    )


@pytest.mark.control("C7")
def test_a_visit_ends_after_half_an_hour(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    cookie = client.http.get_cookie("relais")
    page = client.get(link_site.path(reference))
    link_site.later(minutes=29)
    again = PageClient(link_site.app)
    again.http.set_cookie("relais", cookie.value)
    assert again.get(link_site.path(reference)).status == 200
    link_site.later(minutes=1)
    late = PageClient(link_site.app)
    late.http.set_cookie("relais", cookie.value)
    assert late.get(link_site.path(reference)).status == 410
    before = link_site.everything()
    over = late.submit(page, "read")
    assert over.status == 410
    assert not any(words in over.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert link_site.everything() == before


def test_leaving_ends_the_visit_in_the_database_too(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    cookie = client.http.get_cookie("relais")
    done = client.submit(client.get(link_site.path(reference)), link_site.path(reference, "leave"))
    assert done.status == 200
    assert client.http.get_cookie("relais") is None
    again = PageClient(link_site.app)
    again.http.set_cookie("relais", cookie.value)
    assert again.get(link_site.path(reference)).status == 410


@pytest.mark.control("C2")
def test_a_visit_of_one_referral_reaches_no_other_and_nobody_else_reaches_any(link_site: LinkSite) -> None:
    first, second = link_site.send(), link_site.send()
    client = link_site.come_in(first)
    own = client.get(link_site.path(first))
    outsiders = {
        "visitor": PageClient(link_site.app),
        "other visit": client,
        **{role: someone(link_site.app, role) for role in (Role.COORDINATOR, Role.ADMINISTRATOR)},
        "worker": someone(link_site.app, Role.SOCIAL_WORKER, "viva-jette"),
        "editor": someone(link_site.app, Role.EDITOR, "caba-jette"),
    }
    before = link_site.everything(("account_session",))
    pages = set()
    for name, outsider in outsiders.items():
        for reference in (second, "JR-2026-AAAAA", *([] if name == "other visit" else [first])):
            for do in ("", "accept", "decline", "close"):
                page = outsider.get(link_site.path(reference, do))
                assert page.status == 410, (name, reference, do)
                for words in (*NEED_WORDS, *PERSON_WORDS):
                    assert words not in page.html
                if name == "visitor":
                    pages.add(page.html.replace(reference, "REFERENCE"))
            for do in ("read", "open"):
                told = outsider.post(
                    link_site.path(reference),
                    data={"do": do, "_jeton": _anonymous_token(link_site, link_site.path(reference))},
                )
                assert told.status in (400, 410), (name, reference)
    assert len(pages) == 1
    assert link_site.everything(("account_session",)) == before
    assert client.submit(own, "read").status == 200


@pytest.mark.control("C5")
def test_a_withdrawal_ends_the_visit_at_once(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    page = client.get(link_site.path(reference))
    with link_site.database() as session:
        row = session.scalars(select(Referral)).one()
        sending.withdraw(session, row, Party.SENDER, f"account:{link_site.worker}", link_site.now)
    assert client.submit(page, "read").status == 410
    assert client.get(link_site.path(reference)).status == 410


def test_when_the_agreement_has_run_out_the_content_is_closed_until_it_is_renewed(
    link_site: LinkSite,
) -> None:
    reference = link_site.send(days=1)
    link_site.later(days=2)
    client = link_site.come_in(reference)
    page = client.get(link_site.path(reference))
    assert link_site.say("Le contenu est fermé.", "De inhoud is gesloten.") in folded(page.words)
    token = _anonymous_token(link_site, link_site.path(reference))
    for do in ("read", "open"):
        closed = client.post(link_site.path(reference), data={"do": do, "_jeton": token})
        assert closed.status == 409
        assert not any(words in closed.html for words in (*NEED_WORDS, *PERSON_WORDS))
    assert client.get(link_site.path(reference, "accept")).status == 409
    with link_site.database() as session:
        row = session.scalars(select(Referral)).one()
        row.state = ReferralState.SEEN
        for act in (
            lambda: answering.accept(session, row, "x", "Mardi", None, link_site.now),
            lambda: answering.study(session, row, "x", link_site.now),
        ):
            with pytest.raises(InvalidTransitionError):
                act()
    assert not link_site.audited("referral_need_read")
    # To refuse needs no reading.
    form = client.get(link_site.path(reference, "decline"))
    assert client.submit(form, "answer", reason="full", words="").status == 303


def test_what_cannot_happen_now_says_how_it_stands(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    assert client.get(link_site.path(reference, "accept")).status == 409
    assert client.get(link_site.path(reference, "close")).status == 409
    study = {"_jeton": _anonymous_token(link_site, link_site.path(reference, "study"))}
    assert client.post(link_site.path(reference, "study"), data=study).status == 409
    assert link_site.state(reference) is ReferralState.SENT


def test_a_referral_whose_key_is_gone_says_so_and_writes_no_view_down(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    reference = link_site.send()
    client = link_site.come_in(reference)
    with link_site.database() as session:
        session.delete(session.scalars(select(ReferralKey)).one())
    page = link_site.read(client, reference)
    assert page.status == 503
    assert not link_site.audited("referral_need_read")


def test_a_receiver_who_is_not_bound_by_secrecy_sees_no_need(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    reference = link_site.send(CONTENT.cut_for(False))
    client = link_site.come_in(reference)
    page = link_site.read(client, reference)
    assert not any(words in page.html for words in NEED_WORDS)
    opened = client.submit(page, "open")
    assert "Bleuet" in opened.words


def test_a_referral_sent_in_an_emergency_bears_its_flag(link_site: LinkSite) -> None:
    reference = link_site.send(motive="Danger motivé")
    page = link_site.read(link_site.come_in(reference), reference)
    assert link_site.say("Envoyée sans l’accord", "Verstuurd zonder akkoord") in page.words
    assert "Danger motivé" not in page.html


# Traces


@pytest.mark.control("C9")
def test_every_view_and_act_is_written_down_without_content(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    link_site.read(client, reference)
    link_site.read(client, reference, "open")
    client.submit(
        client.get(link_site.path(reference, "accept")), "answer", words="Mardi étoilé", appointment=""
    )
    uid = link_site.referral(reference).uid
    entries = [entry for entry in link_site.audited() if entry.actor.startswith("receiver:")]
    assert [entry.verb for entry in entries] == [
        "referral_need_read",
        "referral_need_read",
        "referral_person_read",
        "referral_accepted",
    ]
    assert {(entry.actor, entry.object, entry.detail) for entry in entries} == {
        (f"receiver:{uid[:8]}", f"referral:{uid}", "")
    }
    boss = someone(link_site.app, Role.COORDINATOR)
    journal = boss.get(link_site.say("/fr/moderation/journal", "/nl/moderatie/logboek"))
    receiver = link_site.say(
        "Le service qui a reçu la fiche-relais", "De dienst die de doorverwijsfiche kreeg"
    )
    assert journal.status == 200
    for words in (*NEED_WORDS, *PERSON_WORDS, "étoilé", reference, uid, receiver):
        assert words not in journal.html


@pytest.mark.control("C10")
def test_neither_token_nor_code_nor_content_stands_in_a_log_or_leads_elsewhere(
    link_site: LinkSite, caplog: pytest.LogCaptureFixture
) -> None:
    reference = link_site.send()
    token = link_site.token(reference)
    with caplog.at_level("DEBUG"):
        client = link_site.come_in(reference)
        page = link_site.read(client, reference, "open")
    for words in (token, link_site.code(reference), *PERSON_WORDS, *NEED_WORDS):
        assert words not in caplog.text
    assert token not in page.html
    first = PageClient(link_site.app).get(link_site.link_path(token))
    assert [link for link in first.links() if token in link and not link.startswith(("/fr/", "/nl/"))] == []
    assert link_site.path(reference) not in token


@pytest.mark.control("C7")
def test_the_pages_of_a_visit_are_kept_and_found_by_nobody(link_site: LinkSite) -> None:
    reference = link_site.send()
    client = link_site.come_in(reference)
    for page in (
        client.get(link_site.path(reference)),
        link_site.read(client, reference),
        link_site.read(client, reference, "open"),
        client.get(link_site.path(reference, "decline")),
    ):
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in page.html


def test_only_digests_of_link_code_and_visit_are_kept(french_link_site: LinkSite) -> None:
    link_site = french_link_site
    reference = link_site.send()
    client = link_site.come_in(reference)
    visit = client.http.get_cookie("relais").value
    rows = repr(link_site.everything())
    for secret in (link_site.token(reference), visit):
        assert secret not in rows
    with link_site.database() as session:
        link = session.scalars(select(ReferralLink)).one()
        assert (link.code_digest, link.used_at is not None) == (None, True)
        worker = session.get_one(Account, link_site.worker)
        assert finding.find(session, worker, reference, link_site.now) is not None


def _token_of(page: Page) -> dict[str, str]:
    return {
        "_jeton": next(
            element.attributes["value"]
            for element in page.all("input")
            if element.attributes.get("name") == "_jeton"
        )
    }


def _anonymous_token(link_site: LinkSite, path: str) -> str:
    """A token for a form to this path, as the site gives it to anybody."""
    from guide.crypto import mask
    from guide.web.security.signing import sign

    with link_site.app.test_request_context(path):
        return mask(sign(f"form:{path}", "form"))


def test_asking_for_the_head_of_a_visit_reads_nothing(link_site: LinkSite) -> None:
    reference = link_site.send()
    visitor = link_site.come_in(reference)
    answer = visitor.http.head(link_site.path(reference), data={"do": "open"})
    assert answer.status_code == 200
    assert link_site.audited("referral_need_read") == link_site.audited("referral_person_read") == []
    assert link_site.state(reference) == "sent"
