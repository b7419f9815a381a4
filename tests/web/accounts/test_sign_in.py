"""Coming in: every way, in both languages, and what it tells those who have no account (nothing)."""

import json
import threading
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from guide.accounts import links, passwords, second_factor
from guide.database import writing
from guide.model import Account, AccountSession, AccountState, Attempts, LinkPurpose, Mail, Role
from tests.mails import content_of
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import PASSWORD, add_account, signed_in_client, someone
from tests.running import MONDAY_MORNING
from tests.web.accounts.signing_in import editor, email, kinds, sign_in


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_an_editor_signs_in_and_out(guide_app: Flask, visitor: PageClient, lang: str) -> None:
    answer = sign_in(visitor, email(guide_app, editor(guide_app, language=lang)), lang=lang)
    assert answer.status == 303
    mine = visitor.get({"fr": "/fr/mon-compte/", "nl": "/nl/mijn-account/"}[lang])
    assert mine.status == 200
    assert mine.headers["Cache-Control"] == "private, no-store"
    out = {"fr": "/fr/deconnexion", "nl": "/nl/uitloggen"}[lang]
    assert visitor.submit(mine, out).status == 303
    assert visitor.get("/fr/mon-compte/").headers["Location"].startswith("/fr/connexion")


@pytest.mark.control("C13")
def test_a_wrong_password_and_an_unknown_address_answer_alike(guide_app: Flask, visitor: PageClient) -> None:
    address = email(guide_app, editor(guide_app))
    wrong = sign_in(visitor, address, "autre chose encore")
    unknown = sign_in(visitor, "inconnue@maison.example", "autre chose encore")
    assert wrong.status == unknown.status == 422
    assert wrong.words.replace(address, "") == unknown.words.replace("inconnue@maison.example", "")
    assert wrong.title.startswith("Erreur :")


@pytest.mark.control("C13")
def test_one_hash_is_computed_whether_or_not_there_is_an_account(
    guide_app: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = email(guide_app, editor(guide_app))
    closed = email(guide_app, editor(guide_app, state=AccountState.DISABLED))
    sign_in(visitor, "premiere@maison.example")  # the stand-in's own hash is made once
    computed: list[str] = []
    real = passwords.hasher.verify

    class Counting:
        def __getattr__(self, name: str):
            return getattr(real.__self__, name)

        def __hash__(self) -> int:
            return hash(real.__self__)

        def __eq__(self, other: object) -> bool:
            return other == real.__self__

        def verify(self, stored: str, given: str) -> bool:
            computed.append(given)
            return real(stored, given)

    monkeypatch.setattr(passwords, "hasher", Counting())
    for address in (known, closed, "personne@maison.example"):
        computed.clear()
        assert sign_in(visitor, address, "pas le bon mot").status == 422
        assert len(computed) == 1


@pytest.mark.control("C12")
def test_after_five_tries_one_waits_a_minute_and_another_account_passes(
    guide_app: Flask, instance, make_app
) -> None:
    first, second = email(guide_app, editor(guide_app)), email(guide_app, editor(guide_app))
    # Two processes share the count: it stands in the database.
    other = make_app(instance)
    for app in (guide_app, other, guide_app, other, guide_app):
        assert sign_in(PageClient(app), first, "pas le bon mot").status == 422
    stopped = sign_in(PageClient(other), first)
    assert stopped.status == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 60
    assert sign_in(PageClient(guide_app), second).status == 303
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(seconds=61))
    assert sign_in(PageClient(later), first).status == 303


@pytest.mark.control("C13")
@pytest.mark.parametrize(
    ("path", "form", "kind"),
    [
        ("/fr/connexion/lien", "ask-link", "sign_in_link"),
        ("/nl/wachtwoord-vergeten", "forgotten", "password_reset"),
    ],
)
def test_asking_for_a_link_tells_nobody_who_has_an_account(
    guide_app: Flask, visitor: PageClient, path: str, form: str, kind: str
) -> None:
    known = visitor.submit(visitor.get(path), form, email=email(guide_app, editor(guide_app)))
    unknown = visitor.submit(visitor.get(path), form, email="inconnue@maison.example")
    assert (known.status, known.words) == (unknown.status, unknown.words) == (200, known.words)
    with Session(guide_app.extensions["guide"].engine) as session:
        assert [mail.kind for mail in session.query(Mail)] == [kind]


