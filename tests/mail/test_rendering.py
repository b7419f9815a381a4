"""What a mail says, and that nothing typed into it becomes a header, a receiver or another message."""

import ast
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, nodes
from sqlalchemy.orm import Session

from guide import mail, paths
from guide.languages import LANGUAGES
from guide.mail import rendering
from guide.mail.links import LINKS, address
from guide.model import PERSON_TO_CALL
from tests import factories
from tests.mail.conftest import NOW, RECEIVER, SENDER, SITE, TOKEN, a_mail

MAILS = paths.TEMPLATES / "mail"
KINDS = sorted(file.stem for file in MAILS.glob("*.txt") if not file.stem.startswith("_"))
CODE = sorted((Path(__file__).parents[2] / "guide").rglob("*.py"))

LISTING = {
    "name": "Soupe",
    "summary": "Un repas.",
    "facts": [["Où ?", ["Rue Léopold 1"]]],
    "assured": "1er mars 2026",
    "token": TOKEN,
}
CONTENT: dict[str, dict[str, Any]] = {
    "account_idle": {"until": "2026-12-24"},
    "address_changed": {},
    "address_code": {"code": "123456"},
    "error_reported": {"name": "Soupe", "part": "hours", "key": "soupe", "editor": True},
    "invitation": {"token": TOKEN, "organizations": ["La Marmite"], "role": "editor"},
    "link_refused": {
        "listing": "Soupe",
        "action": "Plan X, Faim 1",
        "answer": "Le plan parle d’autre chose.",
        "reference": "soupe",
    },
    "organization_added": {"organizations": ["La Marmite", "Le Pain"]},
    "password_changed": {},
    "password_reset": {"token": TOKEN},
    "reminder": {"listings": [LISTING], "others": [LISTING], "drafts": [None, "Pain"], "asked_for": False},
    "report_closed": {"name": "Soupe", "code": "abcde", "mended": True},
    "referral_agreement": {"reference": "JR-2026-7K3M9", "service": "Soupe", "token": TOKEN},
    "referral_code": {"reference": "JR-2026-7K3M9", "service": "Soupe", "code": "123456"},
    "referral_ended": {"reference": "JR-2026-7K3M9", "service": "Soupe", "what": "withdrawn"},
    "referral_news": {"reference": "JR-2026-7K3M9", "service": "Soupe", "what": "seen"},
    "referral_person": {"reference": "JR-2026-7K3M9", "service": "Soupe", "code": "c" * 32},
    "referral_received": {"reference": "JR-2026-7K3M9", "service": "Soupe", "token": TOKEN, "again": False},
    "referral_returned": {"count": 1},
    "referral_substitute": {"count": 1},
    "referral_unheld": {"reference": "JR-2026-7K3M9", "service": "Soupe", "what": "seen"},
    "referral_waiting": {"count": 1},
    "second_factor_changed": {"on": True},
    "second_factor_reset": {},
    "sign_in_link": {"token": TOKEN},
    **{
        f"proposal_{what}": {
            "listing": "Soupe",
            "reference": "soupe",
            "answer": "Bien.",
            "accepted": ["Heures"],
            "left": ["Prix"],
            "number": "12",
            "new": False,
        }
        for what in ("accepted", "partly", "refused", "correction")
    },
    "proposal_set_aside": {
        "listing": "Soupe",
        "why": "archived",
        "successor": "",
        "texts": ["En bref (français)"],
        "actions": ["Plan X, Faim 1"],
        "number": "12",
        "reference": "soupe",
    },
}
"""What each kind of mail is posted with."""

