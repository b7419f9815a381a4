"""Every field holds a word that stands nowhere else; after all that can happen no file of the instance holds one.

Sent, answered, mailed, withdrawn, expired, purged, backed up: the words are looked for in the
database, its journal, the index, the mails, the ledger and the backup, packed and unpacked.
"""

import gzip
import logging
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from guide import mail
from guide.database import writing
from guide.model import Account, Service, Urgency, YesNo
from guide.model.referrals import Referral, ReferralPart
from guide.operations import back_up
from guide.referrals import answering, deadlines, erasing, holding, purging, reading, sending
from guide.referrals.content import Content, Need, Person, Sender
from guide.referrals.life import Party
from tests.people import make_account
from tests.referrals.conftest import consent
from tests.running import MONDAY_MORNING, settings_for

WORDS = [f"zqplant{letter}ément" for letter in "abcdefghijklmnopq"]
(
    ORGANIZATION, WORKER, FUNCTION, NAME, SAFE, ALONG, REQUEST, TRIED, AVAILABLE, DOCUMENT, ADULTS, MOBILITY,
    MOTIVE, ACCEPTED, DECLINED, MAILBOX, PUBLIC,
) = WORDS  # fmt: skip
PERSONS_MAIL = "zqplantmail@maison.example"
CONTENT = Content(
    Sender(ORGANIZATION, WORKER, FUNCTION, "02 000 00 00", f"{MAILBOX.replace('é', 'e')}@maison.example"),
    Person(NAME, ("phone", "mail"), "0470 99 88 77", PERSONS_MAIL, SAFE, ALONG),
    Need(
        REQUEST,
        TRIED,
        AVAILABLE,
        "fr",
        True,
        (PUBLIC,),
        (DOCUMENT,),
        ADULTS,
        "2",
        ("0-2",),
        "25-64",
        MOBILITY,
    ),
)
SIGNS = [*(word.encode() for word in WORDS), b"zqplant", b"0470 99 88 77", b"+32470998877", b"zqplantmail"]


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and what is inside of those that are packed."""
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield str(file), file.read_bytes()
        if file.suffixes[-2:] == [".tar", ".gz"]:
            yield str(file), gzip.decompress(file.read_bytes())
            with tarfile.open(file) as packed:
                for member in packed:
                    content = packed.extractfile(member)
                    if content is not None:
                        yield f"{file}:{member.name}", content.read()


def found(folder: Path) -> list[tuple[str, bytes]]:
    return [
        (name, sign)
        for name, content in files_of(folder)
        for sign in SIGNS
        if sign in content or sign.decode().encode("utf-16-le") in content
    ]


@pytest.mark.control("C10")
@pytest.mark.usefixtures("days_pass")
def test_no_planted_word_is_found_anywhere(
    instance: Path, make_app: Callable[..., Flask], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app = make_app(instance)
    settings = settings_for(instance)
    settings.keys.make()
    engine = app.extensions["guide"].engine

    def opened() -> Session:
        return Session(writing(engine), info=dict(settings.session_info))

    def send(now=MONDAY_MORNING, **changes: object) -> int:
        with opened() as session:
            service = session.query(Service).filter(Service.key == "caba-jette").one()
            service.accepts_relay, service.relay_email = True, "relais@maison.example"
            service.organization.bound_by_secrecy = YesNo.YES
            worker = session.query(Account).first() or make_account(session, "social_worker", "viva-jette")
            values = {"consent": consent(now), "copy_by_mail": False} | changes
            made = sending.send(
                session,
                sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL),
                now=now,
                **values,
            )
            session.commit()
            return made.id

    def deliver(now=MONDAY_MORNING) -> None:
        box = mail.Folder(instance / "mail")
        mail.send_all(
            engine, box, "guide@jette.example", "https://g.example", lambda: now, settings.secret_key
        )

    with opened() as session:
        service = session.query(Service).filter(Service.key == "caba-jette").one()
        worker = make_account(session, "social_worker", "viva-jette")
        sending.keep_draft(
            session, sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL), MONDAY_MORNING
        )
        session.commit()
    accepted, declined, withdrawn = send(), send(), send()
    send(consent=None, motive=MOTIVE)
    with opened() as session:
        one = session.get_one(Referral, accepted)
        reading.open_person(session, one, "visit", MONDAY_MORNING)
        answering.accept(session, one, "visit", ACCEPTED, None, MONDAY_MORNING)
        answering.decline(
            session, session.get_one(Referral, declined), "visit", "full", DECLINED, MONDAY_MORNING
        )
        sending.withdraw(
            session, session.get_one(Referral, withdrawn), Party.PERSON, "person", MONDAY_MORNING
        )
        session.commit()
        assert session.query(ReferralPart).count() > 12
        # Its sender's account is closed: one goes to a colleague, the others wait, and those it concerns are told.
        make_account(session, "coordinator")
        other = make_account(session, "social_worker", "viva-jette")
        one.substitute = other
        assert one.sender is not None
        done = holding.close_account(session, one.sender, MONDAY_MORNING, "command")
        assert (done.handed, done.waiting > 0) == (1, True)
        session.commit()
        reading.read_contact(session, one, other, MONDAY_MORNING)
        session.commit()
    deliver()
    for lang, path in (("fr", "/fr/services/?q="), ("nl", "/nl/diensten/?q=")):
        app.test_client().get(path + NAME)
        assert lang in path
    back_up(settings, tmp_path / "backups", MONDAY_MORNING)
    assert found(instance) == found(tmp_path / "backups") == []

    later = MONDAY_MORNING + timedelta(days=31)
    with opened() as session:
        deadlines.tick(session, later)
        purging.purge(session, later, clock_is_right=True)
        session.commit()
    deliver(later)
    erasing.shred(engine)
    back_up(settings, tmp_path / "backups", later)
    assert found(instance) == found(tmp_path / "backups") == []
    assert not [record for record in caplog.records if "zqplant" in record.getMessage()]


@pytest.mark.control("C23")
def test_the_person_s_address_stands_only_in_the_mail_she_asked_for(
    instance: Path, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    app = make_app(instance)
    settings = settings_for(instance)
    settings.keys.make()
    engine = app.extensions["guide"].engine
    with Session(writing(engine), info=dict(settings.session_info)) as session:
        service = session.query(Service).filter(Service.key == "caba-jette").one()
        service.accepts_relay, service.relay_email = True, "relais@maison.example"
        worker = make_account(session, "social_worker", "viva-jette")
        new = sending.NewReferral(service, worker, CONTENT, "faim")
        sending.send(session, new, consent(MONDAY_MORNING), MONDAY_MORNING, copy_by_mail=True)
        session.commit()
    back_up(settings, tmp_path / "backups", MONDAY_MORNING)
    assert found(instance) == found(tmp_path / "backups") == [], "it waits sealed"
    box = mail.Folder(instance / "mail")
    mail.send_all(
        engine, box, "guide@jette.example", "https://g.example", lambda: MONDAY_MORNING, settings.secret_key
    )
    assert {Path(name).parent.name for name, _ in found(instance)} == {"mail"}
