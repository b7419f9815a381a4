"""Errors that visitors report: told to those who look after the listing, closed once, answered once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from guide.audit import Edit
from guide.editing.reports import (
    LONGEST,
    PARTS,
    PrivateNumberError,
    Remark,
    close,
    find,
    forget,
    open_reports,
    report,
    responsible,
)
from guide.model import AccountState, AuditEntry, ErrorReport, Mail, Role
from tests import factories
from tests.editing.conftest import NOW, Scenario, make_account

SECRET = "la porte bleue"
ADDRESS = "lectrice@lecture.example"


def sent(scenario: Scenario, part: str = "phone", words: str = SECRET, address: str | None = None, **values):
    remark = Remark(part, words, address, values.get("language", "fr"))
    return report(scenario.session, scenario.service, remark, values.get("now", NOW))


def mails(scenario: Scenario, kind: str = "error_reported") -> list[Mail]:
    return list(scenario.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def test_a_report_is_kept_and_told_to_the_editors_and_the_coordinator(
    scenario: Scenario, another_editor
) -> None:
    second = another_editor()
    made = sent(scenario, "hours", address=ADDRESS)
    assert (made.part, made.words, made.address, made.closed_at) == ("hours", SECRET, ADDRESS, None)
    assert {mail.account_id for mail in mails(scenario)} == {
        scenario.editor.id,
        second.id,
        scenario.coordinator.id,
    }


def test_no_mail_carries_what_the_visitor_wrote_or_her_address(scenario: Scenario) -> None:
    sent(scenario, address=ADDRESS)
    rows = scenario.session.execute(text("SELECT * FROM mail")).all()
    assert rows
    assert SECRET not in str(rows)
    assert ADDRESS not in str(rows)
    audited = scenario.session.execute(text("SELECT * FROM audit_entry")).all()
    assert SECRET not in str(audited)
    assert ADDRESS not in str(audited)


def test_each_is_told_in_her_language(scenario: Scenario) -> None:
    scenario.coordinator.language = "nl"
    scenario.service.name = factories.both("soupe")
    sent(scenario)
    assert {(mail.language, mail.content["name"]) for mail in mails(scenario)} == {
        ("fr", "soupe"),
        ("nl", "soupe nl"),
    }


def test_strangers_and_disabled_accounts_are_not_told(scenario: Scenario) -> None:
    elsewhere = factories.organization()
    scenario.session.add_all(
        [
            make_account(Role.EDITOR, elsewhere),
            make_account(Role.EDITOR, scenario.organization, state=AccountState.DISABLED),
            make_account(Role.EDITOR, scenario.organization, state=AccountState.INVITED),
            make_account(Role.SOCIAL_WORKER, scenario.organization),
        ]
    )
    scenario.session.flush()
    assert responsible(scenario.session, scenario.service) == [scenario.editor, scenario.coordinator]


def test_without_a_coordinator_the_administrators_are_told(scenario: Scenario) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    scenario.session.add(administrator)
    scenario.session.flush()
    assert administrator not in responsible(scenario.session, scenario.service)
    scenario.coordinator.state = AccountState.DISABLED
    scenario.session.flush()
    assert responsible(scenario.session, scenario.service) == [scenario.editor, administrator]


def test_a_second_report_of_the_day_is_listed_and_not_mailed(scenario: Scenario) -> None:
    sent(scenario)
    sent(scenario, "hours", now=NOW + timedelta(hours=5))
    assert len(mails(scenario)) == 2
    assert len(open_reports(scenario.session, scenario.editor)) == 2
    sent(scenario, "text", now=NOW + timedelta(hours=30))
    assert len(mails(scenario)) == 4


@pytest.mark.parametrize(
    ("words", "address", "kind"),
    [
        ("appelez 93.05.18-223.61", None, "national_number"),
        ("93051822361", None, "national_number"),
        ("payez sur BE68 5390 0754 7034", None, "bank_account"),
        ("payez sur BE68\u00a05390\u00a00754\u00a07034", None, "bank_account"),
        ("", "93051822361@lecture.example", "national_number"),
    ],
)
def test_a_private_number_is_refused_before_anything_is_stored(
    scenario: Scenario, words, address, kind
) -> None:
    with pytest.raises(PrivateNumberError) as refused:
        sent(scenario, words=words, address=address)
    assert refused.value.kind == kind
    assert scenario.session.scalars(select(ErrorReport)).all() == []
    assert mails(scenario) == []
    assert scenario.session.scalars(select(AuditEntry)).all() == []


def test_a_part_that_is_none_of_ours_and_words_without_end_are_refused(scenario: Scenario) -> None:
    for part, words in (("name", ""), ("phone", "x" * (LONGEST + 1))):
        with pytest.raises(ValueError, match="not a report"):
            sent(scenario, part, words)
    assert [sent(scenario, part, "x" * LONGEST).part for part in PARTS] == list(PARTS)


def test_an_editor_sees_the_reports_of_her_listings_the_coordinator_all_oldest_first(
    scenario: Scenario,
) -> None:
    other = factories.service(organization=factories.organization())
    stranger = make_account(Role.EDITOR, other.organization)
    worker = make_account(Role.SOCIAL_WORKER, scenario.organization)
    scenario.session.add_all([other, stranger, worker])
    scenario.session.flush()
    later = sent(scenario, now=NOW + timedelta(hours=1))
    first = report(scenario.session, other, Remark("text", "", None, "nl"), NOW)
    assert open_reports(scenario.session, scenario.coordinator) == [first, later]
    assert open_reports(scenario.session, scenario.coordinator, scenario.service) == [later]
    assert open_reports(scenario.session, scenario.editor) == [later]
    assert open_reports(scenario.session, stranger) == [first]
    assert open_reports(scenario.session, worker) == []
    assert find(scenario.session, stranger, later.id) is None
    assert find(scenario.session, scenario.editor, later.id) is later
    assert find(scenario.session, scenario.editor, 999) is None


@pytest.mark.parametrize("mended", [True, False])
def test_who_left_an_address_is_told_in_her_language_and_it_is_erased(
    scenario: Scenario, mended: bool
) -> None:
    scenario.service.name = factories.both("soupe")
    made = sent(scenario, address=ADDRESS, language="nl")
    assert close(scenario.session, made, mended, Edit(scenario.editor, NOW + timedelta(days=2)))
    (mail,) = mails(scenario, "report_closed")
    assert (mail.address, mail.language, mail.account_id) == (ADDRESS, "nl", None)
    assert mail.content == {"name": "soupe nl", "code": scenario.service.short_code, "mended": mended}
    assert (made.address, made.mended, made.closed_by_id) == (None, mended, scenario.editor.id)
    assert open_reports(scenario.session, scenario.editor) == []


def test_a_report_without_an_address_is_closed_without_a_mail(scenario: Scenario) -> None:
    assert close(scenario.session, sent(scenario), mended=True, edit=Edit(scenario.coordinator, NOW))
    assert mails(scenario, "report_closed") == []


def test_a_report_is_closed_once(scenario: Scenario) -> None:
    made = sent(scenario, address=ADDRESS)
    assert close(scenario.session, made, mended=True, edit=Edit(scenario.editor, NOW))
    assert not close(
        scenario.session, made, mended=False, edit=Edit(scenario.coordinator, NOW + timedelta(hours=1))
    )
    assert (made.mended, made.closed_by_id) == (True, scenario.editor.id)
    assert len(mails(scenario, "report_closed")) == 1


@pytest.mark.usefixtures("days_pass")
def test_an_address_nobody_answered_is_erased_after_half_a_year_the_report_stays(scenario: Scenario) -> None:
    made = sent(scenario, address=ADDRESS)
    assert forget(scenario.session, NOW + timedelta(days=180)) == (0, 0)
    assert forget(scenario.session, NOW + timedelta(days=181)) == (1, 0)
    assert forget(scenario.session, NOW + timedelta(days=181)) == (0, 0)
    assert (made.address, made.words) == (None, SECRET)
    assert open_reports(scenario.session, scenario.editor) == [made]


@pytest.mark.usefixtures("days_pass")
def test_a_closed_report_is_deleted_after_a_year(scenario: Scenario) -> None:
    close(scenario.session, sent(scenario), mended=True, edit=Edit(scenario.editor, NOW))
    waiting = sent(scenario)
    assert forget(scenario.session, NOW + timedelta(days=365)) == (0, 0)
    assert forget(scenario.session, NOW + timedelta(days=366)) == (0, 1)
    assert scenario.session.scalars(select(ErrorReport)).all() == [waiting]


def test_reporting_and_closing_are_audited(scenario: Scenario) -> None:
    close(scenario.session, sent(scenario), mended=False, edit=Edit(scenario.editor, NOW))
    entries = scenario.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(entry.actor, entry.verb, entry.object, entry.detail) for entry in entries] == [
        ("visitor", "error_reported", "service:soupe", "phone"),
        (f"account:{scenario.editor.id}", "report_closed", "service:soupe", "not mended"),
    ]
