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
from tests.editing.conftest import NOW, House, make_account

SECRET = "la porte bleue"
ADDRESS = "lectrice@lecture.example"


def sent(house: House, part: str = "phone", words: str = SECRET, address: str | None = None, **values):
    remark = Remark(part, words, address, values.get("language", "fr"))
    return report(house.session, house.service, remark, values.get("now", NOW))


def mails(house: House, kind: str = "error_reported") -> list[Mail]:
    return list(house.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def test_a_report_is_kept_and_told_to_the_editors_and_the_coordinator(house: House, another_editor) -> None:
    second = another_editor()
    made = sent(house, "hours", address=ADDRESS)
    assert (made.part, made.words, made.address, made.closed_at) == ("hours", SECRET, ADDRESS, None)
    assert {mail.account_id for mail in mails(house)} == {
        house.editor.id,
        second.id,
        house.coordinator.id,
    }


def test_no_mail_carries_what_the_visitor_wrote_or_her_address(house: House) -> None:
    sent(house, address=ADDRESS)
    rows = house.session.execute(text("SELECT * FROM mail")).all()
    assert rows
    assert SECRET not in str(rows)
    assert ADDRESS not in str(rows)
    audited = house.session.execute(text("SELECT * FROM audit_entry")).all()
    assert SECRET not in str(audited)
    assert ADDRESS not in str(audited)


def test_each_is_told_in_her_language(house: House) -> None:
    house.coordinator.language = "nl"
    house.service.name = factories.both("soupe")
    sent(house)
    assert {(mail.language, mail.content["name"]) for mail in mails(house)} == {
        ("fr", "soupe"),
        ("nl", "soupe nl"),
    }


def test_strangers_and_disabled_accounts_are_not_told(house: House) -> None:
    elsewhere = factories.organization()
    house.session.add_all(
        [
            make_account(Role.EDITOR, elsewhere),
            make_account(Role.EDITOR, house.organization, state=AccountState.DISABLED),
            make_account(Role.EDITOR, house.organization, state=AccountState.INVITED),
            make_account(Role.SOCIAL_WORKER, house.organization),
        ]
    )
    house.session.flush()
    assert responsible(house.session, house.service) == [house.editor, house.coordinator]


def test_without_a_coordinator_the_administrators_are_told(house: House) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    house.session.add(administrator)
    house.session.flush()
    assert administrator not in responsible(house.session, house.service)
    house.coordinator.state = AccountState.DISABLED
    house.session.flush()
    assert responsible(house.session, house.service) == [house.editor, administrator]


def test_a_second_report_of_the_day_is_listed_and_not_mailed(house: House) -> None:
    sent(house)
    sent(house, "hours", now=NOW + timedelta(hours=5))
    assert len(mails(house)) == 2
    assert len(open_reports(house.session, house.editor)) == 2
    sent(house, "text", now=NOW + timedelta(hours=30))
    assert len(mails(house)) == 4


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
def test_a_private_number_is_refused_before_anything_is_stored(house: House, words, address, kind) -> None:
    with pytest.raises(PrivateNumberError) as refused:
        sent(house, words=words, address=address)
    assert refused.value.kind == kind
    assert house.session.scalars(select(ErrorReport)).all() == []
    assert mails(house) == []
    assert house.session.scalars(select(AuditEntry)).all() == []


def test_a_part_that_is_none_of_ours_and_words_without_end_are_refused(house: House) -> None:
    for part, words in (("name", ""), ("phone", "x" * (LONGEST + 1))):
        with pytest.raises(ValueError, match="not a report"):
            sent(house, part, words)
    assert [sent(house, part, "x" * LONGEST).part for part in PARTS] == list(PARTS)


def test_an_editor_sees_the_reports_of_her_listings_the_coordinator_all_oldest_first(house: House) -> None:
    other = factories.service(organization=factories.organization())
    stranger = make_account(Role.EDITOR, other.organization)
    worker = make_account(Role.SOCIAL_WORKER, house.organization)
    house.session.add_all([other, stranger, worker])
    house.session.flush()
    later = sent(house, now=NOW + timedelta(hours=1))
    first = report(house.session, other, Remark("text", "", None, "nl"), NOW)
    assert open_reports(house.session, house.coordinator) == [first, later]
    assert open_reports(house.session, house.coordinator, house.service) == [later]
    assert open_reports(house.session, house.editor) == [later]
    assert open_reports(house.session, stranger) == [first]
    assert open_reports(house.session, worker) == []
    assert find(house.session, stranger, later.id) is None
    assert find(house.session, house.editor, later.id) is later
    assert find(house.session, house.editor, 999) is None


@pytest.mark.parametrize("mended", [True, False])
def test_who_left_an_address_is_told_in_her_language_and_it_is_erased(house: House, mended: bool) -> None:
    house.service.name = factories.both("soupe")
    made = sent(house, address=ADDRESS, language="nl")
    assert close(house.session, made, mended, Edit(house.editor, NOW + timedelta(days=2)))
    (mail,) = mails(house, "report_closed")
    assert (mail.address, mail.language, mail.account_id) == (ADDRESS, "nl", None)
    assert mail.content == {"name": "soupe nl", "code": house.service.short_code, "mended": mended}
    assert (made.address, made.mended, made.closed_by_id) == (None, mended, house.editor.id)
    assert open_reports(house.session, house.editor) == []


def test_a_report_without_an_address_is_closed_without_a_mail(house: House) -> None:
    assert close(house.session, sent(house), mended=True, edit=Edit(house.coordinator, NOW))
    assert mails(house, "report_closed") == []


def test_a_report_is_closed_once(house: House) -> None:
    made = sent(house, address=ADDRESS)
    assert close(house.session, made, mended=True, edit=Edit(house.editor, NOW))
    assert not close(
        house.session, made, mended=False, edit=Edit(house.coordinator, NOW + timedelta(hours=1))
    )
    assert (made.mended, made.closed_by_id) == (True, house.editor.id)
    assert len(mails(house, "report_closed")) == 1


@pytest.mark.usefixtures("days_pass")
def test_an_address_nobody_answered_is_erased_after_half_a_year_the_report_stays(house: House) -> None:
    made = sent(house, address=ADDRESS)
    assert forget(house.session, NOW + timedelta(days=180)) == (0, 0)
    assert forget(house.session, NOW + timedelta(days=181)) == (1, 0)
    assert forget(house.session, NOW + timedelta(days=181)) == (0, 0)
    assert (made.address, made.words) == (None, SECRET)
    assert open_reports(house.session, house.editor) == [made]


@pytest.mark.usefixtures("days_pass")
def test_a_closed_report_is_deleted_after_a_year(house: House) -> None:
    close(house.session, sent(house), mended=True, edit=Edit(house.editor, NOW))
    waiting = sent(house)
    assert forget(house.session, NOW + timedelta(days=365)) == (0, 0)
    assert forget(house.session, NOW + timedelta(days=366)) == (0, 1)
    assert house.session.scalars(select(ErrorReport)).all() == [waiting]


def test_reporting_and_closing_are_audited(house: House) -> None:
    close(house.session, sent(house), mended=False, edit=Edit(house.editor, NOW))
    entries = house.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(entry.actor, entry.verb, entry.object, entry.detail) for entry in entries] == [
        ("visitor", "error_reported", "service:soupe", "phone"),
        (f"account:{house.editor.id}", "report_closed", "service:soupe", "not mended"),
    ]
