"""Sending: nothing is stored without an agreement that lacks nothing, and nothing that must not be stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text, update

from guide.model import AuditEntry, DeclineReason, Mail, MailReason, Outcome, ReferralState, Urgency
from guide.model.referrals import Referral, ReferralStep, ReferralTrace
from guide.referrals import answering, finding, reading, sealing, sending
from guide.referrals.content import Content, SealedSection, Sender
from guide.referrals.life import InvalidTransitionError, Party
from tests.referrals.conftest import CONTENT, NEED, NOW, PERSON, Scenario, consent


def rows(scenario: Scenario) -> dict[str, int]:
    with scenario.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in names}


def test_a_referral_is_sent_with_its_agreement_its_trace_and_its_mail(scenario: Scenario) -> None:
    referral = scenario.send()
    assert referral.state is ReferralState.SENT
    assert referral.reference.startswith("JR-2026-")
    assert len(referral.reference) == 13
    assert (referral.consent_way, referral.consent_language, referral.consent_copy) == ("oral", "fr", True)
    assert set(referral.consent_scope) == {
        "name", "contact", "phone", "mail", "safe", "request", "tried", "availability", "language",
    }  # fmt: skip
    assert [step.state for step in referral.trace.steps] == [ReferralState.SENT]
    (mail,) = scenario.mails()
    assert (mail["kind"], mail["address"]) == ("referral_received", scenario.bound.relay_email)
    assert set(mail) == {"kind", "address", "reference", "service", "token", "again"}
    verbs = [entry.verb for entry in scenario.session.scalars(select(AuditEntry))]
    assert verbs == ["referral_sent"]


@pytest.mark.control("C5")
@pytest.mark.parametrize(
    "lacking",
    [
        *({"conditions": tuple(place != lack for place in range(5))} for lack in range(5)),
        {"conditions": ()},
        {"day": NOW.date() + timedelta(days=1)},
        {"expires": NOW.date() - timedelta(days=1)},
        {"expires": NOW.date() + timedelta(days=91)},
    ],
)
def test_without_a_whole_agreement_nothing_is_stored(scenario: Scenario, lacking: dict[str, object]) -> None:
    before = rows(scenario)
    with pytest.raises(sending.ConsentMissingError):
        scenario.send(consent=consent(**lacking))
    scenario.session.rollback()
    assert rows(scenario) == before


@pytest.mark.control("C5")
def test_ninety_days_are_the_longest_agreement(scenario: Scenario) -> None:
    assert scenario.send(consent=consent(expires=NOW.date() + timedelta(days=90))).consent_expires is not None


@pytest.mark.control("C5")
def test_without_agreement_a_motive_is_needed_and_it_is_flagged(scenario: Scenario) -> None:
    before = rows(scenario)
    with pytest.raises(sending.ConsentMissingError):
        scenario.send(consent=None, motive="   ")
    scenario.session.rollback()
    assert rows(scenario) == before
    referral = scenario.send(consent=None, motive="Danger grave et immédiat")
    assert referral.emergency
    assert (
        sealing.unseal(scenario.session, referral, SealedSection.MOTIVE).words == "Danger grave et immédiat"
    )
    assert scenario.session.scalars(select(AuditEntry.verb)).all() == ["referral_sent_in_emergency"]


@pytest.mark.control("C6")
@pytest.mark.parametrize("number", ["85.07.30-033.28", "85073003328", "BE71 0961 2345 6769"])
@pytest.mark.parametrize(
    "where",
    [("person", "name"), ("person", "safe"), ("person", "phone"), ("person", "mail"), ("need", "request"),
     ("need", "tried"), ("need", "availability"), ("need", "mobility"), ("sender", "worker")],
)  # fmt: skip
def test_a_national_number_or_a_bank_account_is_refused_wherever_it_stands(
    scenario: Scenario, where: tuple[str, str], number: str
) -> None:
    before = rows(scenario)
    part, field = where
    content = replace(CONTENT, **{part: replace(getattr(CONTENT, part), **{field: f"voir {number} merci"})})
    with pytest.raises(sending.RefusedTextError) as refused:
        scenario.send(content=content)
    assert refused.value.field == field
    with pytest.raises(sending.RefusedTextError):
        sending.keep_draft(
            scenario.session,
            sending.NewReferral(scenario.bound, scenario.worker, content, "faim", Urgency.NORMAL),
            NOW,
        )
    scenario.session.rollback()
    assert rows(scenario) == before


def test_a_motive_is_looked_at_too(scenario: Scenario) -> None:
    with pytest.raises(sending.RefusedTextError):
        scenario.send(consent=None, motive="85.07.30-033.28")


@pytest.mark.control("C6")
def test_a_receiver_not_bound_by_secrecy_is_told_no_need(scenario: Scenario) -> None:
    referral = scenario.send(scenario.loose)
    need = sealing.unseal(scenario.session, referral, SealedSection.NEED)
    assert (need.request, need.tried, need.availability, need.language) == ("", "", "", "fr")
    assert set(referral.consent_scope) == {"name", "contact", "phone", "mail", "safe", "language"}


@pytest.mark.parametrize(
    "changed",
    [{"accepts_relay": False}, {"relay_email": None}, {"publication": "archived"}, {"state": "ended"}],
)
def test_a_service_that_takes_none_gets_none(scenario: Scenario, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(scenario.bound, name, value)
    scenario.session.commit()
    with pytest.raises(sending.CannotReceiveError):
        scenario.send()


def test_the_person_gets_a_mail_only_where_she_asked_for_one_and_gave_an_address(scenario: Scenario) -> None:
    scenario.send()
    scenario.send(copy_by_mail=True, content=replace(CONTENT, person=replace(PERSON, contact=("phone",))))
    assert scenario.mails("referral_person") == []
    scenario.send(copy_by_mail=True)
    (mail,) = scenario.mails("referral_person")
    assert mail["address"] == PERSON.mail
    (row,) = scenario.session.scalars(select(Mail).where(Mail.kind == "referral_person"))
    assert (row.address, row.content) == (None, {})


def test_a_draft_is_sealed_and_becomes_the_referral(scenario: Scenario) -> None:
    draft = sending.keep_draft(
        scenario.session,
        sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", Urgency.NORMAL),
        NOW,
    )
    scenario.session.commit()
    assert (draft.state, scenario.count(ReferralTrace), scenario.mails()) == (ReferralState.DRAFT, 0, [])
    assert sealing.unseal(scenario.session, draft, SealedSection.NEED) == NEED
    sent = scenario.send(draft=draft, now=NOW + timedelta(days=1))
    assert (sent.id, sent.state) == (draft.id, ReferralState.SENT)
    assert scenario.count(Referral) == 1


def test_a_draft_is_thrown_away_at_once_and_a_sent_one_is_not(scenario: Scenario) -> None:
    draft = sending.keep_draft(
        scenario.session,
        sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", Urgency.NORMAL),
        NOW,
    )
    sending.drop_draft(scenario.session, draft, scenario.worker, NOW)
    scenario.session.commit()
    assert scenario.count(Referral) == 0
    with pytest.raises(InvalidTransitionError):
        sending.drop_draft(scenario.session, scenario.send(), scenario.worker, NOW)


@pytest.mark.control("C4")
@pytest.mark.parametrize("who", [Party.SENDER, Party.PERSON])
def test_a_withdrawal_leaves_the_trace_and_nothing_else(scenario: Scenario, who: Party) -> None:
    referral = scenario.send(copy_by_mail=True)
    uid, reference = referral.uid, referral.reference
    token = scenario.token()
    scenario.session.execute(update(Mail).where(Mail.kind == "referral_received").values(handed_at=NOW))
    sending.withdraw(scenario.session, referral, who, "account:1", NOW)
    scenario.session.commit()
    left = rows(scenario)
    assert [left[name] for name in left if name.startswith("referral_") and name not in _KEPT] == [0] * 5
    assert left["referral"] == 0
    assert [step.state for step in scenario.session.scalars(select(ReferralStep))] == ["sent", "withdrawn"]
    assert scenario.ledger() == [uid]
    told = scenario.mails()
    assert [mail["kind"] for mail in told] == ["referral_ended", "referral_news"]
    assert {mail["reference"] for mail in told} == {reference}
    answering.ask(scenario.session, token, NOW)
    assert len(scenario.mails()) == 2


_KEPT = ("referral_trace", "referral_step")


def test_a_declined_one_is_handed_on_with_a_new_agreement(scenario: Scenario) -> None:
    first = scenario.send()
    reading.open_person(scenario.session, first, "visit", NOW)
    answering.decline(scenario.session, first, "visit", DeclineReason.FULL, "Plus de place", NOW)
    second = scenario.send(scenario.loose, previous=first)
    assert (first.state, second.state, second.previous_id) == (
        ReferralState.REROUTED,
        ReferralState.SENT,
        first.id,
    )
    assert second.uid != first.uid
    with pytest.raises(InvalidTransitionError):
        scenario.send(scenario.loose, previous=first)


@pytest.mark.control("C5")
def test_an_agreement_that_lapsed_closes_the_content_until_it_is_renewed(scenario: Scenario) -> None:
    referral = scenario.send()
    last = NOW + timedelta(days=30)
    reading.open_person(scenario.session, referral, "visit", last)
    after = NOW + timedelta(days=31)
    for read in (
        lambda: reading.read_need(scenario.session, referral, "visit", after),
        lambda: reading.open_person(scenario.session, referral, "visit", after),
        lambda: reading.read_own(scenario.session, referral, scenario.worker, after),
    ):
        with pytest.raises(reading.ReferralClosedError):
            read()
    sending.renew(scenario.session, referral, scenario.worker, consent(after), after)
    assert reading.open_person(scenario.session, referral, "visit", after).person == PERSON


@pytest.mark.control("C2")
def test_only_participants_find_it(scenario: Scenario) -> None:
    referral = scenario.send()
    assert finding.find(scenario.session, scenario.worker, referral.reference, NOW)[1] is Party.SENDER
    assert finding.find(scenario.session, scenario.receiver, referral.reference, NOW)[1] is Party.RECEIVER
    assert finding.find(scenario.session, scenario.stranger, referral.reference, NOW) is None
    for role in ("coordinator", "administrator", "editor"):
        scenario.worker.role = role
        scenario.session.flush()
        scenario.session.expire(scenario.worker)
        assert finding.find(scenario.session, scenario.worker, referral.reference, NOW) is None
    assert finding.find(scenario.session, scenario.receiver, "JR-2026-XXXXX", NOW) is None


@pytest.mark.control("C2")
def test_a_draft_is_its_sender_s_alone(scenario: Scenario) -> None:
    draft = sending.keep_draft(
        scenario.session,
        sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", Urgency.NORMAL),
        NOW,
    )
    draft.receiver_organization_id = scenario.bound.organization_id
    scenario.session.flush()
    assert finding.find(scenario.session, scenario.receiver, draft.reference, NOW) is None
    assert finding.received_by(scenario.session, scenario.receiver, NOW) == []


def test_what_waits_for_the_reader_comes_first(scenario: Scenario) -> None:
    old, new = scenario.send(), scenario.send(now=NOW + timedelta(days=2))
    scenario.server_takes_all(NOW + timedelta(days=2))
    answering.decline(scenario.session, new, "visit", DeclineReason.FULL, "", NOW + timedelta(days=3))
    listed = finding.sent_by(scenario.session, scenario.worker, NOW + timedelta(days=4))
    assert [(one.referral.id, one.waits, one.days) for one in listed] == [
        (new.id, True, 1),
        (old.id, False, 4),
    ]
    received = finding.received_by(scenario.session, scenario.receiver, NOW + timedelta(days=4))
    assert [(one.referral.id, one.waits) for one in received] == [(old.id, True), (new.id, False)]


@pytest.mark.control("C9")
def test_each_view_leaves_a_trace_without_content(scenario: Scenario) -> None:
    referral = scenario.send()
    reading.read_need(scenario.session, referral, "visit", NOW)
    reading.open_person(scenario.session, referral, "visit", NOW)
    reading.read_own(scenario.session, referral, scenario.worker, NOW)
    entries = scenario.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [entry.verb for entry in entries] == [
        "referral_sent", "referral_need_read", "referral_person_read", "referral_read",
    ]  # fmt: skip
    assert {entry.object for entry in entries} == {f"referral:{referral.uid}"}
    assert {entry.detail for entry in entries} == {""}


def test_the_outcome_is_said_once_it_was_accepted(scenario: Scenario) -> None:
    referral = scenario.send()
    with pytest.raises(InvalidTransitionError):
        sending.close(scenario.session, referral, Party.SENDER, "account:1", Outcome.MET, NOW)
    reading.open_person(scenario.session, referral, "visit", NOW)
    answering.accept(scenario.session, referral, "visit", "Lundi à 10 h", None, NOW)
    sending.close(scenario.session, referral, Party.SENDER, "account:1", Outcome.PARTLY, NOW)
    assert (referral.state, referral.outcome, referral.trace.outcome) == ("closed", "partly", "partly")
    assert reading.read_answer(scenario.session, referral).words == "Lundi à 10 h"


def test_a_person_s_code_is_hers_alone_and_dies_with_the_referral(scenario: Scenario) -> None:
    first, second = scenario.send(), scenario.send()
    code = sending.person_code("x" * 40, first)
    found = sending.by_person_code
    assert found(scenario.session, "x" * 40, first.reference, code) is first
    assert found(scenario.session, "x" * 40, second.reference, code) is None
    assert found(scenario.session, "x" * 40, first.reference, "é" * 32) is None
    reference = first.reference
    sending.withdraw(scenario.session, first, Party.PERSON, "person", NOW)
    assert found(scenario.session, "x" * 40, reference, code) is None


def test_what_is_empty_is_not_in_the_scope() -> None:
    assert Content(sender=Sender("x")).scope() == []


def test_a_service_whose_mail_still_waits_is_not_told_of_the_end(scenario: Scenario) -> None:
    referral = scenario.send()
    sending.withdraw(scenario.session, referral, Party.SENDER, f"account:{scenario.worker.id}", NOW)
    scenario.session.commit()
    assert [mail["kind"] for mail in scenario.mails()] == ["referral_news"]


def test_what_goes_to_another_service_is_erased_only_once_the_other_is_sent(scenario: Scenario) -> None:
    failed, sent_before = scenario.send(), scenario.send()
    scenario.session.execute(update(Mail).values(given_up_at=NOW, reason=MailReason.RECEIVER))
    scenario.session.commit()
    with pytest.raises(InvalidTransitionError):
        scenario.send(scenario.loose, draft=sent_before, previous=failed)
    scenario.session.rollback()
    assert scenario.ledger() == []
    uid = failed.uid
    made = scenario.send(scenario.loose, previous=failed)
    assert (scenario.ledger(), made.previous_id) == ([uid], None)
