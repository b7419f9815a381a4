"""The calendar of an organisation: who may write it, what it does, and that nobody's lines are lost."""

from typing import Any

import pytest
from sqlalchemy import select

from guide.directory import indexing
from guide.model import AuditEntry, Organization, PeriodKind, Role
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import ORGANIZATION
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import someone
from tests.web.desks import Desk

PATH = {"fr": "/fr/mon-association/calendrier/", "nl": "/nl/mijn-vereniging/kalender/"}
BRIDGE = {
    "closed-0-starts": "2027-05-07",
    "closed-0-reason_fr": "Pont de l’Ascension",
    "closed-0-reason_nl": "Brugdag",
}
SUMMER = {
    "short_hours-0-starts": "01/07/2027",
    "short_hours-0-ends": "31/08/2027",
    "short_hours-0-opens": "8h",
    "short_hours-0-closes": "13.30",
}
SCHOOL = {"school_holidays-0-starts": "2027-02-22", "school_holidays-0-ends": "2027-03-07"}


def address(desk: Desk, key: str = "") -> str:
    return f"{PATH[desk.lang]}{key or desk.key}"


def send(desk: Desk, client: PageClient | None = None, page: Page | None = None, **values: Any) -> Page:
    client = client or desk.editor
    return client.submit(page or client.get(address(desk)), "calendar", **values)


def calendar(desk: Desk) -> list[dict[str, Any]]:
    with desk.database() as session:
        found = session.scalars(select(Organization).where(Organization.key == desk.key)).one()
        return ORGANIZATION.write(found).get("calendar", [])


def typed(page: Page, name: str) -> list[str]:
    return form_values(page.html, "calendar")[1].get(name, [])


def test_an_editor_writes_the_year_once_and_it_counts_at_once(desk: Desk) -> None:
    with desk.database() as session:
        before = indexing.revision(session)
    assert send(desk, **BRIDGE, **SUMMER, **SCHOOL).status == 303
    assert calendar(desk) == [
        {"kind": "school_holidays", "starts": "2027-02-22", "ends": "2027-03-07"},
        {
            "kind": "closed",
            "starts": "2027-05-07",
            "ends": "2027-05-07",
            "reason": {"fr": "Pont de l’Ascension", "nl": "Brugdag"},
        },
        {
            "kind": "short_hours",
            "starts": "2027-07-01",
            "ends": "2027-08-31",
            "opens_at": "08:00",
            "closes_at": "13:30",
        },
    ]
    with desk.database() as session:
        assert indexing.revision(session) > before
        [entry] = session.query(AuditEntry).filter_by(verb="calendar_changed").all()
        assert (entry.object, entry.detail) == (
            f"organization:{desk.key}",
            "closed, school_holidays, short_hours",
        )
    # The journal says it in words.
    journal = {"fr": "/fr/moderation/journal", "nl": "/nl/moderatie/logboek"}[desk.lang]
    words = desk.coordinator().get(journal).words
    assert {"fr": "jours fermés, vacances scolaires, heures d’été", "nl": "gesloten dagen"}[
        desk.lang
    ] in words


def test_the_page_shows_what_it_holds_and_a_form_nobody_changed_changes_nothing(desk: Desk) -> None:
    send(desk, **BRIDGE, **SUMMER, **SCHOOL)
    before = calendar(desk)
    page = desk.editor.get(address(desk))
    assert typed(page, "closed-0-starts") == ["2027-05-07"]
    assert typed(page, "short_hours-0-opens") == [{"fr": "8h", "nl": "8u"}[desk.lang]]
    assert send(desk, page=page).status == 303
    assert calendar(desk) == before
    with desk.database() as session:
        assert session.query(AuditEntry).filter_by(verb="calendar_changed").count() == 1


def test_the_page_says_which_listings_it_bears_on(desk: Desk) -> None:
    page = desk.editor.get(address(desk))
    assert "CABA Jette" in page.words
    assert any(link.attributes["href"] == desk.path() for link in page.all("a"))
    sentence = {"fr": "toutes vos fiches sont fermées", "nl": "zijn al uw fiches gesloten"}
    assert sentence[desk.lang] in page.words


def test_an_emptied_line_goes_and_the_others_stay(desk: Desk) -> None:
    send(desk, **BRIDGE, **SCHOOL)
    assert send(desk, **dict.fromkeys(BRIDGE, "")).status == 303
    assert [one["kind"] for one in calendar(desk)] == ["school_holidays"]


def test_a_tick_takes_a_line_away(desk: Desk) -> None:
    send(desk, **BRIDGE, **SUMMER)
    assert send(desk, **{"short_hours-0-remove": "y"}).status == 303
    assert [one["kind"] for one in calendar(desk)] == ["closed"]


