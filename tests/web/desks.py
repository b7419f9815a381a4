"""The association's desk as an editor clicks it, and what stands in the database afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.editing.listings import record_of
from guide.languages import Language
from guide.model import Organization, Proposal, Revision, Role, Service
from guide.web.desk.part_forms import SLUGS
from tests.pages import Page, PageClient
from tests.people import someone
from tests.running import MONDAY_MORNING

PLACES: dict[Language, tuple[str, str]] = {
    "fr": ("/fr/mon-association/", "services"),
    "nl": ("/nl/mijn-vereniging/", "diensten"),
}
WORDS: dict[str, dict[Language, str]] = {
    name: {"fr": french, "nl": dutch}
    for name, french, dutch in (
        ("begin", "ajouter", "toevoegen"),
        ("confirm", "confirmer", "bevestigen"),
        ("send", "envoyer", "versturen"),
        ("withdraw", "retirer", "intrekken"),
        ("remove", "supprimer", "verwijderen"),
        ("ask_back", "remettre", "terugzetten"),
        ("look", "apercu", "voorbeeld"),
        ("history", "historique", "geschiedenis"),
        ("compare", "historique/comparer", "geschiedenis/vergelijken"),
    )
}


@dataclass
class Desk:
    """An application, the language of its reader, and an editor of the organisation whose listing is `key`."""

    app: Flask
    lang: Language
    editor: PageClient
    key: str = "caba-jette"
    now: datetime = MONDAY_MORNING

    @property
    def index(self) -> str:
        return PLACES[self.lang][0]

    def path(self, name: str = "", ref: str = "") -> str:
        """The address of a listing's page: '' its check page, a part, or a name of WORDS."""
        folder = f"{self.index}{PLACES[self.lang][1]}/{ref or self.key}/"
        if not name:
            return folder
        return folder + (SLUGS[name][self.lang] if name in SLUGS else WORDS[name][self.lang])

    def public_path(self, key: str = "") -> str:
        """The listing's page for everybody."""
        return f"/{self.lang}/{PLACES[self.lang][1]}/{key or self.key}"

    def open(self, name: str = "", ref: str = "", client: PageClient | None = None) -> Page:
        page = (client or self.editor).get(self.path(name, ref))
        assert page.status == 200, (page.status, page.headers.get("Location"))
        return page

    def save(self, part: str, ref: str = "", client: PageClient | None = None, **values: Any) -> Page:
        """Opens the form of a part, changes these fields and sends it."""
        client = client or self.editor
        return client.submit(self.open(part, ref, client), "part", **values)

    def press(
        self, name: str, page: Page, client: PageClient | None = None, ref: str = "", **values: Any
    ) -> Page:
        """Presses a button that is a form of its own."""
        return (client or self.editor).submit(page, self.path(name, ref), **values)

    def another_editor(self) -> PageClient:
        return someone(self.app, Role.EDITOR, self.key)

    def coordinator(self) -> PageClient:
        return someone(self.app, Role.COORDINATOR)

    @contextmanager
    def database(self) -> Iterator[Session]:
        with Session(writing(self.app.extensions["guide"].engine)) as session:
            session.info["secret_key"] = self.app.config["SECRET_KEY"]
            yield session
            session.commit()

    def trust(self) -> None:
        """The organisation's quick changes go live at once."""
        with self.database() as session:
            session.scalars(select(Organization).where(Organization.key == self.key)).one().trusted = True

    def record(self, key: str = "") -> dict[str, Any]:
        """The listing as the public has it."""
        with self.database() as session:
            return record_of(session.scalars(select(Service).where(Service.key == (key or self.key))).one())

    def proposals(self) -> list[Proposal]:
        with self.database() as session:
            found = list(session.scalars(select(Proposal).order_by(Proposal.id)))
            session.expunge_all()
            return found

    def revisions(self) -> list[Revision]:
        with self.database() as session:
            found = list(session.scalars(select(Revision).order_by(Revision.number)))
            session.expunge_all()
            return found

    def begin(self) -> str:
        """A new listing; its reference."""
        page = self.editor.submit(self.editor.get(self.index + WORDS["begin"][self.lang]), "begin")
        assert page.status == 303
        return page.headers["Location"].rstrip("/").rpartition("/")[2]


FILLED: dict[str, dict[str, Any]] = {
    "about": {
        "name_fr": "Table du quartier",
        "name_nl": "Buurttafel",
        "summary_fr": "Un repas chaud le mardi.",
        "summary_nl": "Een warme maaltijd op dinsdag.",
        "terms": ["repas"],
        "terms_main": ["repas"],
    },
    "access": {"phones-0-number": "02 423 12 34"},
}
"""What a new listing needs at least before it can be sent, part by part."""