def test_a_coordinator_gets_no_link_instead_of_a_password(guide_app: Flask, visitor: PageClient) -> None:
    number = add_account(guide_app, "coordinator")
    visitor.submit(visitor.get("/fr/connexion/lien"), "ask-link", email=email(guide_app, number))
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(Mail).count() == 0


def token_for(guide_app: Flask, number: int, purpose: LinkPurpose, **options) -> str:
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        account = session.get_one(Account, number)
        token = links.issue(session, account, purpose, MONDAY_MORNING, **options)
        session.commit()
        return token


def test_looking_at_a_link_changes_nothing_and_its_button_works_once(
    guide_app: Flask, visitor: PageClient
) -> None:
    token = token_for(guide_app, editor(guide_app), LinkPurpose.SIGN_IN)
    for _ in range(3):
        page = visitor.get(f"/fr/lien/{token}")
        assert page.status == 200
    assert visitor.submit(page, f"/fr/lien/{token}").status == 303
    assert visitor.get("/fr/mon-compte/").status == 200
    over = PageClient(guide_app).get(f"/fr/lien/{token}")
    wrong = PageClient(guide_app).get("/fr/lien/" + "a" * 43)
    assert over.status == wrong.status == 410
    assert over.words == wrong.words


def test_an_expired_link_explains_itself(guide_app: Flask, instance, make_app) -> None:
    token = token_for(guide_app, editor(guide_app), LinkPurpose.RESET)
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(hours=3))
    page = PageClient(later).get(f"/nl/link/{token}")
    assert page.status == 410


@pytest.mark.control("C11")
def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(
    guide_app: Flask, visitor: PageClient
) -> None:
    number = editor(guide_app)
    other = signed_in_client(guide_app, number)
    token = token_for(guide_app, number, LinkPurpose.RESET)
    page = visitor.get(f"/fr/lien/{token}")
    short = visitor.submit(page, "new-password", password="court")
    assert short.status == 422
    assert "12 signes" in short.words
    common = visitor.submit(page, "new-password", password="motdepasse2026!")
    assert common.status == 422
    assert visitor.submit(page, "new-password", password="lampe verte au grenier").status == 303
    assert other.get("/fr/mon-compte/").status == 303
    assert sign_in(visitor, email(guide_app, number), "lampe verte au grenier").status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert "password_changed" in [mail.kind for mail in session.query(Mail)]


def test_an_invited_person_chooses_name_language_and_password(guide_app: Flask, visitor: PageClient) -> None:
    number = add_account(guide_app, "editor", "caba-jette", state=AccountState.INVITED, name="")
    token = token_for(guide_app, number, LinkPurpose.INVITATION)
    page = visitor.get(f"/nl/link/{token}")
    wrong = visitor.submit(page, "invited", name="", password="kort")
    assert wrong.status == 422
    assert visitor.submit(page, "invited", name="An", language="nl", password=PASSWORD).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        account = session.get_one(Account, number)
        assert (account.name, account.language, account.state) == ("An", "nl", AccountState.ACTIVE)
    assert visitor.get("/nl/mijn-account/").status == 200
    assert PageClient(guide_app).get(f"/nl/link/{token}").status == 410


@pytest.mark.control("C11")
def test_signing_in_gives_a_new_token_whatever_cookie_came(guide_app: Flask, visitor: PageClient) -> None:
    visitor.http.set_cookie("session", "planted")
    answer = sign_in(visitor, email(guide_app, editor(guide_app)))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "planted" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.control("C11")
def test_over_https_the_cookie_is_a_host_cookie(instance, make_app) -> None:
    app = make_app(instance, site_url="https://guide.example", proxies=1)
    address = email(app, editor(app))
    visitor = PageClient(app)
    through = {"base_url": "http://guide.example", "headers": {"X-Forwarded-Proto": "https"}}
    page = visitor.get("/fr/connexion", **through)
    target, values = form_values(page.html, "sign-in")
    values |= {"email": [address], "password": [PASSWORD]}
    proxied = {
        "X-Forwarded-Proto": "https",
        "Origin": "https://guide.example",
        "Sec-Fetch-Site": "same-origin",
    }
    answer = visitor.post(target, data=values, base_url="http://guide.example", headers=proxied)
    assert answer.status == 303
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]
    plain = PageClient(app).get("/fr/connexion", base_url="http://guide.example")
    assert plain.status == 403
    assert "GUIDE_PROXIES" in plain.words