OTHERWISE: list[tuple[str, dict[str, Any]]] = [
    *(
        ("error_reported", {"part": part, "editor": False})
        for part in ("phone", "address", "text", "closed", "x")
    ),
    ("invitation", {"role": "social_worker"}),
    ("invitation", {"role": "coordinator", "organizations": []}),
    ("proposal_accepted", {"listing": "", "answer": "", "reference": "nouvelle-7", "accepted": []}),
    ("proposal_partly", {"answer": ""}),
    ("proposal_refused", {"answer": ""}),
    ("proposal_refused", {"new": True, "number": "", "reference": "nouvelle-7"}),
    ("proposal_set_aside", {"why": "merged", "successor": "Grande soupe", "texts": [], "number": ""}),
    ("proposal_set_aside", {"why": "rewritten", "actions": []}),
    ("link_refused", {"answer": ""}),
    ("reminder", {"listings": [], "others": []}),
    ("reminder", {"others": [], "drafts": [], "asked_for": True}),
    ("reminder", {"listings": [LISTING | {"assured": None, "facts": []}]}),
    ("referral_ended", {"what": "expired"}),
    ("referral_received", {"again": True}),
    *(
        (kind, {"what": what})
        for kind in ("referral_news", "referral_unheld")
        for what in (
            "under_study",
            "accepted",
            "accepted_beyond",
            "declined",
            "silent",
            "consent_ends",
            "consent_lapsed",
            "expired",
            "lapsed",
            "withdrawn",
        )
    ),
    *((kind, {"count": 3}) for kind in ("referral_returned", "referral_substitute", "referral_waiting")),
    ("report_closed", {"mended": False}),
    ("second_factor_changed", {"on": False}),
]
"""The other turns a mail can take."""


def made(kind: str = "sign_in_link", sender: str = SENDER, **values: Any) -> EmailMessage:
    row = a_mail(kind, **({"content": CONTENT[kind]} | values))
    return message_from_bytes(rendering.message(row, sender, SITE).as_bytes(), policy=default)  # type: ignore[return-value]