def test_periods_that_overlap_may_stand_together(desk: Desk) -> None:
    second = {"closed-1-starts": "2027-05-06", "closed-1-ends": "2027-05-09"}
    assert send(desk, **BRIDGE, **second).status == 303
    assert len(calendar(desk)) == 2


def test_what_is_over_is_folded_and_stays_when_the_calendar_changes(desk: Desk) -> None:
    with desk.database() as session:
        owner = session.scalars(select(Organization).where(Organization.key == desk.key)).one()
        old = {"kind": "closed", "starts": "2025-05-30", "ends": "2025-05-30"}
        ORGANIZATION.fill(
            owner,
            ORGANIZATION.canonical({**ORGANIZATION.write(owner), "calendar": [old]}),
            DatabaseLookup(session),
        )
    page = desk.editor.get(address(desk))
    assert typed(page, "closed-0-starts") == [""]
    assert {"fr": "30 mai 2025", "nl": "30 mei 2025"}[desk.lang] in page.words.replace("\u00a0", " ")
    assert send(desk, page=page, **BRIDGE).status == 303
    assert [one["starts"] for one in calendar(desk)] == ["2025-05-30", "2027-05-07"]


@pytest.mark.parametrize(
    ("values", "control"),
    [
        ({"closed-0-reason_fr": "Pont"}, "closed-0-starts"),
        ({"closed-0-starts": "le 7 mai"}, "closed-0-starts"),
        ({"closed-0-starts": "2020-05-07"}, "closed-0-starts"),
        ({"closed-0-starts": "2027-05-07", "closed-0-ends": "2027-05-06"}, "closed-0-ends"),
        (
            {"closed-0-starts": "2027-05-07", "closed-0-reason_fr": "BE71 0961 2345 6769"},
            "closed-0-reason_fr",
        ),
        (SUMMER | {"short_hours-0-opens": ""}, "short_hours-0-opens"),
        (SUMMER | {"short_hours-0-closes": "7h"}, "short_hours-0-closes"),
        (SUMMER | {"short_hours-0-closes": "soir"}, "short_hours-0-closes"),
        (SUMMER | {"short_hours-0-ends": ""}, "short_hours-0-ends"),
        (SCHOOL | {"school_holidays-0-ends": ""}, "school_holidays-0-ends"),
        (
            SUMMER | {"short_hours-0-starts": "01/07/2207", "short_hours-0-ends": "31/08/2207"},
            "short_hours-0-ends",
        ),
        ({"closed-0-starts": "9999-12-31"}, "closed-0-starts"),
    ],
)
def test_what_is_to_mend_is_said_at_its_control_and_stays_typed(
    quiet_desk: Desk, values: dict[str, str], control: str
) -> None:
    page = send(quiet_desk, **values)
    assert page.status == 422
    assert f'href="#{control}"' in page.html
    for name, value in values.items():
        assert typed(page, name) == [value]
    assert calendar(quiet_desk) == []


@pytest.mark.control("C33")
def test_of_two_who_change_the_same_kind_the_second_gets_both_and_loses_nothing(desk: Desk) -> None:
    other = desk.another_editor()
    first, second = (client.get(address(desk)) for client in (desk.editor, other))
    assert send(desk, page=first, **BRIDGE).status == 303
    late = send(desk, other, second, **{"closed-0-starts": "2027-12-24", "closed-0-reason_fr": "Réveillon"})
    assert late.status == 422
    assert {"fr": "Pont de l’Ascension", "nl": "Brugdag"}[desk.lang] in late.words
    assert typed(late, "closed-0-reason_fr") == ["Réveillon"]
    assert len(calendar(desk)) == 1
    both = {name.replace("-0-", "-1-"): value for name, value in BRIDGE.items()}
    assert send(desk, other, late, **both).status == 303
    assert [one["starts"] for one in calendar(desk)] == ["2027-05-07", "2027-12-24"]


def test_two_who_change_different_kinds_both_keep_theirs(desk: Desk) -> None:
    other = desk.another_editor()
    first, second = (client.get(address(desk)) for client in (desk.editor, other))
    assert send(desk, page=first, **BRIDGE).status == 303
    assert send(desk, other, second, **SCHOOL).status == 303
    assert {one["kind"] for one in calendar(desk)} == {"closed", "school_holidays"}


@pytest.mark.parametrize("seen", ["", "of.nobody"])
def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(desk: Desk, seen: str) -> None:
    page = desk.editor.get(address(desk))
    send(desk, **BRIDGE)
    assert send(desk, page=page, vu=seen, **SCHOOL).status == 422
    assert [one["kind"] for one in calendar(desk)] == ["closed"]