def test_on_plain_http_that_leaves_the_machine_nobody_signs_in(instance, make_app) -> None:
    app = make_app(instance, site_url="http://guide.example")
    page = PageClient(app).get("/nl/inloggen", base_url="http://guide.example")
    assert page.status == 403
    assert "https" in page.words


@pytest.mark.control("C21")
@pytest.mark.parametrize(
    "bad",
    [
        "https://ailleurs.example/",
        "//ailleurs.example",
        "/\\ailleurs",
        "/fr//ailleurs.example",
        "javascript:1",
        "/s/x",
    ],
)
def test_after_the_sign_in_one_stays_on_this_site(guide_app: Flask, visitor: PageClient, bad: str) -> None:
    page = visitor.get("/fr/connexion", query_string={"suite": bad})
    answer = visitor.submit(page, "sign-in", email=email(guide_app, editor(guide_app)), password=PASSWORD)
    assert answer.status == 303
    assert "ailleurs" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/fr/")


def test_whoever_wanted_a_page_gets_there_after_the_sign_in(guide_app: Flask, visitor: PageClient) -> None:
    led = visitor.get("/fr/mon-compte/appareils")
    page = visitor.get(led.headers["Location"])
    answer = visitor.submit(page, "sign-in", email=email(guide_app, editor(guide_app)), password=PASSWORD)
    assert answer.headers["Location"] == "/fr/mon-compte/appareils"


def test_what_was_typed_survives_a_session_that_ended(guide_app: Flask) -> None:
    number = editor(guide_app)
    client = signed_in_client(guide_app, number)
    page = client.get("/fr/mon-compte/")
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        session.query(AccountSession).delete()
        session.commit()
    over = client.submit(page, "mine", name="Nouveau nom")
    assert over.status == 401
    signing = client.submit(over, "session-over")
    back = client.submit(signing, "sign-in", email=email(guide_app, number), password=PASSWORD)
    assert back.status == 200
    assert client.submit(back, "again").status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).name == "Nouveau nom"


def test_a_form_with_a_stale_token_is_shown_again_with_what_was_typed(guide_app: Flask) -> None:
    number = editor(guide_app)
    client = signed_in_client(guide_app, number)
    page = client.get("/fr/mon-compte/")
    stale = client.submit(page, "mine", name="Encore un nom", _jeton="x")
    assert stale.status == 400
    assert client.submit(stale, "again").status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).name == "Encore un nom"


@pytest.mark.control("C14")
def test_a_form_of_another_site_is_refused(guide_app: Flask) -> None:
    client = someone(guide_app, "editor", "caba-jette")
    page = client.get("/fr/mon-compte/")
    target, values = form_values(page.html, "mine")
    for headers in (
        {"Origin": "https://pirate.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        assert client.post(target, data=values, headers=headers).status == 403


def test_a_coordinators_session_ends_after_half_an_hour_unused(guide_app: Flask, instance, make_app) -> None:
    client = someone(guide_app, "coordinator")
    assert client.get("/fr/comptes/").status == 200
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=31))
    moved = PageClient(later)
    moved.http = later.test_client()
    cookie = client.http.get_cookie("session")
    assert cookie is not None
    moved.http.set_cookie("session", cookie.value)
    assert moved.get("/fr/comptes/").status == 303


def test_a_closed_account_is_out_at_once(guide_app: Flask) -> None:
    number = editor(guide_app)
    client = signed_in_client(guide_app, number)
    boss = someone(guide_app, "coordinator")
    page = boss.get("/fr/comptes/")
    assert boss.submit(page, f"/fr/comptes/{number}", quoi="fermer").status == 303
    assert client.get("/fr/mon-compte/").status == 303
    assert sign_in(PageClient(guide_app), email(guide_app, number)).status == 422