def names(template: str, function: str) -> set[str]:
    """The literals that a template gives to a function."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template)
    return {
        call.args[0].value  # type: ignore[attr-defined]
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == function
    }


def test_every_mail_that_is_posted_has_its_text() -> None:
    posted = {
        call.args[0].value
        for file in CODE
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in ("NewMail", "Notice")
        and isinstance(call.args[0], ast.Constant)
    }
    assert {"reminder", "invitation", "referral_news"} <= posted
    assert posted <= set(KINDS)


def test_every_text_has_an_example_here_and_every_example_its_text() -> None:
    assert set(CONTENT) == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "otherwise"), [*((kind, {}) for kind in KINDS), *OTHERWISE])
def test_every_mail_reads_well_in_both_languages(kind: str, otherwise: dict[str, Any], language: str) -> None:
    message = made(kind, language=language, content=CONTENT[kind] | otherwise)
    body = message.get_content()
    assert message["Content-Language"] == language
    assert 5 < len(message["Subject"]) <= 70
    assert not message["Subject"].startswith("Subject")
    assert not re.search(r"\{\{|\}\}|\{%|%\(|Undefined|None|&#|&amp;|\[\]", body)
    assert "\n\n\n" not in body
    assert not [line for line in body.splitlines() if line != "-- " and line != line.rstrip()]
    assert rendering.site_name(language) in body  # type: ignore[arg-type]
    for link in re.findall(r"https?://\S+", body):
        assert link.startswith((f"{SITE}/{language}/", f"{SITE}/s/"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_mails_about_one_referral_are_told_apart_by_their_subjects(language: str) -> None:
    """Each has its number and what happened; nothing of who, where or when."""
    turns: dict[str, list[dict[str, Any]]] = {}
    for kind, otherwise in [*((kind, {}) for kind in KINDS), *OTHERWISE]:
        if kind in ("referral_news", "referral_unheld", "referral_received", "referral_ended"):
            turns.setdefault(kind, []).append(CONTENT[kind] | otherwise)
    for kind, contents in turns.items():
        mails = {
            content.get("what", content.get("again")): made(kind, language=language, content=content)
            for content in contents
        }
        if kind == "referral_unheld":
            del mails["accepted_beyond"]  # who only reads that it waits is told no more than "accepted"
        subjects = [message["Subject"] for message in mails.values()]
        assert len(set(subjects)) == len(subjects)
        for subject in subjects:
            assert "JR-2026-7K3M9" in subject
            assert "Soupe" not in subject


def test_both_languages_are_different_texts() -> None:
    for kind in KINDS:
        assert made(kind, language="fr").get_content() != made(kind, language="nl").get_content()


def test_the_headers_say_who_writes_when_and_that_no_answer_is_expected_from_a_machine() -> None:
    message = made()
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["From"].addresses[0].display_name == "Guide social de Jette"
    assert message["To"] == RECEIVER
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<0123456789abcdef@jette.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert sorted(name.lower() for name in message) == [
        "auto-submitted", "content-language", "content-transfer-encoding", "content-type", "date", "from",
        "message-id", "mime-version", "subject", "to",
    ]  # fmt: skip


def test_the_same_row_is_the_same_message_each_time() -> None:
    twice = {rendering.message(a_mail(), SENDER, SITE).as_bytes() for _ in range(2)}
    assert len(twice) == 1


def test_what_goes_over_the_wire_is_short_lines_of_plain_signs() -> None:
    content = CONTENT["reminder"] | {"drafts": ["é" * 3000]}
    sent = rendering.message(a_mail("reminder", content=content), SENDER, SITE).as_bytes()
    assert sent.isascii()
    assert max(len(line) for line in sent.split(b"\r\n")) <= 78
    assert b"\n" not in sent.replace(b"\r\n", b"")
    assert "é" * 3000 in message_from_bytes(sent, policy=default).get_content()  # type: ignore[attr-defined]


def test_a_mail_says_whom_to_call_as_the_pages_do(session: Session) -> None:
    row = mail.post(session, mail.NewMail("password_changed", RECEIVER, language="nl"), NOW)
    assert "02 " not in rendering.text(row, SITE)[1]
    service = factories.service(key=PERSON_TO_CALL)
    service.phones = [factories.phone("02 422 46 11"), factories.phone("02 422 46 12")]
    for position, phone in enumerate(service.phones):
        phone.position = 1 - position
    session.add(service)
    session.flush()
    assert rendering.text(row, SITE)[1].rstrip().endswith("02 422 46 12.")


HOSTILE = [
    "a@b.example\r\nBcc: tous@pirate.example",
    "a@b.example\nBcc: tous@pirate.example",
    "a@b.example\rBcc: tous@pirate.example",
    "a@b.example\r\n\r\nautre corps",
    "a@b.example, tous@pirate.example",
    "a@b.example;tous@pirate.example",
    "<a@b.example> tous@pirate.example",
    "Nom <a@b.example>",
    "groupe:a@b.example;",
    '"a b"@b.example',
    '"a@pirate.example"@b.example',
    "a@b.example@pirate.example",
    "a@[127.0.0.1]",
    "a@b",
    "@b.example",
    "a@",
    "é@b.example",
    "a@b.example\x00",
    "a@b.example\u2028Bcc: tous@pirate.example",
    " a@b.example",
    "a@b.example ",
    "a" * 250 + "@b.example",
    "",
]


@pytest.mark.control("C23")
@pytest.mark.parametrize("evil", HOSTILE)
def test_no_address_brings_a_header_or_a_second_receiver(evil: str) -> None:
    with pytest.raises(rendering.InvalidAddressError):
        made(address=evil)
    with pytest.raises(rendering.InvalidAddressError):
        made(sender=evil)


@pytest.mark.parametrize(
    "good", ["a@b.example", "a.b+c_d-e@b-c.d.example", "o'neil@b.example", "A@B.EXAMPLE"]
)
def test_an_address_people_really_have_is_written_to(good: str) -> None:
    assert made(address=good)["To"].addresses[0].addr_spec == good


@given(st.text(st.sampled_from('ab@.,;:<>()[]"\\ \r\n\t\x00é=?') | st.characters(), max_size=40))
def test_whatever_is_typed_as_an_address_is_one_receiver_or_refused(typed: str) -> None:
    try:
        message = made(address=typed)
    except rendering.InvalidAddressError:
        return
    assert [found.addr_spec for found in message["To"].addresses] == [typed]
    assert message["Bcc"] is message["Cc"] is None


EVIL_WORDS = [
    "x\r\nBcc: tous@pirate.example",
    "x\nBcc: a@b.example\n\nautre corps",
    "x\rBcc: a@b.example",
    "x\u2028Bcc: a@b.example",
    "x\x85Bcc: a@b.example",
    "x\x00\x1b[2J",
    "=?utf-8?q?x=0D=0ABcc:_a@b.example?=",
    "=?utf-8?b?eA0KQmNjOiBhQGIuZXhhbXBsZQ==?=",
    "é" * 500 + "\r\nBcc: a@b.example",
]


@pytest.fixture
def speaking_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that puts what somebody wrote into its subject."""
    templates = Environment(
        loader=DictLoader(
            {"mail/spoken.txt": "Subject: À propos de {{ words }}\n\n{{ words }}\n", "mail/_end.txt": "-- "}
        )
    )
    monkeypatch.setattr(rendering, "_templates", lambda language: templates)


