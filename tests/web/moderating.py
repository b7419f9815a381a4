"""What tests of the coordinator's pages share: addresses in both languages, and something that waits for her."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.database import writing
from guide.editing import fulfilments, proposals
from guide.editing.listings import record_of, value_at
from guide.languages import Bilingual, Language
from guide.model import Account, Action, Fulfilment, FulfilmentRole, Plan, Role, Service, Theme
from tests.pages import Page, PageClient
from tests.people import add_account, someone
from tests.running import MONDAY_MORNING

KEY = "caba-jette"
"""A listing of an organisation of the same key."""

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7777}}"

PATHS: dict[str, dict[Language, str]] = {
    name: {"fr": f"/fr/moderation/{french}", "nl": f"/nl/moderatie/{dutch}"}
    for name, french, dutch in (
        ("desk", "", ""),
        ("proposals", "propositions/", "voorstellen/"),
        ("live", "en-ligne", "online"),
        ("listings", "fiches", "fiches"),
        ("reports", "signalements", "meldingen"),
        ("links", "liens", "koppelingen"),
        ("mails", "messages", "berichten"),
        ("referrals", "fiches-relais/sans-suivi", "doorverwijzingen/zonder-opvolging"),
        ("searches", "recherches", "zoekopdrachten"),
        ("duplicates", "doublons", "dubbels"),
        ("merge", "doublons/reunir", "dubbels/samenvoegen"),
        ("organizations", "organismes/", "organisaties/"),
        ("journal", "journal", "logboek"),
        ("tables", "tableaux/", "tabellen/"),
        ("translations", "traductions/", "vertalingen/"),
    )
}
"""The coordinator's pages, by a name."""


@dataclass
class Office:
    """An application, the language of its coordinator, and she, signed in."""

    app: Flask
    lang: Language
    boss: PageClient
    editors: dict[str, int] = field(default_factory=dict)

    def path(self, name: str, more: object = "") -> str:
        return f"{PATHS[name][self.lang]}{more}"

    def open(self, name: str, more: object = "", client: PageClient | None = None) -> Page:
        page = (client or self.boss).get(self.path(name, more))
        assert page.status == 200, (page.status, self.path(name, more))
        return page

    def say(self, french: str, dutch: str) -> str:
        """The words in the language of this office."""
        return french if self.lang == "fr" else dutch

    @contextmanager
    def database(self) -> Iterator[Session]:
        with Session(writing(self.app.extensions["guide"].engine)) as session:
            session.info["secret_key"] = self.app.config["SECRET_KEY"]
            yield session
            session.commit()

    def colleague(self) -> PageClient:
        """Another coordinator."""
        return someone(self.app, Role.COORDINATOR)

    def public(self) -> PageClient:
        return PageClient(self.app)

    def editor(self, key: str = KEY) -> int:
        """The editor of an organisation; always the same one."""
        if key not in self.editors:
            self.editors[key] = add_account(self.app, Role.EDITOR, key)
        return self.editors[key]

    def change(self, values: dict[str, Any], trusted: bool = False, minor: tuple[str, ...] = ()) -> int:
        """The editor saves these values of her listing; the number of the proposal, 0 when none waits."""
        editor = self.editor()
        with self.database() as session:
            service = session.scalars(select(Service).where(Service.key == KEY)).one()
            assert service.organization is not None
            service.organization.trusted = trusted
            stands = proposals.sheet_of(session, service).record
            seen = {path: value_at(stands, path) for path in values}
            author = session.get_one(Account, editor)
            saved = proposals.save(
                session, service, proposals.Typed(values, seen, minor=minor), Edit(author, MONDAY_MORNING)
            )
            return saved.proposal.id if saved.proposal else 0

    def propose_link(self, words: str) -> tuple[int, str]:
        """A link, proposed by the editor, with an action that has none yet: its number, and the action."""
        editor = self.editor()
        with self.database() as session:
            service = session.scalars(select(Service).where(Service.key == KEY)).one()
            action = session.scalars(
                select(Action)
                .join(Action.theme)
                .join(Theme.plan)
                .where(
                    Action.id.not_in(select(Fulfilment.action_id)),
                    Plan.key == "pasap-2022-2027",
                    Action.text_status == "held",
                )
                .order_by(Action.id)
            ).first()
            assert action is not None
            link = fulfilments.propose(
                session,
                service,
                fulfilments.Claim(action, FulfilmentRole.DELIVERS, Bilingual(words, words)),
                Edit(session.get_one(Account, editor), MONDAY_MORNING),
            )
            return link.id, action.reference

    def record(self, key: str = KEY) -> dict[str, Any]:
        """The listing as the public has it."""
        with self.database() as session:
            return record_of(session.scalars(select(Service).where(Service.key == key)).one())