def test_a_coordinator_looks_after_editors_only(guide_app: Flask) -> None:
    boss, chief = someone(guide_app, "coordinator"), add_account(guide_app, "administrator")
    page = boss.get("/fr/comptes/")
    assert email(guide_app, chief) not in page.words
    invite = boss.get("/fr/comptes/inviter")
    _, values = form_values(invite.html, "invite")
    target = f"/fr/comptes/{chief}"
    token = values["_jeton"][0]
    assert boss.post(target, data={"quoi": "fermer", "_jeton": token}).status == 404
    assert boss.submit(invite, "invite", email="chef@maison.example", role="administrator").status == 422


def test_an_invitation_needs_an_organisation_and_goes_by_mail(guide_app: Flask) -> None:
    boss = someone(guide_app, "coordinator")
    page = boss.get("/nl/accounts/uitnodigen")
    assert boss.submit(page, "invite", email="an@maison.example", role="editor").status == 422
    sent = boss.submit(
        page, "invite", email="An@Maison.example", role="editor", language="nl", organizations=["caba-jette"]
    )
    assert sent.status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        account = session.query(Account).filter_by(email="an@maison.example").one()
        assert (account.state, account.role) == (AccountState.INVITED, Role.EDITOR)
        assert [guide_app.key for guide_app in account.organizations] == ["caba-jette"]
        [mail] = session.query(Mail).filter_by(kind="invitation")
        token = content_of(mail)["token"]
    assert PageClient(guide_app).get(f"/nl/link/{token}").status == 200


def test_the_last_administrator_cannot_be_closed(guide_app: Flask) -> None:
    number = add_account(guide_app, "administrator")
    client = signed_in_client(guide_app, number)
    page = client.get("/fr/comptes/")
    answer = client.submit(page, f"/fr/comptes/{number}", quoi="fermer")
    assert answer.headers["Location"].endswith("fait=dernier")
    assert client.get("/fr/comptes/").status == 200


def test_the_language_switch_keeps_what_was_typed(guide_app: Flask) -> None:
    client = someone(guide_app, "coordinator")
    page = client.get("/fr/comptes/inviter")
    _, values = form_values(page.html, "invite")
    values |= {"email": ["ici@maison.example"], "_langue": ["nl"]}
    switched = client.post("/nl/accounts/uitnodigen", data=values)
    assert switched.status == 200
    assert "ici@maison.example" in switched.html
    assert 'lang="nl"' in switched.html


def from_there(guide_app: Flask, machine: str) -> PageClient:
    """A browser at another address of the network."""
    client = PageClient(guide_app)
    client.http.environ_base["REMOTE_ADDR"] = machine
    return client


def changed(guide_app: Flask) -> Session:
    session = Session(writing(guide_app.extensions["guide"].engine))
    session.info["secret_key"] = "x" * 40
    return session


def test_whoever_guesses_from_afar_shuts_the_owner_out_for_a_minute_at_most(
    guide_app: Flask, instance, make_app
) -> None:
    address = email(guide_app, editor(guide_app))
    for minute in range(0, 30, 5):
        app = make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=minute))
        pirate = from_there(app, "192.0.2.7")
        answers = [sign_in(pirate, address, "pas le bon mot").status for _ in range(8)]
        assert 429 in answers
        assert answers.count(422) <= 5
    # Meanwhile he waits for more than a minute, and the owner is let in from home.
    app = make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=26, seconds=1))
    waiting = sign_in(from_there(app, "192.0.2.7"), address, "pas le bon mot")
    assert waiting.status == 429
    assert int(waiting.headers["Retry-After"]) > 60
    assert sign_in(from_there(app, "192.0.2.9"), address).status == 303


def test_the_right_password_forgets_the_wrong_ones(guide_app: Flask, visitor: PageClient) -> None:
    address = email(guide_app, editor(guide_app))
    for _ in range(3):
        for _ in range(4):
            assert sign_in(PageClient(guide_app), address, "pas le bon mot").status == 422
        assert sign_in(PageClient(guide_app), address).status == 303


