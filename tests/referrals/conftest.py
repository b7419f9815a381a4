"""A scenario of two services and their people, in a database of its own, with master keys and a ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from guide import erasures
from guide.clock import BRUSSELS
from guide.database import writing
from guide.keys import KeyFile
from guide.mail.outbox import open_sealed
from guide.model import Account, ConsentWay, Mail, Organization, Role, Service, YesNo
from guide.model.referrals import Referral
from guide.referrals import sending
from guide.referrals.content import Content, Need, Person, Sender
from tests import databases, factories
from tests.people import make_account

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BRUSSELS)
SECRET = "x" * 40
PERSON = Person(
    name="Zoulou",
    contact=("phone", "mail"),
    phone="0470 12 34 56",
    mail="zoulou@maison.example",
    safe="le matin",
)
NEED = Need(request="Un colis pour la semaine", tried="Le voisin", availability="le lundi", language="fr")
SENDER = Sender("La Marmite", "Personne", "assistante sociale", "02 000 00 00", "personne@maison.example")
CONTENT = Content(SENDER, PERSON, NEED)


def consent(now: datetime = NOW, **changes: Any) -> sending.Consent:
    """An agreement that lacks nothing."""
    values: dict[str, Any] = {
        "way": ConsentWay.ORAL,
        "day": now.date(),
        "language": "fr",
        "expires": now.date() + timedelta(days=30),
        "copy": True,
        "conditions": (True,) * sending.CONDITIONS,
    }
    return sending.Consent(**values | changes)


@dataclass
class Scenario:
    """`bound` is bound by secrecy, `loose` is not; `worker` sends, `receiver` belongs to `bound`."""

    engine: Engine
    session: Session
    folder: Path
    keys: KeyFile
    bound: Service
    loose: Service
    worker: Account
    receiver: Account
    stranger: Account
    codes: list[str] = field(default_factory=list)

    def send(self, service: Service | None = None, now: datetime = NOW, **changes: Any) -> Referral:
        """A referral to the bound service; `changes` are of what is sent, or of how."""
        new = sending.NewReferral(service or self.bound, self.worker, CONTENT, "faim")
        written = {name: changes.pop(name) for name in sending.NewReferral.__slots__ if name in changes}
        agreed = changes.pop("consent", consent(now))
        made = sending.send(self.session, replace(new, **written), agreed, now, **changes)
        self.session.commit()
        return made

    def mails(self, kind: str = "") -> list[dict[str, Any]]:
        """What waits in the outbox, opened: its kind, address and content."""
        found = []
        for row in self.session.scalars(select(Mail).order_by(Mail.id)):
            with self.session.no_autoflush:
                if not kind or row.kind == kind:
                    open_sealed(row, SECRET)
                    found.append({"kind": row.kind, "address": row.address, **row.content})
        self.session.rollback()
        return found

    def server_takes_all(self, now: datetime = NOW) -> None:
        """The mail server accepts whatever waits."""
        self.session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(sent_at=now))
        self.session.commit()

    def token(self) -> str:
        return str(self.mails("referral_received")[-1]["token"])

    def code(self) -> str:
        return str(self.mails("referral_code")[-1]["code"])

    def ledger(self) -> list[str]:
        """The uids that the ledger's file names."""
        return list(erasures.read(self.folder / "erasures").uids)

    def count(self, table: type[Any]) -> int:
        return len(self.session.scalars(select(table)).all())


@pytest.fixture(params=databases.BOTH)
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scenario]:
    folder = tmp_path / "instance"
    folder.mkdir()
    with databases.migrated_database_of(request.param, folder) as engine:
        yield from furnished(engine, folder)


def furnished(engine: Engine, folder: Path) -> Iterator[Scenario]:
    """The scenario in a database without rows, of any kind."""
    keys = KeyFile(folder / "referral_keys")
    keys.make()
    with Session(writing(engine)) as session:
        session.info.update(secret_key=SECRET, keys=keys, ledger=folder / "erasures")
        ours = factories.organization()
        bound = factories.organization(bound_by_secrecy=YesNo.YES)
        loose = factories.organization()
        session.add_all([ours, bound, loose])
        services = [
            factories.service(
                organization=each, accepts_relay=True, relay_email=f"relais{place}@maison.example"
            )
            for place, each in enumerate((bound, loose))
        ]
        session.add_all(services)
        session.flush()
        people = [_worker(session, each) for each in (ours, bound, loose)]
        session.commit()
        yield Scenario(engine, session, folder, keys, *services, *people)
        session.rollback()


def _worker(session: Session, organization: Organization) -> Account:
    return make_account(session, Role.SOCIAL_WORKER, organization)
