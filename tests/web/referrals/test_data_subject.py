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
from tests.web.referral_links import NEED_WORDS, PERSON_WORDS, PLACES, LinkSite
from tests.words import folded


@pytest.fixture
def link_site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, lang)


def bare(page: Page, path: str) -> tuple[int, str]:
    """A page without its own address and the token of its form."""
    html = page.html
    for words in path.split("/")[-2:]:
        html = html.replace(words, "X")
    return page.status, re.sub(r'name="_jeton" value="[^"]*"', "", html)


def test_what_another_click_erased_a_moment_ago_is_no_error(
    link_site: LinkSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding a row and holding it another process may have erased it."""

    def gone(*_: object) -> None:
        raise NoResultFound

    reference = link_site.send()
    client, mine = link_site.come_in(reference), PageClient(link_site.app)
    path = link_site.person_path(reference)
    visit, page = client.get(link_site.path(reference)), mine.get(path)
    usual = bare(mine.submit(mine.get(f"{path[:-1]}_"), "agreement"), f"{path[:-1]}_")
    monkeypatch.setattr(finding, "hold", gone)
    assert bare(mine.submit(page, "agreement"), path) == usual
    assert client.submit(visit, "read").status == 410


@pytest.mark.control("C5")
def test_the_person_withdraws_in_one_click_and_everything_is_gone_at_once(link_site: LinkSite) -> None:
    reference, kept = link_site.send(), link_site.send()
    client = link_site.come_in(reference)
    # Opened before its mail was sent: the service knows of it.
    link_site.read(client, reference, "open")
    # On a worker's computer: a reading that her session begins must not keep the journal from being emptied.
    mine = someone(link_site.app, Role.SOCIAL_WORKER, "caba-jette")
    path = link_site.person_path(reference)
    page = mine.get(path)
    for words in (*PERSON_WORDS, *NEED_WORDS, "CABA", "Alpha"):
        assert words not in page.html
    assert link_site.referral(reference) is not None
    done = mine.submit(page, "agreement")
    assert done.status == 200
    assert link_site.referral(reference) is None
    assert link_site.referral(kept) is not None
    assert client.get(link_site.path(reference)).status == 410
    told = [*link_site.mails("referral_ended", reference), *link_site.mails("referral_news", reference)]
    assert [mail.content["what"] for mail in told] == ["withdrawn", "withdrawn"]
    assert set(told[0].content) == {"reference", "service", "what"}
    (entry,) = link_site.audited("referral_withdrawn")
    assert (entry.actor, entry.detail) == ("person", "person")
    # Not even in the journal of the database.
    key = f"{reference}".encode()
    with link_site.database() as session:
        assert session.scalars(select(Referral.reference)).all() == [kept]
    wal = link_site.instance / "guide.sqlite3-wal"
    assert not wal.exists() or key not in wal.read_bytes()


def test_every_code_gets_the_same_two_pages(link_site: LinkSite) -> None:
    good, gone, other = link_site.send(), link_site.send(), link_site.send()
    paths = {name: link_site.person_path(name) for name in (good, gone, other)}
    client = PageClient(link_site.app)
    client.submit(client.get(paths[gone]), "agreement")
    right = paths[good].rpartition("/")[2]
    prefix = PLACES["person"][link_site.lang]
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
    assert link_site.referral(good) is not None
    assert link_site.referral(other) is not None
    page = client.get(paths[good])
    looks.add(bare(page, paths[good]))
    dones.add(bare(client.submit(page, "agreement"), paths[good]))
    assert link_site.referral(good) is None
    assert [len(looks), len(dones)] == [1, 1]
    for each in (page, client.get(asked[1])):
        assert "no-store" in each.headers["Cache-Control"]
        assert each.headers["X-Robots-Tag"] == "noindex"


def test_what_has_ended_is_erased_too(link_site: LinkSite) -> None:
    reference = link_site.send()
    with link_site.database() as session:
        row = session.scalars(select(Referral)).one()
        answering.decline(session, row, "receiver:x", "full", "Complet", link_site.now)
        assert row.state is ReferralState.DECLINED
    client = PageClient(link_site.app)
    client.submit(client.get(link_site.person_path(reference)), "agreement")
    assert link_site.referral(reference) is None
    assert [entry.actor for entry in link_site.audited("referral_erased")] == ["person"]


def test_an_accepted_one_is_withdrawn_too(link_site: LinkSite) -> None:
    reference = link_site.send()
    with link_site.database() as session:
        row = session.scalars(select(Referral)).one()
        transition(session, row, Event.OPEN, Party.RECEIVER, link_site.now)
        answering.accept(session, row, "receiver:x", "Mardi", None, link_site.now)
    client = PageClient(link_site.app)
    client.submit(client.get(link_site.person_path(reference)), "agreement")
    assert link_site.referral(reference) is None


def test_a_place_that_tries_many_codes_waits(link_site: LinkSite) -> None:
    client = PageClient(link_site.app)
    page = client.get(f"{PLACES['person'][link_site.lang]}JR-2026-AAAAA/rien")
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