@pytest.mark.control("C12")
@pytest.mark.parametrize(
    ("machines", "passes"),
    [
        ([f"192.0.2.{number}" for number in range(21)], 21),
        (["192.0.2.7"] * 21, 20),
        ([f"2001:db8:1:2::{number:x}" for number in range(1, 22)], 20),
        ([f"2001:db8:1:{number:x}::1" for number in range(1, 22)], 21),
    ],
)
def test_from_one_place_twenty_addresses_a_minute_are_tried(
    guide_app: Flask, machines: list[str], passes: int
) -> None:
    answers = [
        sign_in(from_there(guide_app, machine), f"a{number}@maison.example", "pas le bon mot").status
        for number, machine in enumerate(machines)
    ]
    assert answers == [422] * passes + [429] * (21 - passes)
    with Session(guide_app.extensions["guide"].engine) as session:
        assert all(len(bytes.fromhex(row.key)) == 32 for row in session.query(Attempts))


def test_while_a_password_is_hashed_others_can_write(
    guide_app: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, other = email(guide_app, editor(guide_app)), editor(guide_app)
    real = passwords.matches

    def slowly(stored: str | None, given: str) -> bool:
        with changed(guide_app) as session:
            session.get_one(Account, other).name = "Écrit pendant ce temps"
            session.commit()
        return real(stored, given)

    monkeypatch.setattr(passwords, "matches", slowly)
    assert sign_in(visitor, address).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.get_one(Account, other).name == "Écrit pendant ce temps"


def test_a_password_of_an_older_profile_is_hashed_anew(
    guide_app: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = editor(guide_app)
    with Session(guide_app.extensions["guide"].engine) as session:
        before = session.get_one(Account, number).password_hash
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert sign_in(visitor, email(guide_app, number)).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        after = session.get_one(Account, number).password_hash
    assert before != after
    assert sign_in(PageClient(guide_app), email(guide_app, number)).status == 303


@pytest.mark.control("C13")
@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.RESET])
def test_for_nobodys_address_the_same_rows_are_written_and_undone(
    guide_app: Flask, purpose: LinkPurpose
) -> None:
    from sqlalchemy import event

    from guide.accounts import people

    known = email(guide_app, editor(guide_app))
    written: list[str] = []
    engine = guide_app.extensions["guide"].engine

    def note(connection, cursor, statement: str, *_: object) -> None:
        if statement.startswith("INSERT"):
            written.append(statement.split()[2])

    found = []
    event.listen(engine, "before_cursor_execute", note)
    try:
        for address in (known, "personne@maison.example"):
            written.clear()
            with changed(guide_app) as session:
                people.send_link(session, address, purpose, MONDAY_MORNING)
                session.commit()
            found.append(sorted(set(written) - {"account"}))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert found[0] == found[1]
    assert len(found[0]) >= 3
    assert len(kinds(guide_app)) == 1


def test_a_link_is_mailed_three_times_an_hour_at_most_and_the_page_stays_the_same(
    guide_app: Flask, visitor: PageClient
) -> None:
    address = email(guide_app, editor(guide_app))
    page = visitor.get("/fr/mot-de-passe-oublie")
    words, written = set(), []
    for _ in range(6):
        words.add(visitor.submit(page, "forgotten", email=address).words)
        with Session(guide_app.extensions["guide"].engine) as session:
            # Each takes the place of the one before, whose link is dead.
            written.append(session.query(Mail).one().message_id)
    assert len(words) == 1
    assert len(set(written)) == 3


def test_of_six_browsers_with_one_link_one_comes_in(guide_app: Flask) -> None:
    token = token_for(guide_app, editor(guide_app), LinkPurpose.SIGN_IN)
    browsers = [PageClient(guide_app) for _ in range(6)]
    pages = [browser.get(f"/fr/lien/{token}") for browser in browsers]
    answers: list[int] = []

    def press(browser: PageClient, page: Page) -> None:
        answers.append(browser.submit(page, f"/fr/lien/{token}").status)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [410] * 5


@pytest.mark.control("C14")
def test_a_form_of_anybody_is_good_for_a_day(guide_app: Flask, instance, make_app) -> None:
    address = email(guide_app, editor(guide_app))
    page = PageClient(guide_app).get("/fr/connexion")
    target, values = form_values(page.html, "sign-in")
    values |= {"email": [address], "password": [PASSWORD]}
    for hours, status in ((23, 303), (25, 400)):
        app = make_app(instance, clock=MONDAY_MORNING + timedelta(hours=hours))
        assert PageClient(app).post(target, data=values).status == status
    # A token belongs to the page it was made for.
    assert PageClient(guide_app).post("/fr/mot-de-passe-oublie", data=values).status == 400