def test_the_second_of_two_clicks_is_no_conflict(desk: Desk) -> None:
    page = desk.editor.get(address(desk))
    assert [send(desk, page=page, **BRIDGE).status for _click in range(2)] == [303, 303]


def test_summer_hours_of_one_day_say_both_days_and_are_shown_so(desk: Desk) -> None:
    page = send(desk, **SUMMER | {"short_hours-0-ends": ""})
    sentence = {"fr": "Écrivez aussi le dernier jour.", "nl": "Schrijf ook de laatste dag."}
    assert sentence[desk.lang] in page.words
    day = SUMMER["short_hours-0-starts"]
    assert send(desk, page=page, **{"short_hours-0-ends": day}).status == 303
    assert [(one["starts"], one["ends"]) for one in calendar(desk)] == [("2027-07-01", "2027-07-01")]
    assert typed(desk.editor.get(address(desk)), "short_hours-0-ends") == ["2027-07-01"]
    assert send(desk, **BRIDGE).status == 303
    assert len(calendar(desk)) == 2


def test_more_lines_than_the_calendar_takes_are_refused_and_none_is_saved(desk: Desk) -> None:
    many = {f"closed-{line}-starts": "2027-05-07" for line in range(100)}
    page = send(desk, **many)
    assert page.status == 422
    assert 'href="#closed-error"' in page.html
    assert 'id="closed-error"' in page.html
    sentence = {
        "fr": "Ce formulaire prend 30 lignes au plus.",
        "nl": "In dit formulier passen hoogstens 30 regels.",
    }
    assert sentence[desk.lang] in page.words
    assert typed(page, "closed-29-starts") == ["2027-05-07"]
    assert calendar(desk) == []
    # The page offers no line that would not be taken.
    assert 'value="closed"' not in page.html
    assert send(desk, page=page).status == 303
    assert len(calendar(desk)) == 30


def test_more_lines_are_given_without_a_script_and_nothing_is_saved(desk: Desk) -> None:
    page = desk.editor.submit(desk.editor.get(address(desk)), "calendar", button="_encore=closed", **BRIDGE)
    assert page.status == 200
    assert typed(page, "closed-3-starts") == [""]
    assert typed(page, "closed-0-starts") == ["2027-05-07"]
    assert calendar(desk) == []
    strange = desk.editor.submit(page, "calendar", button="_encore=periods")
    assert (strange.status, calendar(desk)) == (200, [])


def test_the_other_language_keeps_what_was_typed(desk: Desk) -> None:
    page = desk.editor.get(address(desk))
    values = form_values(page.html, "calendar")[1] | {"closed-0-starts": ["2027-05-07"]}
    values["_langue"] = ["1"]
    lang = "nl" if desk.lang == "fr" else "fr"
    values["_jeton"] = form_values(page.html, "calendar")[1]["_jeton"]
    switch = next(b for b in page.all("button") if b.attributes.get("name") == "_langue")
    answer = desk.editor.http.post(switch.attributes["formaction"], data=values)
    assert answer.status_code == 200
    assert answer.request.path == PATH[lang] + desk.key
    assert form_values(answer.get_data(as_text=True), "calendar")[1]["closed-0-starts"] == ["2027-05-07"]
    assert calendar(desk) == []


def test_it_is_found_from_the_desk_the_hours_and_the_coordinators_page(desk: Desk) -> None:
    boss = desk.coordinator()
    organization = {"fr": "/fr/moderation/organismes/", "nl": "/nl/moderatie/organisaties/"}[desk.lang]
    for client, path in (
        (desk.editor, desk.index),
        (desk.editor, desk.path("hours")),
        (boss, desk.path("hours")),
        (boss, organization + desk.key),
    ):
        links = [link.attributes["href"] for link in client.get(path).all("a")]
        assert address(desk) in links, path


# What the coordinators see of it


LIVE = {"fr": "/fr/moderation/en-ligne", "nl": "/nl/moderatie/online"}
REASON = {
    "closed-0-starts": "2027-05-07",
    "closed-0-reason_fr": "Appelez l’accueil",
    "closed-0-reason_nl": "Bel",
}


def waiting_count(desk: Desk, boss: PageClient) -> int:
    page = boss.get({"fr": "/fr/moderation/", "nl": "/nl/moderatie/"}[desk.lang])
    [count] = [link.text for link in page.all("a") if link.attributes["href"] == LIVE[desk.lang]]
    return int("".join(filter(str.isdigit, count)))


