"""The person's own pages: one button for whatever code, everything gone at once, and plain words about her data."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from guide.directory.plain_language import easy
from guide.languages import Language
from guide.model import ReferralState, Role
from guide.model.referrals import Referral
from guide.referrals import answering, finding
from guide.referrals.life import Event, Party, transition
from tests.pages import Page, PageClient
from tests.people import someone
from tests.web.referral_links import NEED_WORDS, PERSON_WORDS, PLACES, Relay
from tests.words import folded


@pytest.fixture
def relay(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Relay:
    return Relay(instance, make_app, lang)


def bare(page: Page, path: str) -> tuple[int, str]:
    """A page without its own address and the token of its form."""
    html = page.html
    for words in path.split("/")[-2:]:
        html = html.replace(words, "X")
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", html)


def test_what_another_click_erased_a_moment_ago_is_no_error(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding a row and holding it another process may have erased it."""

    def gone(*_: object) -> None:
        raise NoResultFound

    reference = relay.send()
    client, mine = relay.come_in(reference), PageClient(relay.app)
    path = relay.person_path(reference)
    visit, page = client.get(relay.path(reference)), mine.get(path)
    usual = bare(mine.submit(mine.get(f"{path[:-1]}_"), "agreement"), f"{path[:-1]}_")
    monkeypatch.setattr(finding, "hold", gone)
    assert bare(mine.submit(page, "agreement"), path) == usual
    assert client.submit(visit, "read").status == 410


@pytest.mark.control("C5")
def test_the_person_withdraws_in_one_click_and_everything_is_gone_at_once(relay: Relay) -> None:
    reference, kept = relay.send(), relay.send()
    client = relay.come_in(reference)
    # Opened before its mail was sent: the service knows of it.
    relay.read(client, reference, "open")
    # On a worker's computer: a reading that her session begins must not keep the journal from being emptied.
    mine = someone(relay.app, Role.SOCIAL_WORKER, "caba-jette")
    path = relay.person_path(reference)
    page = mine.get(path)
    for words in (*PERSON_WORDS, *NEED_WORDS, "CABA", "Alpha"):
        assert words not in page.html
    assert relay.referral(reference) is not None
    done = mine.submit(page, "agreement")
    assert done.status == 200
    assert relay.referral(reference) is None
    assert relay.referral(kept) is not None
    assert client.get(relay.path(reference)).status == 410
    told = [*relay.mails("referral_ended", reference), *relay.mails("referral_news", reference)]
    assert [mail.content["what"] for mail in told] == ["withdrawn", "withdrawn"]
    assert set(told[0].content) == {"reference", "service", "what"}
    (entry,) = relay.audited("referral_withdrawn")
    assert (entry.actor, entry.detail) == ("person", "person")
    # Not even in the journal of the database.
    key = f"{reference}".encode()
    with relay.database() as session:
        assert session.scalars(select(Referral.reference)).all() == [kept]
    wal = relay.instance / "guide.sqlite3-wal"
    assert not wal.exists() or key not in wal.read_bytes()


def test_every_code_gets_the_same_two_pages(relay: Relay) -> None:
    good, gone, other = relay.send(), relay.send(), relay.send()
    paths = {name: relay.person_path(name) for name in (good, gone, other)}
    client = PageClient(relay.app)
    client.submit(client.get(paths[gone]), "agreement")
    right = paths[good].rpartition("/")[2]
    prefix = PLACES["person"][relay.lang]
    asked = [
        paths[gone],
        f"{prefix}{good}/{'0' * 32}",
        f"{prefix}{other}/{right}",
        f"{prefix}{good}/{right[:-1]}",
        f"{prefix}JR-2026-AAAAA/zzzzzz",
    ]
    looks, dones = set(), set()
    for path in asked:
        page = client.get(path)
        looks.add(bare(page, path))
        dones.add(bare(client.submit(page, "agreement"), path))
    assert relay.referral(good) is not None
    assert relay.referral(other) is not None
    page = client.get(paths[good])
    looks.add(bare(page, paths[good]))
    dones.add(bare(client.submit(page, "agreement"), paths[good]))
    assert relay.referral(good) is None
    assert [len(looks), len(dones)] == [1, 1]
    for each in (page, client.get(asked[1])):
        assert "no-store" in each.headers["Cache-Control"]
        assert each.headers["X-Robots-Tag"] == "noindex"


def test_what_has_ended_is_erased_too(relay: Relay) -> None:
    reference = relay.send()
    with relay.database() as session:
        row = session.scalars(select(Referral)).one()
        answering.decline(session, row, "receiver:x", "full", "Complet", relay.now)
        assert row.state is ReferralState.DECLINED
    client = PageClient(relay.app)
    client.submit(client.get(relay.person_path(reference)), "agreement")
    assert relay.referral(reference) is None
    assert [entry.actor for entry in relay.audited("referral_erased")] == ["person"]


def test_an_accepted_one_is_withdrawn_too(relay: Relay) -> None:
    reference = relay.send()
    with relay.database() as session:
        row = session.scalars(select(Referral)).one()
        transition(session, row, Event.OPEN, Party.RECEIVER, relay.now)
        answering.accept(session, row, "receiver:x", "Mardi", None, relay.now)
    client = PageClient(relay.app)
    client.submit(client.get(relay.person_path(reference)), "agreement")
    assert relay.referral(reference) is None


def test_a_place_that_tries_many_codes_waits(relay: Relay) -> None:
    client = PageClient(relay.app)
    page = client.get(f"{PLACES['person'][relay.lang]}JR-2026-AAAAA/rien")
    for _ in range(20):
        assert client.submit(page, "agreement").status == 200
    late = client.submit(page, "agreement")
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("lang", "privacy", "authority", "name"),
    [
        ("fr", "/fr/vie-privee", "www.autoriteprotectiondonnees.be", "Autorité de protection des données"),
        ("nl", "/nl/privacy", "www.gegevensbeschermingsautoriteit.be", "Gegevensbeschermingsautoriteit"),
    ],
)
def test_the_page_on_her_data_is_found_says_whom_to_complain_to_and_reads_easily(
    client: PageClient, lang: Language, privacy: str, authority: str, name: str
) -> None:
    path = PLACES["data"][lang]
    assert path in client.get(privacy).links()
    page = client.get(path)
    assert f"https://{authority}" in page.links()
    assert name in page.words
    assert "458" not in page.words
    for words in ("30", "180"):
        assert words in page.words
    main = page.html.partition("<main")[2].partition("</main>")[0]
    texts = re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", main, flags=re.S)
    words = [folded(re.sub(r"<[^>]+>", " ", text)) for text in texts if "<a " not in text]
    assert len(words) > 15
    hard = [text for text in words if not easy(text, lang)]
    assert not hard
    assert easy("\n".join(words), lang)