def test_nobody_else_puts_words_into_what_is_carried_through_the_sign_in(
    guide_app: Flask, visitor: PageClient
) -> None:
    address = email(guide_app, editor(guide_app))
    forged = json.dumps(["/fr/mon-compte/", [["name", "Pirate"]]])
    page = visitor.get("/fr/connexion", query_string={"suite": "/fr/mon-compte/", "garde": forged})
    assert "Pirate" not in page.html
    answer = visitor.submit(page, "sign-in", email=address, password=PASSWORD, garde=forged)
    assert answer.status == 303
    assert answer.headers["Location"] == "/fr/mon-compte/"


def test_only_secrets_are_not_carried_along(guide_app: Flask) -> None:
    client = someone(guide_app, "editor", "caba-jette")
    typed = {
        "addresses-0-postal_code": "1090",
        "intake-mot": "<b>&",
        "password": "secret un",
        "current_password": "secret deux",
        "code": "123456",
        "several": ["a", "b"],
    }
    stale = client.post("/fr/mon-compte/", data=typed)
    assert stale.status == 400
    _, values = form_values(stale.html, "again")
    values.pop("_jeton")
    assert values == {
        "addresses-0-postal_code": ["1090"],
        "intake-mot": ["<b>&"],
        "several": ["a", "b"],
    }
    assert "secret" not in stale.html.replace('class="secret"', "")


def test_a_long_text_comes_through_the_sign_in(guide_app: Flask) -> None:
    number = editor(guide_app)
    client = signed_in_client(guide_app, number)
    page = client.get("/fr/mon-compte/")
    with changed(guide_app) as session:
        session.query(AccountSession).delete()
        session.commit()
    long = "Été où l’on « goûte » à tout. " * 500
    over = client.submit(page, "mine", name="An", remark=long)
    assert over.status == 401
    signing = client.submit(over, "session-over")
    back = client.submit(signing, "sign-in", email=email(guide_app, number), password=PASSWORD)
    assert back.status == 200
    assert form_values(back.html, "again")[1]["remark"] == [long]


def test_a_page_of_another_role_says_so(guide_app: Flask) -> None:
    page = someone(guide_app, "editor", "caba-jette").get("/nl/accounts/")
    assert page.status == 403
    assert page.headers["Cache-Control"] in ("no-store", "private, no-store")


@pytest.mark.parametrize("path", ["/fr/deconnexion", "/fr/mon-compte/", "/fr/connexion", "/fr/"])
def test_asking_a_page_for_its_methods_is_answered(guide_app: Flask, path: str) -> None:
    assert guide_app.test_client().options(path).status_code < 500
    client = someone(guide_app, "editor", "caba-jette")
    assert client.http.options(path).status_code == 200


@pytest.mark.control("C11")
def test_a_session_without_its_code_is_no_session_once_codes_are_set_up(guide_app: Flask) -> None:
    number = editor(guide_app, totp_sealed=b"sealed")
    assert signed_in_client(guide_app, number, False).get("/fr/mon-compte/").status == 303
    assert signed_in_client(guide_app, number, True).get("/fr/mon-compte/").status == 200


@pytest.mark.control("C12")
def test_codes_are_guessed_five_times_and_then_one_waits_longer_and_longer(
    guide_app: Flask, instance, make_app
) -> None:
    number = editor(guide_app)
    with changed(guide_app) as session:
        secret = second_factor.new_secret()
        account = session.get_one(Account, number)
        second_factor.set_up(session, account, secret, pyotp.TOTP(secret).at(MONDAY_MORNING), MONDAY_MORNING)
        session.commit()
    waits = []
    for minutes in (0, 1.5, 4):
        app = make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=minutes))
        client = PageClient(app)
        step = sign_in(client, email(guide_app, number))
        for _ in range(5):
            assert client.submit(step, "second-step", code="000000").status == 422
        waits.append(int(client.submit(step, "second-step", code="000000").headers["Retry-After"]))
    assert waits == [60, 120, 240]


