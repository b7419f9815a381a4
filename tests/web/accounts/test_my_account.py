"""One's own account: what one says of oneself, one-time codes, the browsers where one is signed in."""

from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from guide.accounts import passwords, second_factor
from guide.database import writing
from guide.model import Account, AccountSession, AccountState, Role
from guide.publish.qr import qr_svg
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import PASSWORD, add_account, signed_in_client, someone
from tests.running import MONDAY_MORNING
from tests.web.accounts.signing_in import editor, email, kinds, secret_of, sign_in


@pytest.mark.control("C11")
def test_a_role_that_needs_codes_sets_them_up_before_anything_else(
    guide_app: Flask, visitor: PageClient
) -> None:
    number = add_account(guide_app, "coordinator", password_hash=passwords.hashed(PASSWORD))
    assert sign_in(visitor, email(guide_app, number)).status == 303
    led = visitor.get("/fr/comptes/")
    assert (led.status, led.headers["Location"]) == (303, "/fr/mon-compte/codes")
    drawn = qr_svg.cache_info()
    page = visitor.get("/fr/mon-compte/codes")
    assert 'class="qr"' in page.html
    assert qr_svg.cache_info() == drawn, "the secret is kept nowhere"
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
    again = PageClient(guide_app)
    step = sign_in(again, email(guide_app, number))
    assert again.get("/fr/comptes/").status == 303
    assert again.submit(step, "second-step", code=code).status == 422
    assert again.submit(step, "second-step", code=codes[0].upper()).status == 303
    assert again.get("/fr/comptes/").status == 200
    third = PageClient(guide_app)
    assert third.submit(sign_in(third, email(guide_app, number)), "second-step", code=codes[0]).status == 422


def test_codes_are_stored_sealed_and_belong_to_their_account(guide_app: Flask) -> None:
    first, second = editor(guide_app), editor(guide_app)
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
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


def test_devices_are_listed_and_ended(guide_app: Flask) -> None:
    number = editor(guide_app)
    here, there = signed_in_client(guide_app, number), signed_in_client(guide_app, number)
    page = here.get("/fr/mon-compte/appareils")
    assert here.submit(page, "/fr/mon-compte/appareils", end="all").status == 303
    assert there.get("/fr/mon-compte/").status == 303
    assert here.get("/fr/mon-compte/").status == 200


def test_codes_set_up_end_every_other_session_and_the_owner_is_told(guide_app: Flask) -> None:
    number = editor(guide_app)
    thief, owner = signed_in_client(guide_app, number, False), signed_in_client(guide_app, number, False)
    offered = thief.get("/fr/mon-compte/codes")
    page = owner.get("/fr/mon-compte/codes")
    done = owner.submit(page, "codes", code=pyotp.TOTP(secret_of(page)).at(MONDAY_MORNING))
    assert len(done.all("code")) == 10
    assert kinds(guide_app) == ["second_factor_changed"]
    assert owner.get("/fr/mon-compte/").status == 200
    later = thief.submit(offered, "codes", code=pyotp.TOTP(secret_of(offered)).at(MONDAY_MORNING))
    assert later.status == 401
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(AccountSession).count() == 1


def test_an_offered_secret_is_only_for_who_it_was_offered_to(guide_app: Flask) -> None:
    one, two = someone(guide_app, "editor", "caba-jette"), someone(guide_app, "editor", "caba-jette")
    page = one.get("/fr/mon-compte/codes")
    _, values = form_values(page.html, "codes")
    code = pyotp.TOTP(secret_of(page)).at(MONDAY_MORNING)
    own = two.get("/fr/mon-compte/codes")
    assert two.submit(own, "codes", secret=values["secret"][0], code=code).status != 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert not [account for account in session.query(Account) if account.totp_sealed]


def test_an_editor_renews_the_list_and_turns_codes_off_but_a_coordinator_keeps_them(guide_app: Flask) -> None:
    for role, place in (("editor", "caba-jette"), ("coordinator", None)):
        client = someone(guide_app, role, place)
        page = client.get("/fr/mon-compte/codes")
        first = client.submit(page, "codes", code=pyotp.TOTP(secret_of(page)).at(MONDAY_MORNING))
        _, values = form_values(client.get("/fr/mon-compte/codes").html, "codes")
        token = values["_jeton"]
        renewed = client.post("/fr/mon-compte/codes", data={"_jeton": token, "renew": "y"})
        lists = [{element.text for element in page.all("code")} for page in (first, renewed)]
        assert [len(found) for found in lists] == [10, 10]
        assert not lists[0] & lists[1]
        off = client.post("/fr/mon-compte/codes", data={"_jeton": token, "off": "y"})
        assert off.status == (303 if role == "editor" else 200)
        with Session(guide_app.extensions["guide"].engine) as session:
            account = session.query(Account).filter_by(role=Role(role)).one()
            assert second_factor.is_set_up(account) is (role != "editor")
    assert kinds(guide_app) == ["second_factor_changed"] * 3


def test_a_name_is_one_line_and_a_telephone_a_number(guide_app: Flask) -> None:
    client = someone(guide_app, "editor", "caba-jette")
    page = client.get("/fr/mon-compte/")
    for wrong in ("appelez-moi", "02", "0" * 40, "02 423 12 00 <b>"):
        assert client.submit(page, "mine", phone=wrong).status == 422
    assert client.submit(page, "mine", name="a" * 81).status == 422
    assert client.submit(page, "mine", name="An\r\nBcc: x", phone="02 423 12 00").status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        account = session.query(Account).one()
        assert (account.name, account.phone) == ("An Bcc: x", "02 423 12 00")


@pytest.mark.control("C20")
def test_fields_that_no_form_has_change_nothing(guide_app: Flask) -> None:
    client = someone(guide_app, "editor", "caba-jette")
    page = client.get("/fr/mon-compte/")
    more = {
        "role": "administrator",
        "email": "x@y.example",
        "state": "disabled",
        "id": "1",
        "totp_sealed": "x",
    }
    assert client.submit(page, "mine", name="An", **more).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        account = session.query(Account).one()
        assert (account.name, account.role, account.state) == ("An", Role.EDITOR, AccountState.ACTIVE)
        assert account.email != "x@y.example"
        assert account.totp_sealed is None
