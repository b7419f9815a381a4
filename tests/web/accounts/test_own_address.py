"""Changing one's own address: password and code, told to the old one, and nothing for whoever is not its owner."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import known_places, links, own_address, passwords
from guide.database import writing
from guide.languages import Language
from guide.mail import rendering
from guide.mail.outbox import open_sealed
from guide.model import Account, AccountSession, AccountState, AuditEntry, KnownPlace, LinkPurpose, Mail
from guide.web.ui.formatting import wait_words
from tests.mails import content_of
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import PASSWORD, add_account, signed_in_client
from tests.running import MONDAY_MORNING, apps_on_copies

SECRET = "x" * 40
PATH = {"fr": "/fr/mon-compte/adresse", "nl": "/nl/mijn-account/adres"}
_numbers = count(1)


@pytest.fixture(scope="module")
def apps(
    loaded_on: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    with apps_on_copies(loaded_on, tmp_path_factory.mktemp("own-address")) as made:
        yield made


@pytest.fixture
def app(apps: Callable[[str], Flask], database_kind: str) -> Flask:
    return apps(database_kind)


class Owner:
    """Somebody signed in, the language she reads, and the moment it is."""

    def __init__(self, app: Flask, lang: Language, role: str = "editor") -> None:
        number = next(_numbers)
        self.app, self.lang, self.now = app, lang, MONDAY_MORNING
        self.old, self.new = f"ancienne{number}@maison.example", f"neuve{number}@maison.example"
        organization = None if role in ("coordinator", "administrator") else "caba-jette"
        self.number = add_account(
            app, role, organization, email=self.old, language=lang, password_hash=passwords.hashed(PASSWORD)
        )
        self.browser = self.another_browser()
        app.config["CLOCK"] = lambda: self.now

    def another_browser(self) -> PageClient:
        return signed_in_client(self.app, self.number)

    def say(self, french: str, dutch: str) -> str:
        return french if self.lang == "fr" else dutch

    @contextmanager
    def database(self) -> Iterator[Session]:
        with Session(writing(self.app.extensions["guide"].engine), info={"secret_key": SECRET}) as session:
            yield session
            session.commit()

    def address(self) -> str:
        with self.database() as session:
            return session.get_one(Account, self.number).email

    def ask(self, email: str = "", password: str = PASSWORD, browser: PageClient | None = None) -> Page:
        client = browser or self.browser
        page = client.get(PATH[self.lang])
        return client.submit(page, "own-address", email=email or self.new, current_password=password)

    def code(self) -> str:
        """The last code that was mailed for this account."""
        return str(content_of(self.mails("address_code")[-1])["code"])

    def wrong_code(self) -> str:
        return f"{(int(self.code()) + 1) % 1_000_000:06d}"

    def mails(self, kind: str) -> list[Mail]:
        """Those that this account has brought; sealed ones are opened."""
        with self.database() as session:
            found = session.scalars(
                select(Mail).where(Mail.kind == kind, Mail.actor_id == self.number).order_by(Mail.id)
            ).all()
            session.expunge_all()
        for row in found:
            open_sealed(row, SECRET)
        return list(found)

    def enter(self, page: Page, code: str) -> Page:
        return self.browser.submit(page, "address-code", code=code)


@pytest.fixture
def owner(app: Flask, lang: Language) -> Iterator[Owner]:
    yield Owner(app, lang)
    app.config["CLOCK"] = lambda: MONDAY_MORNING


@pytest.fixture
def french(app: Flask) -> Iterator[Owner]:
    """For what does not depend on the language."""
    yield Owner(app, "fr")
    app.config["CLOCK"] = lambda: MONDAY_MORNING


def test_password_and_code_change_the_address_and_the_old_one_is_told(owner: Owner) -> None:
    mine = owner.browser.get(owner.say("/fr/mon-compte/", "/nl/mijn-account/"))
    assert PATH[owner.lang] in mine.links()
    asked = owner.ask(owner.new.upper())
    assert asked.status == 200
    assert owner.say("Nous envoyons un code à", "We sturen een code naar") in asked.words
    assert owner.address() == owner.old, "nothing changes before the code"
    [mail] = owner.mails("address_code")
    assert (mail.address, mail.account_id, mail.language) == (owner.new, None, owner.lang)
    code = owner.code()
    done = owner.enter(asked, f" {code[:3]} {code[3:]} ")
    assert done.status == 303
    shown = owner.browser.get(done.headers["Location"])
    assert (
        owner.say("Votre nouvelle adresse est enregistrée.", "Uw nieuwe adres is opgeslagen.") in shown.words
    )
    assert owner.address() == owner.new
    [told] = owner.mails("address_changed")
    assert (told.address, told.language) == (owner.old, owner.lang)
    subject, body = rendering.text(told, "https://guide.example")
    assert subject == owner.say("L’adresse de votre compte a changé", "Het adres van uw account is gewijzigd")
    assert owner.say("Ce n’était pas vous\u00a0?", "Was u dat niet?") in body
    assert owner.new not in body


def test_with_the_new_address_one_comes_in_and_with_the_old_one_nobody(french: Owner) -> None:
    assert french.enter(french.ask(), french.code()).status == 303
    for email, status in ((french.old, 422), (french.new, 303)):
        visitor = PageClient(french.app)
        page = visitor.get("/fr/connexion")
        assert visitor.submit(page, "sign-in", email=email, password=PASSWORD).status == status


def test_other_sessions_known_places_and_open_links_end(french: Owner) -> None:
    other = french.another_browser()
    with french.database() as session:
        account = session.get_one(Account, french.number)
        known_places.remember_network(session, account, "198.51.100.0/24", MONDAY_MORNING)
        tokens = {
            purpose: links.issue(session, account, purpose, MONDAY_MORNING)
            for purpose in (LinkPurpose.RESET, LinkPurpose.SIGN_IN, LinkPurpose.CONFIRM)
        }
    assert french.enter(french.ask(), french.code()).status == 303
    assert other.get("/fr/mon-compte/").status == 303
    assert french.browser.get("/fr/mon-compte/").status == 200, "this browser goes on"
    with french.database() as session:
        rows = session.scalars(select(KnownPlace).where(KnownPlace.account_id == french.number))
        assert sorted(row.kind for row in rows) == ["browser", "network"], (
            "this browser and its network alone"
        )
        assert (
            known_places.find(
                session, session.get_one(Account, french.number), "", "198.51.100.0/24", MONDAY_MORNING
            )
            is None
        )
        own = select(AccountSession).where(AccountSession.account_id == french.number)
        assert len(session.scalars(own).all()) == 1
        for purpose, token in tokens.items():
            assert links.find(session, token, purpose, MONDAY_MORNING) is None


def test_a_wrong_password_gets_no_code_and_the_address_stays_typed(owner: Owner) -> None:
    page = owner.ask(password="pas le bon mot")
    assert page.status == 422
    assert (
        owner.say("Ce n’est pas votre mot de passe actuel.", "Dit is niet uw huidige wachtwoord.")
        in page.words
    )
    assert f'value="{owner.new}"' in page.html
    assert owner.mails("address_code") == []


def test_passwords_are_guessed_five_times_here_and_where_the_password_is_changed_together(
    owner: Owner,
) -> None:
    for _ in range(5):
        assert owner.ask(password="pas le bon mot").status == 422
    page = owner.ask()
    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= 60
    assert owner.say("Il y a eu trop d’essais.", "Er waren te veel pogingen.") in page.words
    assert f'value="{owner.new}"' in page.html
    form = owner.browser.get("/fr/mon-compte/mot-de-passe")
    tried = owner.browser.submit(
        form, "change-password", current_password=PASSWORD, password="lampe verte au grenier"
    )
    assert tried.status == 429
    assert owner.mails("address_code") == []


@pytest.mark.parametrize(
    ("typed", "french_words", "dutch_words"),
    [
        ("", "Écrivez votre nouvelle adresse e-mail.", "Schrijf uw nieuwe e-mailadres."),
        ("sans arobase", "Nous n’avons pas compris cette adresse.", "We hebben dit adres niet begrepen."),
        ("josé@maison.example", "Cette adresse contient", "Dit adres bevat"),
        ("OLD", "C’est déjà l’adresse de votre compte.", "Dit is al het adres van uw account."),
    ],
)
def test_an_address_that_cannot_be_says_why(
    owner: Owner, typed: str, french_words: str, dutch_words: str
) -> None:
    typed = owner.old.upper() if typed == "OLD" else typed
    page = owner.browser.submit(
        owner.browser.get(PATH[owner.lang]), "own-address", email=typed, current_password=PASSWORD
    )
    assert page.status == 422
    assert owner.say(french_words, dutch_words) in page.words
    assert f'value="{typed}"' in page.html
    assert owner.mails("address_code") == []


@pytest.mark.control("C13")
def test_whether_an_address_is_taken_is_said_only_to_whoever_reads_its_mails(owner: Owner) -> None:
    taken = f"prise-{owner.number}@maison.example"
    other = add_account(owner.app, "editor", "caba-jette", email=taken)
    free, asked = owner.ask(), owner.ask(taken)
    assert (free.status, free.words.replace(owner.new, "")) == (asked.status, asked.words.replace(taken, ""))
    assert [mail.address for mail in owner.mails("address_code")] == [taken], (
        "a mail goes there as to any other"
    )
    assert owner.enter(asked, owner.wrong_code()).status == 422
    refused = owner.enter(asked, owner.code())
    assert refused.status == 422
    assert owner.say("un autre compte l’utilise", "het hoort bij een ander account") in refused.words
    assert f'value="{taken}"' in refused.html
    assert owner.address() == owner.old
    with owner.database() as session:
        assert session.get_one(Account, other).email == taken
    assert owner.mails("address_changed") == []
    assert owner.enter(asked, owner.code()).status == 422, "and the code is used up"


def test_a_code_is_tried_five_times(owner: Owner) -> None:
    asked = owner.ask()
    for _ in range(own_address.TRIES):
        page = owner.enter(asked, owner.wrong_code())
        assert page.status == 422
        assert owner.say("Ce n’est pas le bon code.", "Dit is niet de juiste code.") in page.words
    over = owner.enter(asked, owner.code())
    assert over.status == 422
    assert owner.say("Ce code ne marche plus.", "Deze code werkt niet meer.") in over.words
    assert f'value="{owner.new}"' in over.html, "the address need not be typed again"
    assert owner.address() == owner.old
    owner.now += timedelta(minutes=9)
    assert owner.enter(asked, owner.code()).status == 422
    assert owner.address() == owner.old


def test_three_codes_an_hour_are_mailed(owner: Owner) -> None:
    for number in range(own_address.CODES):
        assert owner.ask(f"essai{number}-{owner.new}").status == 200
    page = owner.ask()
    assert page.status == 429
    assert (
        owner.say("Vous avez demandé trois codes", "U hebt in korte tijd drie codes gevraagd") in page.words
    )
    assert f'value="{owner.new}"' in page.html
    assert len(owner.mails("address_code")) == 1, "the last one alone waits, those before are dead"
    owner.now += timedelta(minutes=61)
    owner.browser = owner.another_browser()
    assert owner.ask().status == 200


@pytest.mark.parametrize(
    ("seconds", "french", "dutch"),
    [
        (1, "1 seconde", "1 seconde"),
        (119, "119 secondes", "119 seconden"),
        (120, "2 minutes", "2 minuten"),
        (121, "3 minutes", "3 minuten"),
        (900, "15 minutes", "15 minuten"),
        (7200, "2 heures", "2 uur"),
    ],
)
def test_a_wait_is_told_in_the_unit_people_count_in(
    app: Flask, lang: Language, seconds: int, french: str, dutch: str
) -> None:
    with app.test_request_context(f"/{lang}/"):
        app.preprocess_request()
        assert wait_words(seconds) == (french if lang == "fr" else dutch)


def test_who_guesses_on_is_told_in_minutes_how_long_to_wait(owner: Owner) -> None:
    wait = 0
    while wait < 120:
        page = owner.ask(password="pas le bon mot")
        wait = int(page.headers.get("Retry-After", 0))
        owner.now += timedelta(seconds=wait)
    minutes = -(-wait // 60)
    assert owner.say(f"Réessayez dans {minutes} minutes.", f"over {minutes} minuten opnieuw.") in page.words
    assert owner.say("secondes", "seconden") not in page.words


def test_a_code_dies_after_ten_minutes_and_with_the_next_one(owner: Owner) -> None:
    first = owner.ask()
    old = owner.code()
    second = owner.ask(f"autre-{owner.new}")
    if old != owner.code():
        assert owner.enter(second, old).status == 422, "the code of another address"
    assert owner.say("ne marche plus", "werkt niet meer") in owner.enter(first, old).words
    owner.now += timedelta(minutes=10, seconds=1)
    over = owner.enter(second, owner.code())
    assert (over.status, owner.address()) == (422, owner.old)
    assert owner.say("Ce code ne marche plus.", "Deze code werkt niet meer.") in over.words


@pytest.mark.control("C20")
def test_what_the_page_carries_cannot_be_written_or_borrowed(app: Flask, french: Owner) -> None:
    asked, code = french.ask(), french.code()
    path, values = form_values(asked.html, "address-code")
    forged = [*values["attente"][0]]
    forged[3] = "A" if forged[3] != "A" else "B"
    thief = Owner(app, "fr")
    page = thief.ask(thief.new)
    _, hers = form_values(page.html, "address-code")
    token = hers["_jeton"][0]
    for waiting in ("", "a.b.c", "".join(forged), values["attente"][0]):
        answer = thief.browser.post(path, data={"_jeton": token, "attente": waiting, "code": code})
        assert answer.status == 422
        assert "trop ancienne" in answer.words
    assert (thief.address(), french.address()) == (thief.old, french.old)


def test_the_code_form_needs_its_token_and_a_session(french: Owner) -> None:
    asked, code = french.ask(), french.code()
    path, values = form_values(asked.html, "address-code")
    data = {"attente": values["attente"][0], "code": code}
    assert french.browser.post(path, data=data).status == 400
    assert PageClient(french.app).post(path, data=data | {"_jeton": values["_jeton"][0]}).status == 401
    away = {"Origin": "https://ailleurs.example"}
    assert french.browser.post(path, data=data | {"_jeton": values["_jeton"][0]}, headers=away).status == 403
    assert french.address() == french.old


@pytest.mark.parametrize("end", ["password", "closed"])
def test_a_code_dies_when_the_owner_defends_her_account(french: Owner, end: str) -> None:
    """Somebody at her open computer has asked for a code to his own mailbox."""
    asked, code = french.ask(), french.code()
    if end == "password":
        form = french.browser.get("/fr/mon-compte/mot-de-passe")
        french.browser.submit(
            form, "change-password", current_password=PASSWORD, password="lampe verte au grenier"
        )
        assert french.enter(asked, code).status == 422
    else:
        with french.database() as session:
            session.get_one(Account, french.number).state = AccountState.DISABLED
        assert french.enter(asked, code).status == 401
    assert french.address() == french.old


def test_an_invitation_that_was_still_open_gives_nobody_the_account(french: Owner) -> None:
    with french.database() as session:
        account = session.get_one(Account, french.number)
        token = links.issue(session, account, LinkPurpose.INVITATION, MONDAY_MORNING)
    thief = PageClient(french.app)
    page = thief.get(f"/fr/lien/{token}")
    answer = thief.submit(page, "invited", name="Voleur", language="fr", password="lampe verte au grenier")
    assert answer.status == 410
    with french.database() as session:
        account = session.get_one(Account, french.number)
        assert account.name != "Voleur"
        assert passwords.matches(account.password_hash, PASSWORD)


def test_from_the_code_one_goes_back_with_the_address_as_it_was_typed(owner: Owner) -> None:
    asked = owner.ask()
    assert 'name="reprendre" value="y"' in asked.html
    path, values = form_values(asked.html, "address-code")
    again = {"_jeton": values["_jeton"][0], "email": owner.new, "reprendre": "y"}
    back = owner.browser.post(path, data=again)
    assert back.status == 200
    assert f'value="{owner.new}"' in back.html
    assert not back.title.startswith(("Erreur", "Fout"))


def test_the_switch_of_language_keeps_the_address_and_the_step(owner: Owner) -> None:
    other: Language = "nl" if owner.lang == "fr" else "fr"
    page = owner.browser.get(PATH[owner.lang])
    _, values = form_values(page.html, "own-address")
    values |= {"email": [owner.new], "_langue": [other]}
    shown = owner.browser.post(PATH[other], data=values)
    assert f'value="{owner.new}"' in shown.html
    assert shown.status == 200
    assert owner.mails("address_code") == []
    _, values = form_values(owner.ask().html, "address-code")
    shown = owner.browser.post(PATH[other], data=values | {"_langue": [other]})
    assert (shown.status, owner.new in shown.words) == (200, True)
    assert owner.enter(shown, owner.code()).status == 303


def test_a_code_that_was_not_written_keeps_the_page(owner: Owner) -> None:
    page = owner.enter(owner.ask(), "")
    assert page.status == 422
    assert owner.say("Écrivez le code du message.", "Schrijf de code uit het bericht.") in page.words
    assert owner.enter(page, owner.code()).status == 303


def test_no_address_stands_in_the_log_in_an_address_or_in_what_waits_in_clear(
    french: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    taken = f"occupee-{french.number}@maison.example"
    add_account(french.app, "editor", "caba-jette", email=taken)
    french.enter(french.ask(taken), french.code())
    done = french.enter(french.ask(), french.code())
    assert "@" not in done.headers["Location"]
    with french.database() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.actor == f"account:{french.number}")
        ).all()
        assert [entry.verb for entry in entries] == [
            "address_code_asked",
            "address_code_asked",
            "own_address_changed",
        ]
        written = " ".join(f"{entry.object} {entry.detail}" for entry in entries)
        rows = session.scalars(select(Mail).where(Mail.actor_id == french.number)).all()
        clear = " ".join(f"{row.address} {row.content} {row.about}" for row in rows)
        assert all(row.sealed for row in rows)
    for text in (written, clear, caplog.text):
        assert "maison.example" not in text


@pytest.mark.parametrize("role", ["social_worker", "coordinator", "administrator"])
def test_every_role_changes_its_own(app: Flask, role: str) -> None:
    somebody = Owner(app, "nl", role)
    assert somebody.enter(somebody.ask(), somebody.code()).status == 303
    assert somebody.address() == somebody.new


def test_a_session_without_its_second_factor_changes_nothing(app: Flask) -> None:
    worker = Owner(app, "fr", "social_worker")
    half = signed_in_client(app, worker.number, second_factor=False)
    assert half.get(PATH["fr"]).headers["Location"] == "/fr/mon-compte/codes"


def test_who_has_no_password_yet_is_shown_the_way_to_one(owner: Owner) -> None:
    form = owner.browser.get(PATH[owner.lang])
    with owner.database() as session:
        session.get_one(Account, owner.number).password_hash = None
    page = owner.browser.get(PATH[owner.lang])
    assert owner.say("/fr/mot-de-passe-oublie", "/nl/wachtwoord-vergeten") in page.links()
    # The form still stood in another window.
    answer = owner.browser.submit(form, "own-address", email=owner.new, current_password=PASSWORD)
    assert answer.status == 422
    assert owner.say("Choisissez d’abord un mot de passe.", "Kies eerst een wachtwoord.") in answer.words
    assert owner.say("/fr/mot-de-passe-oublie", "/nl/wachtwoord-vergeten") in answer.links()
    assert owner.mails("address_code") == []
