"""Coming in: every way, in both languages, and what it tells those who have no account (nothing)."""

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from guide.accounts import links, passwords, second_factor
from guide.database import writing
from guide.model import Account, AccountSession, AccountState, LinkPurpose, Mail, Role
from tests.conftest import MONDAY_MORNING
from tests.pages import Page, PageClient, form_values
from tests.people import PASSWORD, add_account, signed_in_client, someone


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def house(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def visitor(house: Flask) -> PageClient:
    return PageClient(house)


def editor(house: Flask, **values) -> int:
    return add_account(house, "editor", "caba-jette", password_hash=passwords.hashed(PASSWORD), **values)


def email(house: Flask, number: int) -> str:
    with Session(house.extensions["guide"].engine) as session:
        return session.get_one(Account, number).email


def sign_in(visitor: PageClient, address: str, password: str = PASSWORD, lang: str = "fr") -> Page:
    page = visitor.get("/fr/connexion" if lang == "fr" else "/nl/inloggen")
    return visitor.submit(page, "sign-in", email=address, password=password)


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_an_editor_signs_in_and_out(house: Flask, visitor: PageClient, lang: str) -> None:
    answer = sign_in(visitor, email(house, editor(house, language=lang)), lang=lang)
    assert answer.status == 303
    mine = visitor.get({"fr": "/fr/mon-compte/", "nl": "/nl/mijn-account/"}[lang])
    assert mine.status == 200
    assert mine.headers["Cache-Control"] == "private, no-store"
    out = {"fr": "/fr/deconnexion", "nl": "/nl/uitloggen"}[lang]
    assert visitor.submit(mine, out).status == 303
    assert visitor.get("/fr/mon-compte/").headers["Location"].startswith("/fr/connexion")


def test_a_wrong_password_and_an_unknown_address_answer_alike(house: Flask, visitor: PageClient) -> None:
    address = email(house, editor(house))
    wrong = sign_in(visitor, address, "autre chose encore")
    unknown = sign_in(visitor, "inconnue@maison.example", "autre chose encore")
    assert wrong.status == unknown.status == 422
    assert wrong.words.replace(address, "") == unknown.words.replace("inconnue@maison.example", "")
    assert wrong.title.startswith("Erreur :")


def test_one_hash_is_computed_whether_or_not_there_is_an_account(
    house: Flask, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = email(house, editor(house))
    closed = email(house, editor(house, state=AccountState.DISABLED))
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


def test_after_five_tries_one_waits_a_minute_and_another_account_passes(
    house: Flask, instance, make_app
) -> None:
    first, second = email(house, editor(house)), email(house, editor(house))
    # Two processes share the count: it stands in the database.
    other = make_app(instance)
    for app in (house, other, house, other, house):
        assert sign_in(PageClient(app), first, "pas le bon mot").status == 422
    stopped = sign_in(PageClient(other), first)
    assert stopped.status == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 60
    assert sign_in(PageClient(house), second).status == 303
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(seconds=61))
    assert sign_in(PageClient(later), first).status == 303


def test_a_role_that_needs_codes_sets_them_up_before_anything_else(house: Flask, visitor: PageClient) -> None:
    number = add_account(house, "coordinator", password_hash=passwords.hashed(PASSWORD))
    assert sign_in(visitor, email(house, number)).status == 303
    led = visitor.get("/fr/comptes/")
    assert (led.status, led.headers["Location"]) == (303, "/fr/mon-compte/codes")
    page = visitor.get("/fr/mon-compte/codes")
    secret = next(e.text for e in page.elements if e.attributes.get("class") == "secret").replace(" ", "")
    wrong = visitor.submit(page, "codes", code="000000")
    assert wrong.status == 422
    code = pyotp.TOTP(secret).at(MONDAY_MORNING)
    done = visitor.submit(wrong, "codes", code=code)
    assert done.status == 200
    codes = [element.text for element in done.all("code")]
    assert len(set(codes)) == 10
    assert visitor.get("/fr/comptes/").status == 200

    # The next time the code is asked; the one that was used is refused, a recovery code works once.
    again = PageClient(house)
    step = sign_in(again, email(house, number))
    assert again.get("/fr/comptes/").status == 303
    assert again.submit(step, "second-step", code=code).status == 422
    assert again.submit(step, "second-step", code=codes[0].upper()).status == 303
    assert again.get("/fr/comptes/").status == 200
    third = PageClient(house)
    assert third.submit(sign_in(third, email(house, number)), "second-step", code=codes[0]).status == 422


def test_codes_are_stored_sealed_and_belong_to_their_account(house: Flask) -> None:
    first, second = editor(house), editor(house)
    with Session(writing(house.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        one, two = session.get_one(Account, first), session.get_one(Account, second)
        secret = second_factor.new_secret()
        now = MONDAY_MORNING
        assert second_factor.set_up(session, one, secret, pyotp.TOTP(secret).at(now), now)
        assert secret.encode() not in (one.totp_sealed or b"")
        two.totp_sealed = one.totp_sealed
        assert not second_factor.check(session, two, pyotp.TOTP(secret).at(now), now)
        later = now + timedelta(seconds=60)
        assert second_factor.check(session, one, pyotp.TOTP(secret).at(later), later)
        assert not second_factor.check(session, one, pyotp.TOTP(secret).at(later), later)


@pytest.mark.parametrize(
    ("path", "form", "kind"),
    [
        ("/fr/connexion/lien", "ask-link", "sign_in_link"),
        ("/nl/wachtwoord-vergeten", "forgotten", "password_reset"),
    ],
)
def test_asking_for_a_link_tells_nobody_who_has_an_account(
    house: Flask, visitor: PageClient, path: str, form: str, kind: str
) -> None:
    known = visitor.submit(visitor.get(path), form, email=email(house, editor(house)))
    unknown = visitor.submit(visitor.get(path), form, email="inconnue@maison.example")
    assert (known.status, known.words) == (unknown.status, unknown.words) == (200, known.words)
    with Session(house.extensions["guide"].engine) as session:
        assert [mail.kind for mail in session.query(Mail)] == [kind]


def test_a_coordinator_gets_no_link_instead_of_a_password(house: Flask, visitor: PageClient) -> None:
    number = add_account(house, "coordinator")
    visitor.submit(visitor.get("/fr/connexion/lien"), "ask-link", email=email(house, number))
    with Session(house.extensions["guide"].engine) as session:
        assert session.query(Mail).count() == 0


def token_for(house: Flask, number: int, purpose: LinkPurpose, **options) -> str:
    with Session(writing(house.extensions["guide"].engine)) as session:
        account = session.get_one(Account, number)
        token = links.issue(session, account, purpose, MONDAY_MORNING, **options)
        session.commit()
        return token


def test_looking_at_a_link_changes_nothing_and_its_button_works_once(
    house: Flask, visitor: PageClient
) -> None:
    token = token_for(house, editor(house), LinkPurpose.SIGN_IN)
    for _ in range(3):
        page = visitor.get(f"/fr/lien/{token}")
        assert page.status == 200
    assert visitor.submit(page, f"/fr/lien/{token}").status == 303
    assert visitor.get("/fr/mon-compte/").status == 200
    over = PageClient(house).get(f"/fr/lien/{token}")
    wrong = PageClient(house).get("/fr/lien/" + "a" * 43)
    assert over.status == wrong.status == 410
    assert over.words == wrong.words


def test_an_expired_link_explains_itself(house: Flask, instance, make_app) -> None:
    token = token_for(house, editor(house), LinkPurpose.RESET)
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(hours=3))
    page = PageClient(later).get(f"/nl/link/{token}")
    assert page.status == 410


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(
    house: Flask, visitor: PageClient
) -> None:
    number = editor(house)
    other = signed_in_client(house, number)
    token = token_for(house, number, LinkPurpose.RESET)
    page = visitor.get(f"/fr/lien/{token}")
    short = visitor.submit(page, "new-password", password="court")
    assert short.status == 422
    assert "12 signes" in short.words
    common = visitor.submit(page, "new-password", password="motdepasse2026!")
    assert common.status == 422
    assert visitor.submit(page, "new-password", password="lampe verte au grenier").status == 303
    assert other.get("/fr/mon-compte/").status == 303
    assert sign_in(visitor, email(house, number), "lampe verte au grenier").status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert "password_changed" in [mail.kind for mail in session.query(Mail)]


def test_an_invited_person_chooses_name_language_and_password(house: Flask, visitor: PageClient) -> None:
    number = add_account(house, "editor", "caba-jette", state=AccountState.INVITED, name="")
    token = token_for(house, number, LinkPurpose.INVITATION)
    page = visitor.get(f"/nl/link/{token}")
    wrong = visitor.submit(page, "invited", name="", password="kort")
    assert wrong.status == 422
    assert visitor.submit(page, "invited", name="An", language="nl", password=PASSWORD).status == 303
    with Session(house.extensions["guide"].engine) as session:
        account = session.get_one(Account, number)
        assert (account.name, account.language, account.state) == ("An", "nl", AccountState.ACTIVE)
    assert visitor.get("/nl/mijn-account/").status == 200
    assert PageClient(house).get(f"/nl/link/{token}").status == 410


def test_signing_in_gives_a_new_token_whatever_cookie_came(house: Flask, visitor: PageClient) -> None:
    visitor.http.set_cookie("session", "planted")
    answer = sign_in(visitor, email(house, editor(house)))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "planted" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


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
def test_after_the_sign_in_one_stays_on_this_site(house: Flask, visitor: PageClient, bad: str) -> None:
    page = visitor.get("/fr/connexion", query_string={"suite": bad})
    answer = visitor.submit(page, "sign-in", email=email(house, editor(house)), password=PASSWORD)
    assert answer.status == 303
    assert "ailleurs" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/fr/")


def test_whoever_wanted_a_page_gets_there_after_the_sign_in(house: Flask, visitor: PageClient) -> None:
    led = visitor.get("/fr/mon-compte/appareils")
    page = visitor.get(led.headers["Location"])
    answer = visitor.submit(page, "sign-in", email=email(house, editor(house)), password=PASSWORD)
    assert answer.headers["Location"] == "/fr/mon-compte/appareils"


def test_what_was_typed_survives_a_session_that_ended(house: Flask) -> None:
    number = editor(house)
    client = signed_in_client(house, number)
    page = client.get("/fr/mon-compte/")
    with Session(writing(house.extensions["guide"].engine)) as session:
        session.query(AccountSession).delete()
        session.commit()
    over = client.submit(page, "mine", name="Nouveau nom")
    assert over.status == 401
    signing = client.submit(over, "session-over")
    back = client.submit(signing, "sign-in", email=email(house, number), password=PASSWORD)
    assert back.status == 200
    assert client.submit(back, "again").status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).name == "Nouveau nom"


def test_a_form_with_a_stale_token_is_shown_again_with_what_was_typed(house: Flask) -> None:
    number = editor(house)
    client = signed_in_client(house, number)
    page = client.get("/fr/mon-compte/")
    stale = client.submit(page, "mine", name="Encore un nom", _jeton="x")
    assert stale.status == 400
    assert client.submit(stale, "again").status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).name == "Encore un nom"