def spoken(words: str) -> EmailMessage:
    row = a_mail("spoken", content={"words": words})
    return message_from_bytes(rendering.message(row, SENDER, SITE).as_bytes(), policy=default)  # type: ignore[return-value]


def assert_harmless(message: EmailMessage) -> None:
    assert sorted(name.lower() for name in message) == sorted(name.lower() for name in set(message))
    assert message["Bcc"] is message["Cc"] is None
    assert message["To"] == RECEIVER
    assert message["Subject"].startswith("À propos de")
    assert message["Subject"].isprintable()
    assert not message.defects


@pytest.mark.usefixtures("speaking_subject")
@pytest.mark.parametrize("evil", EVIL_WORDS)
def test_what_stands_in_a_subject_stays_one_line(evil: str) -> None:
    assert_harmless(spoken(evil))


@pytest.mark.control("C23")
@pytest.mark.usefixtures("speaking_subject")
def test_whatever_is_written_into_a_subject_stays_there() -> None:
    @given(st.text(st.sampled_from("x \r\n\x00\x0b\x85\u2028=?é:") | st.characters(), max_size=200))
    def every(words: str) -> None:
        assert_harmless(spoken(words))

    every()


@pytest.mark.parametrize("evil", EVIL_WORDS)
@pytest.mark.parametrize("kind", ["report_closed", "invitation", "proposal_refused"])
def test_what_stands_in_a_text_stays_in_the_text(kind: str, evil: str) -> None:
    content = {
        key: evil
        if isinstance(value, str) and key != "role"
        else [evil]
        if isinstance(value, list)
        else value
        for key, value in CONTENT[kind].items()
    }
    message = made(kind, content=content)
    assert message["Bcc"] is None
    assert message["To"] == RECEIVER
    assert not message.is_multipart()
    assert not set("\x00\x1b\x85") & set(message.get_content())


def test_content_cannot_stand_in_for_the_frame() -> None:
    body = made(content={"token": TOKEN, "link": "x", "site_name": "Pirate", "language": "nl"}).get_content()
    assert "Pirate" not in body
    assert f"{SITE}/fr/lien/{TOKEN}" in body


def test_a_value_in_a_link_stays_one_part_of_the_path() -> None:
    assert (
        address(SITE, "confirm", "fr", token="a/../b?c#d\n") == f"{SITE}/fr/confirmer/a%2F..%2Fb%3Fc%23d%0A"
    )


@pytest.mark.control("C23")
def test_texts_link_only_to_what_is_listed_and_everything_listed_is_linked() -> None:
    linked = set().union(
        *(names((MAILS / f"{kind}.txt").read_text(encoding="utf-8"), "link") for kind in KINDS)
    )
    assert linked <= set(LINKS)
