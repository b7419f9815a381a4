"""The coordinator's figures of the fiche-relais: counts, none below five, none found by taking away, and no row."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from guide.languages import Language
from guide.model import PaperReferralCount, ReferralState, Role, Service
from guide.model.referrals import ReferralStep, ReferralTrace
from guide.referrals import counting, sending
from guide.referrals.counting import Hidden
from tests.pages import Page
from tests.people import someone
from tests.web.referral_links import NEED_WORDS, PERSON_WORDS, LinkSite

PATHS: dict[Language, str] = {"fr": "/fr/moderation/fiches-relais", "nl": "/nl/moderatie/doorverwijzingen"}
YEAR: dict[Language, str] = {"fr": "annee", "nl": "jaar"}


@pytest.fixture
def link_site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, lang)


def trace(
    link_site: LinkSite,
    key: str,
    theme: str,
    many: int,
    *more: ReferralState,
    year: int = 2026,
    **values: str,
) -> None:
    """So many traces of referrals to this service, sent in a week of this year."""
    with link_site.database() as session:
        service = session.scalars(select(Service).where(Service.key == key)).one()
        for _ in range(many):
            steps = [
                ReferralStep(state=state, week=date(year, 3, 2)) for state in (ReferralState.SENT, *more)
            ]
            session.add(ReferralTrace(service_id=service.id, theme=theme, steps=steps, **values))


def cells(page: Page, table: str) -> dict[str, list[str]]:
    """The lines of a table of the page: label → figures."""
    part = page.html.partition(f'<caption class="vh">{table}</caption>')[2].partition("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', part, flags=re.S)
    return {label: re.findall(r"<td[^>]*>(.*?)</td>", rest) for label, rest in rows}


def test_the_figures_of_a_year_per_theme_service_action_outcome_and_reason(link_site: LinkSite) -> None:
    trace(link_site, "caba-jette", "faim", 12, ReferralState.ACCEPTED, ReferralState.CLOSED, outcome="met")
    trace(link_site, "viva-jette", "logement", 9, ReferralState.DECLINED, reason="full")
    trace(link_site, "viva-jette", "dettes", 7, year=2025)
    trace(link_site, "viva-jette", "dettes", 3)
    boss = someone(link_site.app, Role.COORDINATOR)
    page = boss.get(PATHS[link_site.lang])
    small = link_site.say("&lt; 5", "minder dan 5")
    themes = cells(page, link_site.say("Par thème", "Per thema"))
    assert themes[link_site.say("J’ai faim", "Ik heb honger")][:2] == ["12", "12"]
    assert small in themes[link_site.say("J’ai des dettes", "Ik heb schulden")]
    assert cells(page, link_site.say("Par service", "Per dienst"))["CABA Jette"] == ["12", "12", small, "12"]
    assert cells(page, link_site.say("Par action du plan", "Per actie van het plan"))
    before = boss.get(f"{PATHS[link_site.lang]}?{YEAR[link_site.lang]}=2025")
    assert (
        cells(before, link_site.say("Par thème", "Per thema"))[
            link_site.say("J’ai des dettes", "Ik heb schulden")
        ][0]
        == "7"
    )
    assert boss.get(f"{PATHS[link_site.lang]}?{YEAR[link_site.lang]}=abc").status == 404
    assert boss.get(f"{PATHS[link_site.lang]}?{YEAR[link_site.lang]}=2019").status == 200
    assert PATHS[link_site.lang] in boss.get(link_site.say("/fr/moderation/", "/nl/moderatie/")).links()


def test_the_table_for_a_spreadsheet_says_the_same(link_site: LinkSite) -> None:
    trace(link_site, "caba-jette", "faim", 12, ReferralState.ACCEPTED)
    trace(link_site, "viva-jette", "dettes", 3)
    boss = someone(link_site.app, Role.COORDINATOR)
    answer = boss.http.get(f"{PATHS[link_site.lang]}.csv?{YEAR[link_site.lang]}=2026")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    lines = answer.get_data(as_text=True).splitlines()
    assert (
        f"2026;{link_site.say('Par service', 'Per dienst')};VIVA! Jette" not in answer.text
        or ";3;" not in answer.text
    )
    assert not [line for line in lines if re.search(r";[1-4](;|$)", line)]
    assert any(link_site.say("< 5", "minder dan 5") in line for line in lines)


def test_emergencies_are_listed_by_day_and_service_and_nothing_else(link_site: LinkSite) -> None:
    link_site.send(motive="Danger motivé")
    boss = someone(link_site.app, Role.ADMINISTRATOR)
    page = boss.get(PATHS[link_site.lang])
    assert link_site.say("23 novembre 2026", "23 november 2026") in page.words
    for words in (*PERSON_WORDS, *NEED_WORDS, "motivé", "JR-2026", "Alpha"):
        assert words not in page.html


def test_an_emergency_that_was_withdrawn_is_still_counted(link_site: LinkSite) -> None:
    reference = link_site.send(motive="Danger motivé")
    with link_site.database() as session:
        for row in session.scalars(select(sending.Referral)).all():
            sending.take_back(session, row, link_site.now)
    assert link_site.referral(reference) is None
    page = someone(link_site.app, Role.COORDINATOR).get(PATHS[link_site.lang])
    assert link_site.say("1 envoi cette année", "1 keer dit jaar") in page.words
    with link_site.database() as session:
        assert counting.figures(session, 2026).emergencies == []
        assert counting.figures(session, 2025).emergencies_in_all == 0


def test_sheets_of_paper_are_counted_by_service_and_year_and_none_below_five(link_site: LinkSite) -> None:
    with link_site.database() as session:
        for key, month, many in (
            ("caba-jette", "2026-03", 4),
            ("caba-jette", "2026-11", 8),
            ("viva-jette", "2026-11", 9),
            ("cpas-jette", "2026-11", 2),
            ("caba-jette", "2024-12", 3),
        ):
            service = session.scalars(select(Service).where(Service.key == key)).one()
            session.add(PaperReferralCount(service_id=service.id, month=month, count=many))
    boss = someone(link_site.app, Role.COORDINATOR)
    page = boss.get(PATHS[link_site.lang])
    rows = cells(page, link_site.say("Sur papier, par service", "Op papier, per dienst"))
    assert rows["CABA Jette"] == ["12"]
    assert sorted(words for (words,) in rows.values()) != ["12", "2", "9"]
    assert ["2"] not in rows.values()
    before = boss.get(f"{PATHS[link_site.lang]}?{YEAR[link_site.lang]}=2024")
    small = link_site.say("&lt; 5", "minder dan 5")
    assert cells(before, link_site.say("Sur papier, par service", "Op papier, per dienst")) == {
        "CABA Jette": [small]
    }
    assert f"{YEAR[link_site.lang]}=2024" in page.html
    lines = boss.http.get(f"{PATHS[link_site.lang]}.csv?{YEAR[link_site.lang]}=2026").get_data(as_text=True)
    assert link_site.say("Sur papier", "Op papier") in lines


def test_the_figures_stay_when_the_referral_is_erased(link_site: LinkSite) -> None:
    for _ in range(6):
        link_site.send()
    with link_site.database() as session:
        before = counting.figures(session, 2026)
        for row in session.scalars(select(sending.Referral)).all():
            sending.take_back(session, row, link_site.now)
    with link_site.database() as session:
        after = counting.figures(session, 2026)
        assert (before.total, after.total) == (6, 6)
        assert [row.sent for row in after.by_service] == [6]
        assert after.states == [("withdrawn", 6)]


def test_only_coordinators_and_administrators_see_them(link_site: LinkSite) -> None:
    for role in (Role.EDITOR, Role.SOCIAL_WORKER):
        outsider = someone(link_site.app, role, "caba-jette")
        assert outsider.get(PATHS[link_site.lang]).status == 403
        assert outsider.http.get(f"{PATHS[link_site.lang]}.csv").status_code == 403


# What a hidden figure must not tell


@pytest.mark.control("C34")
@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 9], [12, 9]),
        ([12, 4], [Hidden.BESIDE, Hidden.SMALL]),
        ([20, 12, 4], [20, Hidden.BESIDE, Hidden.SMALL]),
        ([20, 3, 4], [20, Hidden.SMALL, Hidden.SMALL]),
        ([20, 9, 1, 1], [20, Hidden.BESIDE, Hidden.SMALL, Hidden.SMALL]),
        ([20, 9, 4, 4], [20, Hidden.BESIDE, Hidden.SMALL, Hidden.SMALL]),
        ([], []),
        ([4], [Hidden.SMALL]),
        ([12, 0, 0], [12, Hidden.SMALL, Hidden.SMALL]),
        ([5], [5]),
    ],
)
def test_a_single_small_figure_takes_the_next_one_along(counts: list[int], shown: list[object]) -> None:
    assert counting.masked(counts, 1) == shown


def consistent(counts: tuple[int, ...], shown: list[object], least: int) -> Iterator[tuple[int, ...]]:
    """Every way to fill the hidden places that agrees with the total and with what the page says of each."""
    top = min((figure for figure in shown if not isinstance(figure, Hidden)), default=sum(counts))
    ranges = [
        range(least, 5)
        if figure is Hidden.SMALL
        else range(5, top + 1)
        if figure is Hidden.BESIDE
        else [figure]
        for figure in shown
    ]
    yield from (ways for ways in product(*ranges) if sum(ways) == sum(counts))  # type: ignore[arg-type]


@pytest.mark.control("C34")
@pytest.mark.parametrize("least", [0, 1])
def test_no_small_figure_follows_from_the_total_and_the_others(least: int) -> None:
    for counts in product(range(least, 9), repeat=3):
        shown = counting.masked(counts, least)
        assert not [figure for figure in shown if not isinstance(figure, Hidden) and figure < 5]
        ways = list(consistent(counts, shown, least))
        assert counts in ways
        hidden = [count for count, figure in zip(counts, shown, strict=True) if isinstance(figure, Hidden)]
        if len(hidden) == len(counts) or not any(hidden):
            continue  # nothing more can be hidden, or there is nobody to tell of
        for place, figure in enumerate(shown):
            if figure is Hidden.SMALL:
                assert len({way[place] for way in ways}) > 1, (counts, shown)


def test_an_action_does_not_give_away_the_one_service_that_is_hidden(link_site: LinkSite) -> None:
    with link_site.database() as session:
        found = counting._actions(session, set(session.scalars(select(Service.id))))
        services = {row.id: row for row in session.scalars(select(Service))}
        number = Counter(action for actions in found.values() for action in set(actions))
        action = next(one for one, many in number.most_common() if many >= 2)
        first, second = [services[key].key for key, actions in found.items() if action in actions][:2]
        reference = action.reference
    trace(link_site, first, "faim", 12)
    trace(link_site, second, "faim", 3)
    trace(link_site, "cpas-jette" if "cpas-jette" not in (first, second) else "caba-jette", "logement", 30)
    with link_site.database() as session:
        figures = counting.figures(session, 2026)
        row = next(row for row in figures.by_action if getattr(row.label, "reference", "") == reference)
        assert row.sent is Hidden.BESIDE