def test_the_second_step_dies_with_the_password_and_after_ten_minutes(
    guide_app: Flask, instance, make_app
) -> None:
    number = editor(guide_app)
    with changed(guide_app) as session:
        account = session.get_one(Account, number)
        secret = second_factor.new_secret()
        codes = second_factor.set_up(
            session, account, secret, pyotp.TOTP(secret).at(MONDAY_MORNING), MONDAY_MORNING
        )
        session.commit()
    assert codes
    step = sign_in(PageClient(guide_app), email(guide_app, number))
    target, values = form_values(step.html, "second-step")
    kept = str(values["who"])
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).password_hash[-8:] not in kept
    late = PageClient(make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=11)))
    assert late.post(target, data=values | {"code": [codes[0]]}).headers["Location"] == "/fr/connexion"
    with changed(guide_app) as session:
        session.get_one(Account, number).password_hash = passwords.hashed("autre chose que cela")
        session.commit()
    client = PageClient(guide_app)
    assert client.post(target, data=values | {"code": [codes[1]]}).headers["Location"] == "/fr/connexion"
    assert client.get("/fr/mon-compte/").status == 303


def test_who_has_no_password_yet_asks_for_a_link(guide_app: Flask) -> None:
    page = someone(guide_app, "editor", "caba-jette").get("/fr/mon-compte/mot-de-passe")
    assert page.status == 200
    assert "/fr/mot-de-passe-oublie" in page.links()
    assert not page.all("input") or "current_password" not in page.html


def test_a_second_organisation_is_added_and_taken_away(guide_app: Flask) -> None:
    number = editor(guide_app)
    boss = someone(guide_app, "coordinator")
    invite = boss.get("/fr/comptes/inviter")
    added = boss.submit(
        invite,
        "invite",
        email=email(guide_app, number),
        role="editor",
        organizations=["caba-jette", "cpas-jette"],
    )
    assert added.headers["Location"].endswith("fait=ajout")
    assert kinds(guide_app) == ["organization_added"]
    with Session(guide_app.extensions["guide"].engine) as session:
        one, two = session.get_one(Account, number).organizations
        assert {one.key, two.key} == {"caba-jette", "cpas-jette"}
        left = next(found.id for found in (one, two) if found.key == "caba-jette")
    page = boss.get(added.headers["Location"])
    target = f"/fr/comptes/{number}"
    assert boss.submit(page, target, quoi="retirer", organisme=left).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        [remaining] = session.get_one(Account, number).organizations
        assert remaining.key == "cpas-jette"
        last = remaining.id
    for wrong in (last, left, "x", "9" * 30, ""):
        assert boss.submit(page, target, quoi="retirer", organisme=wrong).status == 400
    assert boss.submit(page, target, quoi="autre chose").status == 400


def test_a_closed_account_is_opened_again_rather_than_invited(guide_app: Flask) -> None:
    number = editor(guide_app, state=AccountState.DISABLED)
    boss = someone(guide_app, "coordinator")
    answer = boss.submit(
        boss.get("/fr/comptes/inviter"),
        "invite",
        email=email(guide_app, number),
        role="editor",
        organizations=["caba-jette"],
    )
    assert answer.status == 422
    assert "fermé" in answer.words
    assert boss.submit(boss.get("/fr/comptes/"), f"/fr/comptes/{number}", quoi="rouvrir").status == 303
    assert sign_in(PageClient(guide_app), email(guide_app, number)).status == 303


def test_pages_for_anybody_are_the_same_for_who_never_signed_in(
    guide_app: Flask, visitor: PageClient
) -> None:
    page = visitor.get("/fr/a-propos")
    assert "/fr/connexion" in page.links()
    assert "_jeton" not in page.html
    assert page.headers["Cache-Control"] != "private, no-store"
    assert "Set-Cookie" not in page.headers
    inside = someone(guide_app, "editor", "caba-jette").get("/fr/a-propos")
    assert inside.headers["Cache-Control"] == "private, no-store"
    assert "/fr/mon-compte/" in inside.links()
    assert "/fr/deconnexion" in inside.html