def test_a_form_of_another_site_is_refused(house: Flask) -> None:
    client = someone(house, "editor", "caba-jette")
    page = client.get("/fr/mon-compte/")
    target, values = form_values(page.html, "mine")
    for headers in (
        {"Origin": "https://pirate.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        assert client.post(target, data=values, headers=headers).status == 403


def test_devices_are_listed_and_ended(house: Flask) -> None:
    number = editor(house)
    here, there = signed_in_client(house, number), signed_in_client(house, number)
    page = here.get("/fr/mon-compte/appareils")
    assert here.submit(page, "/fr/mon-compte/appareils", end="all").status == 303
    assert there.get("/fr/mon-compte/").status == 303
    assert here.get("/fr/mon-compte/").status == 200


def test_a_coordinators_session_ends_after_half_an_hour_unused(house: Flask, instance, make_app) -> None:
    client = someone(house, "coordinator")
    assert client.get("/fr/comptes/").status == 200
    later = make_app(instance, clock=MONDAY_MORNING + timedelta(minutes=31))
    moved = PageClient(later)
    moved.http = later.test_client()
    cookie = client.http.get_cookie("session")
    assert cookie is not None
    moved.http.set_cookie("session", cookie.value)
    assert moved.get("/fr/comptes/").status == 303


def test_a_closed_account_is_out_at_once(house: Flask) -> None:
    number = editor(house)
    client = signed_in_client(house, number)
    boss = someone(house, "coordinator")
    page = boss.get("/fr/comptes/")
    assert boss.submit(page, f"/fr/comptes/{number}", quoi="fermer").status == 303
    assert client.get("/fr/mon-compte/").status == 303
    assert sign_in(PageClient(house), email(house, number)).status == 422


def test_a_coordinator_looks_after_editors_only(house: Flask) -> None:
    boss, chief = someone(house, "coordinator"), add_account(house, "administrator")
    page = boss.get("/fr/comptes/")
    assert email(house, chief) not in page.words
    invite = boss.get("/fr/comptes/inviter")
    _, values = form_values(invite.html, "invite")
    target = f"/fr/comptes/{chief}"
    token = values["_jeton"][0]
    assert boss.post(target, data={"quoi": "fermer", "_jeton": token}).status == 404
    assert boss.submit(invite, "invite", email="chef@maison.example", role="administrator").status == 422


def test_an_invitation_needs_an_organisation_and_goes_by_mail(house: Flask) -> None:
    boss = someone(house, "coordinator")
    page = boss.get("/nl/accounts/uitnodigen")
    assert boss.submit(page, "invite", email="an@maison.example", role="editor").status == 422
    sent = boss.submit(
        page, "invite", email="An@Maison.example", role="editor", language="nl", organizations=["caba-jette"]
    )
    assert sent.status == 303
    with Session(house.extensions["guide"].engine) as session:
        account = session.query(Account).filter_by(email="an@maison.example").one()
        assert (account.state, account.role) == (AccountState.INVITED, Role.EDITOR)
        assert [house.key for house in account.organizations] == ["caba-jette"]
        [mail] = session.query(Mail).filter_by(kind="invitation")
        token = mail.content["token"]
    assert PageClient(house).get(f"/nl/link/{token}").status == 200


def test_the_last_administrator_cannot_be_closed(house: Flask) -> None:
    number = add_account(house, "administrator")
    client = signed_in_client(house, number)
    page = client.get("/fr/comptes/")
    answer = client.submit(page, f"/fr/comptes/{number}", quoi="fermer")
    assert answer.headers["Location"].endswith("fait=dernier")
    assert client.get("/fr/comptes/").status == 200


def test_the_language_switch_keeps_what_was_typed(house: Flask) -> None:
    client = someone(house, "coordinator")
    page = client.get("/fr/comptes/inviter")
    _, values = form_values(page.html, "invite")
    values |= {"email": ["ici@maison.example"], "_langue": ["nl"]}
    switched = client.post("/nl/accounts/uitnodigen", data=values)
    assert switched.status == 200
    assert "ici@maison.example" in switched.html
    assert 'lang="nl"' in switched.html
