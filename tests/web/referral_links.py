"""What tests of the fiche-relais' pages share: a referral that was sent, and the mails it brought."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.languages import Language
from guide.mail.outbox import open_sealed
from guide.model import Account, AuditEntry, ConsentWay, Mail, Role, Service, Urgency, YesNo
from guide.model.referrals import Referral, ReferralState
from guide.referrals import sending
from guide.referrals.content import Content, Need, Person, Sender
from tests.pages import Page, PageClient
from tests.people import add_account
from tests.running import MONDAY_MORNING

ADDRESS = "accueil@maison.example"
CONTENT = Content(
    sender=Sender(
        "Maison Alpha", "Autrice Alpha", "assistante sociale", "02 423 12 34", "alpha@maison.example"
    ),
    person=Person(
        "Bleuet", ("phone",), "0470 00 00 00", "", "Seulement le matin, sans message", "Sa voisine"
    ),
    need=Need(
        request="Demande planétaire",
        tried="Essai lunaire",
        availability="Mardi solaire",
        language="ar",
        interpreter=True,
        publics=("Habitants",),
        documents=("Carte",),
        adults="2",
        children_ages=("3-5",),
        bim="yes",
    ),
)
PERSON_WORDS = ("Bleuet", "0470", "Seulement le matin", "Sa voisine")
NEED_WORDS = ("Demande planétaire", "Essai lunaire", "Mardi solaire")

PLACES: dict[str, dict[Language, str]] = {
    name: {"fr": f"/fr/relais/{french}", "nl": f"/nl/doorverwijzing/{dutch}"}
    for name, french, dutch in (
        ("answer", "reponse/", "antwoord/"),
        ("visit", "visite/", "bezoek/"),
        ("person", "mon-accord/", "mijn-akkoord/"),
        ("data", "vos-donnees", "uw-gegevens"),
    )
}
DOING: dict[str, dict[Language, str]] = {
    "study": {"fr": "etudier", "nl": "bekijken"},
    "accept": {"fr": "accepter", "nl": "aanvaarden"},
    "decline": {"fr": "refuser", "nl": "weigeren"},
    "close": {"fr": "clore", "nl": "afsluiten"},
    "leave": {"fr": "quitter", "nl": "verlaten"},
}


@dataclass
class LinkSite:
    """An application on an instance, the language of its reader, and the service that receives."""

    instance: Path
    make_app: Callable[..., Flask]
    lang: Language
    now: datetime = MONDAY_MORNING
    key: str = "caba-jette"
    app: Flask = field(init=False)
    worker: int = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.make_app(self.instance, clock=self.now)
        self.app.extensions["guide"].session_info["keys"].make()
        self.worker = add_account(self.app, Role.SOCIAL_WORKER, "cpas-jette", language=self.lang)
        with self.database() as session:
            service = session.scalars(select(Service).where(Service.key == self.key)).one()
            service.accepts_relay, service.relay_email = True, ADDRESS
            assert service.organization is not None
            service.organization.bound_by_secrecy = YesNo.YES

    def later(self, **more: float) -> None:
        """The same instance at a later time."""
        self.now += timedelta(**more)
        self.app = self.make_app(self.instance, clock=self.now)

    @contextmanager
    def database(self) -> Iterator[Session]:
        info = dict(self.app.extensions["guide"].session_info)
        with Session(writing(self.app.extensions["guide"].engine), info=info) as session:
            yield session
            session.commit()

    def send(self, content: Content = CONTENT, days: int = 30, motive: str = "", **more: Any) -> str:
        """A referral of the worker to the service; its reference."""
        today = self.now.date()
        consent = sending.Consent(
            ConsentWay.ORAL,
            today,
            self.lang,
            today + timedelta(days=days),
            True,
            (True,) * sending.CONDITIONS,
        )
        with self.database() as session:
            service = session.scalars(select(Service).where(Service.key == self.key)).one()
            made = sending.send(
                session,
                sending.NewReferral(
                    service, session.get_one(Account, self.worker), content, "faim", Urgency.THIS_WEEK
                ),
                None if motive else consent,
                self.now,
                motive=motive,
                **more,
            )
            return made.reference

    def referral(self, reference: str) -> Referral | None:
        with self.database() as session:
            found = session.scalar(select(Referral).where(Referral.reference == reference))
            session.expunge_all()
            return found

    def state(self, reference: str) -> ReferralState:
        """Of a fiche that is there."""
        found = self.referral(reference)
        assert found is not None
        return found.state

    def mails(self, kind: str, reference: str = "") -> list[Mail]:
        """The mails of this kind that were written, opened, oldest first."""
        with self.database() as session:
            rows = list(session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))
            session.expunge_all()
        for row in rows:
            open_sealed(row, self.app.config["SECRET_KEY"])
        return [
            row for row in rows if row.content.get("reference") == (reference or row.content.get("reference"))
        ]

    def token(self, reference: str) -> str:
        """The token of the newest link that was mailed about it."""
        return str(self.mails("referral_received", reference)[-1].content["token"])

    def code(self, reference: str) -> str:
        return str(self.mails("referral_code", reference)[-1].content["code"])

    def person_path(self, reference: str) -> str:
        with self.database() as session:
            referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
            code = sending.person_code(self.app.config["SECRET_KEY"], referral)
        return f"{PLACES['person'][self.lang]}{reference}/{code}"

    def link_path(self, token: str) -> str:
        return f"{PLACES['answer'][self.lang]}{token}"

    def path(self, reference: str, do: str = "") -> str:
        return f"{PLACES['visit'][self.lang]}{reference}{'/' + DOING[do][self.lang] if do else ''}"

    def ask(self, client: PageClient, token: str) -> Page:
        """Opens a link and presses its button."""
        return client.submit(client.get(self.link_path(token)), "ask")

    def come_in(self, reference: str) -> PageClient:
        """A browser whose visit of this referral has begun."""
        client = PageClient(self.app)
        page = self.ask(client, self.token(reference))
        answer = client.submit(page, "code-form", code=self.code(reference))
        assert (answer.status, answer.headers.get("Location")) == (303, self.path(reference))
        return client

    def read(self, client: PageClient, reference: str, do: str = "read") -> Page:
        """Presses the button to read, or to open the sealed part."""
        page = client.submit(client.get(self.path(reference)), "read")
        return client.submit(page, "open") if do == "open" else page

    def audited(self, verb: str = "") -> list[AuditEntry]:
        with self.database() as session:
            rows = list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
            session.expunge_all()
        return [row for row in rows if verb in ("", row.verb)]

    def everything(self, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
        """Every row of every table."""
        engine = self.app.extensions["guide"].engine
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.connect() as connection:
            return {
                name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
                for name, table in metadata.tables.items()
                if name not in without
            }

    def say(self, french: str, dutch: str) -> str:
        return french if self.lang == "fr" else dutch
