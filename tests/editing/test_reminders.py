"""Reminders: once a month, in one mail, with what the public reads; the clock is passed in."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from guide.editing.reminders import (
    MOST_IN_FULL,
    ask_to_archive,
    due,
    first_working_wednesday,
    organizations_without_editor,
    remind,
    remind_now,
    send_again,
)
from guide.languages import Bilingual
from guide.model import (
    Account,
    AccountState,
    AuditEntry,
    Base,
    LinkPurpose,
    Mail,
    Membership,
    OneTimeLink,
    Proposal,
    ProposalState,
    Publication,
    Reminder,
    Role,
    Service,
    ServiceState,
)
from tests import factories
from tests.editing.conftest import NOW, Scenario, make_account
from tests.mails import content_of

TODAY = NOW.date()


def mails(scenario: Scenario) -> list[Mail]:
    return list(scenario.session.scalars(select(Mail).order_by(Mail.id)))


def listing(scenario: Scenario, assured: date | None = None, **values: Any) -> Service:
    made = factories.service(organization=scenario.organization, assured_date=assured, **values)
    scenario.session.add(made)
    scenario.session.flush()
    return made


def draft(scenario: Scenario, days: int, **values: Any) -> Proposal:
    made = Proposal(
        **{
            "organization_id": scenario.organization.id,
            "author_id": scenario.editor.id,
            "state": ProposalState.DRAFT,
            "base": {},
            "record": {"name": {"fr": "La douche"}},
            "created_at": NOW - timedelta(days=days),
            "changed_at": NOW - timedelta(days=days),
        }
        | values
    )
    scenario.session.add(made)
    scenario.session.flush()
    return made


def rows(scenario: Scenario) -> dict[str, int]:
    return {
        table.name: scenario.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize(
    ("day", "wednesday"),
    [
        (date(2026, 11, 23), date(2026, 11, 4)),
        (date(2026, 11, 1), date(2026, 11, 4)),
        (date(2025, 1, 20), date(2025, 1, 8)),  # 1 January 2025 is a Wednesday
        (date(2024, 5, 31), date(2024, 5, 8)),  # so is 1 May 2024
        (date(2028, 11, 2), date(2028, 11, 8)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 2, 28), date(2026, 2, 4)),
    ],
)
def test_reminders_begin_on_the_first_wednesday_people_work(day: date, wednesday: date) -> None:
    assert first_working_wednesday(day) == wednesday


@pytest.mark.parametrize(
    ("now", "written"),
    [
        (datetime(2026, 11, 3, 22, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 3, 23, 0, tzinfo=UTC), 1),  # midnight of the Wednesday in Jette
        (datetime(2026, 11, 4, 8, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), 0),  # December has begun, its Wednesday has not come
        (datetime(2025, 1, 7, 12, 0, tzinfo=UTC), 0),
    ],
)
def test_nothing_is_written_before_that_day(scenario: Scenario, now: datetime, written: int) -> None:
    assert remind(scenario.session, now).mails == written
    assert len(mails(scenario)) == written


def test_a_second_run_in_the_month_changes_nothing(scenario: Scenario) -> None:
    assert remind(scenario.session, NOW).mails == 1
    scenario.session.commit()
    before = rows(scenario)
    for later in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=7)):
        assert remind(scenario.session, later).mails == 0
        scenario.session.commit()
        assert rows(scenario) == before


def test_the_next_month_asks_again_and_the_one_after_too(scenario: Scenario) -> None:
    for month in (11, 12):
        assert remind(scenario.session, datetime(2026, month, 20, 9, tzinfo=UTC)).mails == 1
    assert scenario.session.scalars(select(Reminder.month).order_by(Reminder.month)).all() == [
        "2026-11",
        "2026-12",
    ]


def test_the_note_and_the_mail_are_written_together_or_not_at_all(scenario: Scenario) -> None:
    remind(scenario.session, NOW)
    scenario.session.rollback()
    assert mails(scenario) == []
    assert scenario.session.scalars(select(Reminder)).all() == []
    assert remind(scenario.session, NOW).mails == 1


@pytest.mark.parametrize(
    ("assured", "interval", "asked"),
    [
        (None, 6, True),
        (date(2026, 5, 23), 6, False),
        (date(2026, 5, 22), 6, True),
        (date(2026, 8, 22), 3, True),
        (date(2026, 5, 22), 12, False),
        (date(2020, 1, 1), 12, True),
    ],
)
def test_a_listing_is_asked_about_once_its_interval_is_over(
    scenario: Scenario, assured: date | None, interval: int, asked: bool
) -> None:
    scenario.service.assured_date, scenario.service.review_interval_months = assured, interval
    scenario.session.flush()
    assert bool(due(scenario.session, TODAY)) is asked


@pytest.mark.parametrize(
    "values",
    [
        {"publication": Publication.DRAFT},
        {"publication": Publication.ARCHIVED},
        {"state": ServiceState.ENDED},
        {"organization": None},
    ],
)
def test_what_is_not_public_has_ended_or_belongs_to_nobody_is_not_asked_about(
    scenario: Scenario, values: dict[str, Any]
) -> None:
    for name, value in values.items():
        setattr(scenario.service, name, value)
    scenario.session.flush()
    assert due(scenario.session, TODAY) == []


def test_only_active_editors_of_the_organisation_are_asked(scenario: Scenario) -> None:
    second = make_account(Role.EDITOR, scenario.organization)
    scenario.session.add_all(
        [
            second,
            make_account(Role.EDITOR, scenario.organization, state=AccountState.DISABLED),
            make_account(Role.EDITOR, scenario.organization, state=AccountState.INVITED),
            make_account(Role.SOCIAL_WORKER, scenario.organization),
            make_account(Role.COORDINATOR),
            make_account(Role.EDITOR, factories.organization()),
        ]
    )
    scenario.session.flush()
    assert [waiting.account for waiting in due(scenario.session, TODAY)] == [scenario.editor, second]
    assert remind(scenario.session, NOW).mails == 2


def test_everything_that_waits_for_a_person_stands_in_one_mail_longest_waiting_first(
    scenario: Scenario,
) -> None:
    other = factories.organization()
    scenario.editor.memberships.append(Membership(organization=other))
    old = listing(scenario, date(2025, 1, 1))
    older = factories.service(organization=other, assured_date=date(2024, 1, 1))
    scenario.session.add(older)
    listing(scenario, TODAY)
    scenario.session.flush()
    assert remind(scenario.session, NOW).listings == 3
    (mail,) = mails(scenario)
    assert mail.account_id == scenario.editor.id
    names = [item["name"] for item in content_of(mail)["listings"]]
    assert names == [shown.name.fr for shown in (older, old, scenario.service)]


def test_at_most_five_listings_stand_there_in_full_the_others_are_named_with_their_link(
    scenario: Scenario,
) -> None:
    for _ in range(7):
        listing(scenario)
    remind(scenario.session, NOW)
    content = content_of(mails(scenario)[0])
    assert len(content["listings"]) == MOST_IN_FULL == 5
    assert len(content["others"]) == 3
    assert all({"name", "token", "assured"} == set(item) for item in content["others"])
    assert all("facts" in item for item in content["listings"])
    tokens = [item["token"] for item in (*content["listings"], *content["others"])]
    assert len(set(tokens)) == 8


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Soupe",
                "Un repas chaud.",
                "Téléphone",
                "02 422 46 11",
                "Du lundi au vendredi 9h – 17h",
                "rue de la Soupe 1, Jette",
                "La Maison",
                "1er janvier 2026",
            ),
        ),
        (
            "nl",
            (
                "Soep",
                "Een warme maaltijd.",
                "Telefoon",
                "02 422 46 11",
                "Maandag tot vrijdag 9 – 17 uur",
                "rue de la Soupe 1 nl, Jette nl",
                "Het Huis",
                "1 januari 2026",
            ),
        ),
    ],
)
def test_the_mail_holds_the_listing_itself_in_the_readers_language(
    scenario: Scenario, language: str, words: tuple[str, ...]
) -> None:
    scenario.editor.language = language
    scenario.service.assured_date = date(2026, 1, 1)
    scenario.service.name = Bilingual("Soupe", "Soep")
    scenario.service.schedules = [factories.slot()]
    scenario.service.phones = [factories.phone("02 422 46 11")]
    scenario.service.service_at_locations = [factories.location()]
    scenario.session.flush()
    remind(scenario.session, NOW)
    (mail,) = mails(scenario)
    assert mail.language == language
    told = json.dumps(content_of(mail)["listings"], ensure_ascii=False).replace("\u00a0", " ")
    assert [said for said in words if said not in told] == []


def test_each_link_is_bound_to_its_person_and_listing_for_thirty_days(scenario: Scenario) -> None:
    remind(scenario.session, NOW)
    (link,) = scenario.session.scalars(select(OneTimeLink)).all()
    assert (link.purpose, link.account_id, link.service_id) == (
        LinkPurpose.CONFIRM,
        scenario.editor.id,
        scenario.service.id,
    )
    assert link.expires_at == NOW + timedelta(days=30)
    assert content_of(mails(scenario)[0])["listings"][0]["token"] not in link.digest


@pytest.mark.parametrize(
    ("days", "state", "named"),
    [
        (8, ProposalState.DRAFT, True),
        (8, ProposalState.CORRECTION, True),
        (7, ProposalState.DRAFT, False),
        (30, ProposalState.WAITING, False),
        (30, ProposalState.ACCEPTED, False),
        (30, ProposalState.WITHDRAWN, False),
    ],
)
def test_a_draft_that_rests_for_more_than_a_week_is_named(
    scenario: Scenario, days: int, state: ProposalState, named: bool
) -> None:
    scenario.service.assured_date = TODAY
    draft(scenario, days, state=state)
    remind(scenario.session, NOW)
    assert [content_of(mail)["drafts"] for mail in mails(scenario)] == ([["La douche"]] if named else [])


def test_a_draft_of_a_listing_bears_its_name_and_one_without_a_name_none(scenario: Scenario) -> None:
    scenario.service.name = Bilingual("Soupe", "Soep")
    draft(scenario, 9, service_id=scenario.service.id, organization_id=None, record={})
    draft(scenario, 9, record={})
    remind(scenario.session, NOW)
    assert content_of(mails(scenario)[0])["drafts"] == ["Soupe", ""]


def test_an_organisation_with_listings_and_nobody_to_look_after_them_is_told_to_the_coordinator(
    scenario: Scenario,
) -> None:
    alone, empty = factories.organization(key="seule"), factories.organization(key="vide")
    disabled = make_account(Role.EDITOR, alone, state=AccountState.DISABLED)
    worker = make_account(Role.SOCIAL_WORKER, alone)
    scenario.session.add_all(
        [
            empty,
            disabled,
            worker,
            factories.service(organization=alone),
            factories.service(organization=empty, publication="archived"),
        ]
    )
    scenario.session.flush()
    assert organizations_without_editor(scenario.session) == [alone]
    assert remind(scenario.session, NOW).without_editor == [alone]
    scenario.editor.state = AccountState.DISABLED
    scenario.session.flush()
    assert organizations_without_editor(scenario.session) == [scenario.organization, alone]


def test_the_coordinator_is_asked_to_archive_and_nothing_is_archived(scenario: Scenario) -> None:
    scenario.service.assured_date = date(2025, 3, 22)
    scenario.session.flush()
    assert ask_to_archive(scenario.session, TODAY) == [scenario.service]
    assert remind(scenario.session, NOW).to_archive == [scenario.service]
    assert scenario.service.publication is Publication.PUBLISHED
    scenario.service.assured_date = date(2025, 3, 23)
    scenario.session.flush()
    assert ask_to_archive(scenario.session, TODAY) == []


def test_fresh_links_are_sent_to_an_active_editor_with_something_to_confirm(scenario: Scenario) -> None:
    scenario.editor.email = "lectrice@maison.example"
    scenario.session.flush()
    remind(scenario.session, NOW)
    assert send_again(scenario.session, " Lectrice@Maison.example ", NOW + timedelta(days=3))
    first, second = mails(scenario)
    assert (content_of(first)["asked_for"], content_of(second)["asked_for"]) == (False, True)
    assert second.account_id == scenario.editor.id
    tokens = {content_of(mail)["listings"][0]["token"] for mail in (first, second)}
    assert len(tokens) == 2


def test_nobody_else_gets_fresh_links(scenario: Scenario) -> None:
    def asked(account: Account) -> bool:
        return send_again(scenario.session, account.email, NOW)

    assert not send_again(scenario.session, "inconnue@ailleurs.example", NOW)
    assert not asked(scenario.coordinator)
    scenario.editor.state = AccountState.DISABLED
    scenario.session.flush()
    assert not asked(scenario.editor)
    scenario.editor.state, scenario.service.assured_date = AccountState.ACTIVE, TODAY
    scenario.session.flush()
    assert not asked(scenario.editor)
    assert mails(scenario) == []


@pytest.mark.control("C13")
def test_an_address_that_is_nobodys_leaves_no_trace(scenario: Scenario) -> None:
    before = rows(scenario)
    assert due(scenario.session, TODAY)
    assert not send_again(scenario.session, "inconnue@ailleurs.example", NOW)
    scenario.session.commit()
    assert rows(scenario) == before


def test_a_coordinator_reminds_now_and_nobody_twice_in_a_month(scenario: Scenario) -> None:
    alone, quiet = factories.organization(key="seule"), factories.organization(key="calme")
    scenario.session.add_all([alone, quiet, make_account(Role.EDITOR, quiet)])
    scenario.session.add(factories.service(organization=alone))
    scenario.session.add(factories.service(organization=quiet, assured_date=TODAY))
    scenario.session.flush()
    asked = [scenario.organization, alone, quiet]
    done = remind_now(scenario.session, asked, scenario.coordinator, NOW)
    assert (done.mails, done.already, done.alone, done.nothing) == (1, 0, 1, 1)
    [mail] = mails(scenario)
    assert (mail.kind, mail.account) == ("reminder", scenario.editor)
    entry = scenario.session.scalars(select(AuditEntry).where(AuditEntry.verb == "editor_reminded")).one()
    assert entry.object == "organization:maison"
    again = remind_now(scenario.session, asked, scenario.coordinator, NOW)
    assert (again.mails, again.already) == (0, 1)
    assert remind(scenario.session, NOW).mails == 0, "the month's own run leaves her in peace"
    assert len(mails(scenario)) == 1


def test_only_editors_of_the_chosen_organisations_are_reminded(scenario: Scenario) -> None:
    other = factories.organization(key="autre")
    scenario.session.add_all([other, make_account(Role.EDITOR, other), factories.service(organization=other)])
    scenario.session.flush()
    assert remind_now(scenario.session, [other], scenario.coordinator, NOW).mails == 1
    assert mails(scenario)[0].account is not scenario.editor
