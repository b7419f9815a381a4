"""What tests of the fiche-relais share: services that receive them, workers on both sides, a form filled in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.languages import Language
from guide.model import Role, Service, YesNo
from guide.model.referrals import Referral
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client
from tests.running import app_on_copy

FOOD, OTHER, UNBOUND = "caba-jette", "cpas-jette", "ais-jette"
"""A service for the hungry, another one, both bound by secrecy; and one that is not."""

PAPERS = {"fr": ["Composition de ménage"], "nl": ["Gezinssamenstelling"]}

FORM, CHECK = "relay", "relay-check"

BASE: dict[Language, str] = {"fr": "/fr/relais/", "nl": "/nl/doorverwijzing/"}
WORDS: dict[str, dict[Language, str]] = {
    name: {"fr": french, "nl": dutch}
    for name, french, dutch in (
        ("new", "nouvelle", "nieuw"),
        ("table", "exporter", "exporteren"),
        ("read", "lire", "lezen"),
        ("open_person", "ouvrir", "openen"),
        ("contact", "joindre", "bereiken"),
        ("sheet", "tout", "alles"),
        ("copy", "copie", "kopie"),
        ("renew", "accord", "akkoord"),
        ("withdraw", "retirer", "intrekken"),
        ("drop", "supprimer", "verwijderen"),
        ("announce", "renvoyer", "opnieuw"),
        ("close", "clore", "afsluiten"),
        ("study", "etude", "bekijken"),
        ("accept", "accepter", "aanvaarden"),
        ("decline", "refuser", "weigeren"),
    )
}
LOOK = ("renew", "withdraw", "accept", "decline")
"""What of one fiche also answers a GET."""

ANSWERS: dict[str, Any] = {
    "name": "Zoraptère",
    "contact": ["phone"],
    "phone": "0470 12 34 56",
    "request": "Un colis chaque semaine, mot Quokka.",
    "way": "oral",
    "copy": "yes",
    "conditions": ["1", "2", "3", "4", "5"],
}
"""What a worker writes in a form that is otherwise filled in for her."""


@dataclass
class ReferralSite:
    """An application with services that receive, and workers: `an` sends, `bo` receives, `cy` has no part in it."""

    app: Flask
    lang: Language
    clients: dict[str, PageClient] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    tokens: dict[PageClient, str] = field(default_factory=dict)

    def say(self, french: str, dutch: str) -> str:
        return french if self.lang == "fr" else dutch

    def path(self, name: str = "", reference: str = "") -> str:
        if name in ("", "new", "table"):
            return BASE[self.lang] + (WORDS[name][self.lang] if name else reference)
        return f"{BASE[self.lang]}{reference}/{WORDS[name][self.lang]}"

    @contextmanager
    def database(self) -> Iterator[Session]:
        guide = self.app.extensions["guide"]
        with Session(writing(guide.engine)) as session:
            session.info.update(guide.session_info)
            yield session
            session.commit()

    def blank(self, service: str = FOOD, who: str = "an") -> Page:
        name = "service" if self.lang == "fr" else "dienst"
        page = self.clients[who].get(f"{self.path('new')}?{name}={service}")
        assert page.status == 200
        return page

    def checked(self, service: str = FOOD, who: str = "an", **changes: Any) -> Page:
        """The check page of a form that is filled in."""
        page = self.clients[who].submit(self.blank(service, who), FORM, "etape=relire", **(ANSWERS | changes))
        assert page.status == 200, page.words
        return page

    def send(self, service: str = FOOD, who: str = "an", **changes: Any) -> str:
        """Sends a fiche; its reference. The check page between is asked for by the tests that are about it."""
        blank = self.blank(service, who)
        answer = self.clients[who].submit(blank, FORM, "etape=envoyer", **(ANSWERS | changes))
        assert answer.status == 303, answer.words
        return reference_in(answer)

    def press(self, name: str, reference: str, who: str = "an", **values: Any) -> Page:
        """A button of a fiche, with the token of whoever presses it."""
        return self.clients[who].post(self.path(name, reference), data={"_jeton": self.token(who), **values})

    def token(self, who: str) -> str:
        """What the forms of her session carry, as a page that stays open bears it."""
        client = self.clients[who]
        if client not in self.tokens:
            page = client.get(self.path("table"))
            self.tokens[client] = form_values(page.html, self.path("table"))[1]["_jeton"][0]
        return self.tokens[client]

    def rows(self) -> dict[str, Any]:
        """The fiches as they stand: reference → state."""
        with self.database() as session:
            return {one.reference: str(one.state) for one in session.scalars(select(Referral))}

    def at(self, moment: datetime) -> None:
        """It is this moment now; everybody has signed in again."""
        self.app.config["CLOCK"] = lambda: moment
        self.clients = {who: signed_in_client(self.app, number) for who, number in self.numbers.items()}


def referral_site(app: Flask, lang: Language) -> ReferralSite:
    """A site whose services receive fiches-relais."""
    made = ReferralSite(app, lang)
    app.extensions["guide"].session_info["keys"].make()
    with made.database() as session:
        keys = {}
        for key in (FOOD, OTHER, UNBOUND):
            service = session.scalars(select(Service).where(Service.key == key)).one()
            assert service.organization is not None
            service.accepts_relay, service.relay_email = True, f"accueil@{key}.example"
            service.organization.bound_by_secrecy = None if key == UNBOUND else YesNo.YES
            keys[key] = service.organization.key
            if key == FOOD:
                service.required_documents = PAPERS
    made.numbers = {
        "an": add_account(app, Role.SOCIAL_WORKER, keys[OTHER], phone="02 422 46 11", language=lang),
        "bo": add_account(app, Role.SOCIAL_WORKER, keys[FOOD], phone="02 422 46 12", language=lang),
        "cy": add_account(app, Role.SOCIAL_WORKER, keys[OTHER], phone="02 422 46 13", language=lang),
    }
    made.clients = {who: signed_in_client(app, number) for who, number in made.numbers.items()}
    return made


@dataclass
class Kept:
    """A site as it lies in a folder; tests begin from copies of it."""

    folder: Path
    lang: Language
    numbers: dict[str, int]
    cookies: dict[str, str]

    @classmethod
    def made(cls, loaded: Path, folder: Path, lang: Language, sent: bool) -> "Kept":
        """With a fiche that `an` has sent to FOOD, or without."""
        with app_on_copy(loaded, folder) as app:
            site = referral_site(app, lang)
            if sent:
                site.send()
            cookies = {who: _session_of(client) for who, client in site.clients.items()}
        return cls(folder / "instance", lang, site.numbers, cookies)

    def opened(self, app: Flask) -> ReferralSite:
        """The site of an application on a copy of the folder, its workers signed in."""
        copy = ReferralSite(app, self.lang, numbers=dict(self.numbers))
        for who, cookie in self.cookies.items():
            copy.clients[who] = PageClient(app)
            copy.clients[who].http.set_cookie("session", cookie)
        return copy


def reference_in(answer: Page) -> str:
    return answer.headers["Location"].partition("?")[0].rpartition("/")[2]


def accounts(site: ReferralSite, number: int | str = "") -> str:
    """The page of who works here, or of one of them."""
    return f"/fr/comptes/{number}" if site.lang == "fr" else f"/nl/accounts/{number}"


def press_close(site: ReferralSite, boss: PageClient, who: str = "an") -> Page:
    """Presses "close this account"; the page that says first what becomes of the fiches."""
    target = accounts(site, site.numbers[who])
    return boss.submit(boss.get(accounts(site)), target, "quoi=fermer")


def close(site: ReferralSite, boss: PageClient, who: str = "an") -> Page:
    """Presses, reads what becomes of the fiches, and confirms; the list again."""
    asked = press_close(site, boss, who)
    if asked.status == 200:
        asked = boss.submit(asked, accounts(site, site.numbers[who]))
    assert asked.status == 303
    return boss.get(asked.headers["Location"])


def _session_of(client: PageClient) -> str:
    """The cookie by which somebody is signed in."""
    cookie = client.http.get_cookie("session")
    assert cookie is not None, "nobody is signed in"
    return cookie.value
