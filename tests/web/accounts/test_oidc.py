"""Signing in with somebody else's accounts: only the right answer to our own question lets anybody in."""

from collections.abc import Iterator

import pyotp
import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from guide.accounts import second_factor
from guide.database import writing
from guide.model import Account
from guide.settings import OpenId
from tests.pages import Page, PageClient
from tests.people import add_account
from tests.provider import Provider, running
from tests.running import MONDAY_MORNING


@pytest.fixture(scope="module")
def one_provider() -> Iterator[Provider]:
    """At one address, so that the tests lend one another the application that knows it."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    """The provider as it begins: it says the truth, and nobody has asked."""
    one_provider.claims, one_provider.changes, one_provider.asked = {}, {}, {}
    one_provider.signing_key = one_provider.key
    return one_provider


@pytest.fixture
def guide_app(instance, make_app, provider: Provider) -> Flask:
    app = make_app(instance, oidc=OpenId(provider.issuer, "guide", "secret", "Jette"))
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    return app


def come_in(client: PageClient, provider: Provider, **claims) -> Page:
    provider.claims = {"sub": "abc", "email": "an@maison.example", "email_verified": True} | claims
    page = client.get("/nl/inloggen")
    assert "Inloggen met Jette" in page.words
    start = client.get("/nl/inloggen/extern")
    assert start.status == 303
    return client.get(f"/connexion/retour?{provider.answer(start.headers['Location'])}")


def let_in(client: PageClient) -> bool:
    return client.get("/fr/mon-compte/").status == 200


def test_an_account_with_this_verified_address_comes_in_and_is_bound(
    guide_app: Flask, provider: Provider
) -> None:
    number = add_account(guide_app, "editor", "caba-jette", email="an@maison.example", language="nl")
    client = PageClient(guide_app)
    assert come_in(client, provider).headers["Location"] == "/nl/mijn-account/"
    assert let_in(client)
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.get_one(Account, number).oidc_subject == f"{provider.issuer}|abc"
    # From now on the subject counts, whatever the address is.
    again = PageClient(guide_app)
    come_in(again, provider, email="autre@maison.example", email_verified=False)
    assert let_in(again)


@pytest.mark.control("C11")
@pytest.mark.parametrize(
    "claims",
    [
        {"email": "inconnue@maison.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"sub": "a" * 300},
    ],
)
def test_nobody_comes_in_without_an_account_here_and_none_is_made(
    guide_app: Flask, provider: Provider, claims: dict[str, object]
) -> None:
    add_account(guide_app, "editor", "caba-jette", email="an@maison.example")
    client = PageClient(guide_app)
    assert come_in(client, provider, **claims).status == 403
    assert not let_in(client)
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(Account).count() == 1


def test_an_address_that_is_bound_lets_no_other_subject_in(guide_app: Flask, provider: Provider) -> None:
    add_account(guide_app, "editor", "caba-jette", email="an@maison.example")
    come_in(PageClient(guide_app), provider)
    assert come_in(PageClient(guide_app), provider, sub="xyz").status == 403


@pytest.mark.parametrize(
    "changes",
    [{"nonce": "other"}, {"aud": "other"}, {"iss": "https://pirate.example"}, {"exp": 1}, {"sub": None}],
)
def test_a_token_that_is_not_for_this_question_lets_nobody_in(
    guide_app: Flask, provider: Provider, changes: dict[str, object]
) -> None:
    add_account(guide_app, "editor", "caba-jette", email="an@maison.example")
    provider.changes = changes
    assert come_in(PageClient(guide_app), provider).status == 403


@pytest.mark.control("C11")
def test_a_token_signed_by_another_key_lets_nobody_in(guide_app: Flask, provider: Provider) -> None:
    add_account(guide_app, "editor", "caba-jette", email="an@maison.example")
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert come_in(PageClient(guide_app), provider).status == 403


def test_an_answer_to_nobodys_question_lets_nobody_in(guide_app: Flask, provider: Provider) -> None:
    add_account(guide_app, "editor", "caba-jette", email="an@maison.example")
    one, two = PageClient(guide_app), PageClient(guide_app)
    provider.claims = {"sub": "abc", "email": "an@maison.example", "email_verified": True}
    answer = provider.answer(one.get("/fr/connexion/externe").headers["Location"])
    two.get("/fr/connexion/externe")
    assert two.get(f"/connexion/retour?{answer}").status == 403
    assert PageClient(guide_app).get(f"/connexion/retour?{answer}").status == 403
    assert one.get("/connexion/retour?code=good&state=x").status == 403


def test_a_role_that_needs_codes_still_sets_them_up(guide_app: Flask, provider: Provider) -> None:
    add_account(guide_app, "coordinator", email="an@maison.example")
    client = PageClient(guide_app)
    come_in(client, provider)
    assert client.get("/fr/comptes/").headers["Location"] == "/fr/mon-compte/codes"


@pytest.mark.parametrize(
    "claims",
    [
        {"amr": ["pwd", "mfa"]},
        {"amr": ["pwd", "otp"]},
        {"acr": "http://eidas.europa.eu/LoA/substantial"},
    ],
)
def test_a_second_factor_at_the_provider_counts(
    guide_app: Flask, provider: Provider, claims: dict[str, object]
) -> None:
    add_account(guide_app, "coordinator", email="an@maison.example", totp_sealed=b"sealed")
    client = PageClient(guide_app)
    come_in(client, provider, **claims)
    assert client.get("/fr/comptes/").status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"amr": ["pwd"]},
        {"amr": ["pwd", "pin"]},
        {"amr": ["otp"]},
        {"amr": "mfa"},
        {"amr": [["mfa"]]},
        {"acr": "1"},
        {"acr": ["http://eidas.europa.eu/LoA/high"]},
    ],
)
def test_whatever_else_it_says_our_own_code_is_asked(
    guide_app: Flask, provider: Provider, claims: dict[str, object]
) -> None:
    number = add_account(guide_app, "coordinator", email="an@maison.example")
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        account = session.get_one(Account, number)
        secret = second_factor.new_secret()
        codes = second_factor.set_up(
            session, account, secret, pyotp.TOTP(secret).at(MONDAY_MORNING), MONDAY_MORNING
        )
        session.commit()
    assert codes
    client = PageClient(guide_app)
    asked = come_in(client, provider, **claims)
    assert asked.status == 200
    assert not let_in(client)
    assert client.submit(asked, "second-step", code="000000").status == 422
    assert client.submit(asked, "second-step", code=codes[0]).status == 303
    assert client.get("/fr/comptes/").status == 200


def test_without_a_provider_there_is_no_such_page(instance, make_app) -> None:
    client = PageClient(make_app(instance))
    assert client.get("/fr/connexion/externe").status == 404
    assert client.get("/connexion/retour").status == 404
    assert "extern" not in client.get("/nl/inloggen").html