def test_a_coordinator_reads_what_an_editor_wrote_in_a_calendar_until_she_has_seen_it(desk: Desk) -> None:
    boss = desk.coordinator()
    assert waiting_count(desk, boss) == 0
    send(desk, **REASON)
    assert waiting_count(desk, boss) == 1
    page = boss.get(LIVE[desk.lang])
    assert {"fr": "Appelez l’accueil", "nl": "Bel"}[desk.lang] in page.words
    assert address(desk) in page.links()
    tables = {"fr": "/fr/moderation/tableaux/en-ligne.csv", "nl": "/nl/moderatie/tabellen/online.csv"}
    table = boss.http.get(tables[desk.lang]).get_data(as_text=True)
    assert {"fr": "Calendrier", "nl": "Kalender"}[desk.lang] in table
    done = boss.submit(page, "live")
    assert done.headers["Location"].endswith("fait=1")
    assert waiting_count(desk, boss) == 0
    assert address(desk) not in boss.get(LIVE[desk.lang]).links()
    # The second of two clicks finds nothing left to do.
    assert boss.submit(page, "live").headers["Location"].endswith("fait=0")


def test_a_calendar_that_changed_while_it_was_read_stays_to_be_seen(desk: Desk) -> None:
    boss = desk.coordinator()
    send(desk, **REASON)
    page = boss.get(LIVE[desk.lang])
    send(desk, **SCHOOL)
    assert boss.submit(page, "live").headers["Location"].endswith("fait=0")
    assert waiting_count(desk, boss) == 1
    # One that is emptied is a change too.
    send(desk, **dict.fromkeys([*REASON, *SCHOOL], ""))
    sentence = {"fr": "Il n’y a plus de jour à venir", "nl": "staan geen dagen meer"}[desk.lang]
    assert sentence in boss.get(LIVE[desk.lang]).words


def test_what_a_coordinator_writes_in_a_calendar_is_not_shown_to_her_to_read(desk: Desk) -> None:
    boss = desk.coordinator()
    send(desk, boss, **REASON)
    assert waiting_count(desk, boss) == 0


def test_the_editor_is_told_that_it_is_public_at_once_and_read_afterwards(quiet_desk: Desk) -> None:
    words = quiet_desk.editor.get(address(quiet_desk)).words
    assert {"fr": "La coordination le relit ensuite", "nl": "De coördinatie kijkt het daarna na"}[
        quiet_desk.lang
    ] in words


# Who may


def test_a_coordinator_writes_the_calendar_of_any_organisation(desk: Desk) -> None:
    assert send(desk, desk.coordinator(), **BRIDGE).status == 303
    assert len(calendar(desk)) == 1


def test_an_editor_of_another_organisation_finds_no_such_page(quiet_desk: Desk) -> None:
    stranger = someone(quiet_desk.app, Role.EDITOR, "cpas-jette")
    assert stranger.get(address(quiet_desk)).status == 404
    own = stranger.get(address(quiet_desk, "cpas-jette"))
    _target, values = form_values(own.html, "calendar")
    token = form_values(quiet_desk.editor.get(address(quiet_desk)).html, "calendar")[1]
    for form in (values, token):
        assert stranger.http.post(address(quiet_desk), data=form).status_code in (400, 403, 404)
    assert calendar(quiet_desk) == []
    assert stranger.get(address(quiet_desk, "nobody")).status == 404


def test_social_workers_and_strangers_do_not_come_in(quiet_desk: Desk) -> None:
    worker = someone(quiet_desk.app, Role.SOCIAL_WORKER, quiet_desk.key)
    assert worker.get(address(quiet_desk)).status in (403, 404)
    assert PageClient(quiet_desk.app).get(address(quiet_desk)).status in (302, 303)


def test_a_calendar_without_the_token_of_its_page_is_not_taken(quiet_desk: Desk) -> None:
    page = quiet_desk.editor.get(address(quiet_desk))
    assert send(quiet_desk, page=page, _jeton=None, **BRIDGE).status == 400
    assert calendar(quiet_desk) == []


def test_each_kind_of_period_has_a_place_in_the_form(quiet_desk: Desk) -> None:
    page = quiet_desk.editor.get(address(quiet_desk))
    for kind in PeriodKind:
        assert f'id="champ-{kind.value}"' in page.html


def test_what_was_typed_is_shown_again_to_who_was_signed_out_meanwhile(quiet_desk: Desk) -> None:
    target, values = form_values(quiet_desk.editor.get(address(quiet_desk)).html, "calendar")
    visitor = PageClient(quiet_desk.app)
    visitor.http.set_cookie("session", "ended")
    answer = visitor.post(target, data=values | {name: [value] for name, value in (BRIDGE | SUMMER).items()})
    assert answer.status == 401
    for words in ("Pont de l’Ascension", "13.30"):
        assert words in answer.words
    assert {"fr": "Calendrier de l’année", "nl": "Jaarkalender"}[quiet_desk.lang] in answer.words
