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
from tests.referrals.conftest import CONTENT, NEED, NOW, PERSON, House, consent


def rows(house: House) -> dict[str, int]:
    with house.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in names}


def test_a_referral_is_sent_with_its_agreement_its_trace_and_its_mail(house: House) -> None:
    referral = house.send()
    assert referral.state is ReferralState.SENT
    assert referral.reference.startswith("JR-2026-")
    assert len(referral.reference) == 13
    assert (referral.consent_way, referral.consent_language, referral.consent_copy) == ("oral", "fr", True)
    assert set(referral.consent_scope) == {
        "name", "contact", "phone", "mail", "safe", "request", "tried", "availability", "language",
    }  # fmt: skip
    assert [step.state for step in referral.trace.steps] == [ReferralState.SENT]
    (mail,) = house.mails()
    assert (mail["kind"], mail["address"]) == ("referral_received", house.bound.relay_email)
    assert set(mail) == {"kind", "address", "reference", "service", "token", "again"}
    verbs = [entry.verb for entry in house.session.scalars(select(AuditEntry))]
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
def test_without_a_whole_agreement_nothing_is_stored(house: House, lacking: dict[str, object]) -> None:
    before = rows(house)
    with pytest.raises(sending.ConsentMissingError):
        house.send(consent=consent(**lacking))
    house.session.rollback()
    assert rows(house) == before


@pytest.mark.control("C5")
def test_ninety_days_are_the_longest_agreement(house: House) -> None:
    assert house.send(consent=consent(expires=NOW.date() + timedelta(days=90))).consent_expires is not None


@pytest.mark.control("C5")
def test_without_agreement_a_motive_is_needed_and_it_is_flagged(house: House) -> None:
    before = rows(house)
    with pytest.raises(sending.ConsentMissingError):
        house.send(consent=None, motive="   ")
    house.session.rollback()
    assert rows(house) == before
    referral = house.send(consent=None, motive="Danger grave et immédiat")
    assert referral.emergency
    assert sealing.unseal(house.session, referral, SealedSection.MOTIVE).words == "Danger grave et immédiat"
    assert house.session.scalars(select(AuditEntry.verb)).all() == ["referral_sent_in_emergency"]


@pytest.mark.control("C6")
@pytest.mark.parametrize("number", ["85.07.30-033.28", "85073003328", "BE71 0961 2345 6769"])
@pytest.mark.parametrize(
    "where",
    [("person", "name"), ("person", "safe"), ("person", "phone"), ("person", "mail"), ("need", "request"),
     ("need", "tried"), ("need", "availability"), ("need", "mobility"), ("sender", "worker")],
)  # fmt: skip
def test_a_national_number_or_a_bank_account_is_refused_wherever_it_stands(
    house: House, where: tuple[str, str], number: str
) -> None:
    before = rows(house)
    part, field = where
    content = replace(CONTENT, **{part: replace(getattr(CONTENT, part), **{field: f"voir {number} merci"})})
    with pytest.raises(sending.RefusedTextError) as refused:
        house.send(content=content)
    assert refused.value.field == field
    with pytest.raises(sending.RefusedTextError):
        sending.keep_draft(
            house.session,
            sending.NewReferral(house.bound, house.worker, content, "faim", Urgency.NORMAL),
            NOW,
        )
    house.session.rollback()
    assert rows(house) == before


def test_a_motive_is_looked_at_too(house: House) -> None:
    with pytest.raises(sending.RefusedTextError):
        house.send(consent=None, motive="85.07.30-033.28")


@pytest.mark.control("C6")
def test_a_receiver_not_bound_by_secrecy_is_told_no_need(house: House) -> None:
    referral = house.send(house.loose)
    need = sealing.unseal(house.session, referral, SealedSection.NEED)
    assert (need.request, need.tried, need.availability, need.language) == ("", "", "", "fr")
    assert set(referral.consent_scope) == {"name", "contact", "phone", "mail", "safe", "language"}


@pytest.mark.parametrize(
    "changed",
    [{"accepts_relay": False}, {"relay_email": None}, {"publication": "archived"}, {"state": "ended"}],
)
def test_a_service_that_takes_none_gets_none(house: House, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(house.bound, name, value)
    house.session.commit()
    with pytest.raises(sending.CannotReceiveError):
        house.send()


def test_the_person_gets_a_mail_only_where_she_asked_for_one_and_gave_an_address(house: House) -> None:
    house.send()
    house.send(copy_by_mail=True, content=replace(CONTENT, person=replace(PERSON, contact=("phone",))))
    assert house.mails("referral_person") == []
    house.send(copy_by_mail=True)
    (mail,) = house.mails("referral_person")
    assert mail["address"] == PERSON.mail
    (row,) = house.session.scalars(select(Mail).where(Mail.kind == "referral_person"))
    assert (row.address, row.content) == (None, {})


def test_a_draft_is_sealed_and_becomes_the_referral(house: House) -> None:
    draft = sending.keep_draft(
        house.session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", Urgency.NORMAL), NOW
    )
    house.session.commit()
    assert (draft.state, house.count(ReferralTrace), house.mails()) == (ReferralState.DRAFT, 0, [])
    assert sealing.unseal(house.session, draft, SealedSection.NEED) == NEED
    sent = house.send(draft=draft, now=NOW + timedelta(days=1))
    assert (sent.id, sent.state) == (draft.id, ReferralState.SENT)
    assert house.count(Referral) == 1


def test_a_draft_is_thrown_away_at_once_and_a_sent_one_is_not(house: House) -> None:
    draft = sending.keep_draft(
        house.session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", Urgency.NORMAL), NOW
    )
    sending.drop_draft(house.session, draft, house.worker, NOW)
    house.session.commit()
    assert house.count(Referral) == 0
    with pytest.raises(InvalidTransitionError):
        sending.drop_draft(house.session, house.send(), house.worker, NOW)


@pytest.mark.control("C4")
@pytest.mark.parametrize("who", [Party.SENDER, Party.PERSON])
def test_a_withdrawal_leaves_the_trace_and_nothing_else(house: House, who: Party) -> None:
    referral = house.send(copy_by_mail=True)
    uid, reference = referral.uid, referral.reference
    token = house.token()
    house.session.execute(update(Mail).where(Mail.kind == "referral_received").values(handed_at=NOW))
    sending.withdraw(house.session, referral, who, "account:1", NOW)
    house.session.commit()
    left = rows(house)
    assert [left[name] for name in left if name.startswith("referral_") and name not in _KEPT] == [0] * 5
    assert left["referral"] == 0
    assert [step.state for step in house.session.scalars(select(ReferralStep))] == ["sent", "withdrawn"]
    assert house.ledger() == [uid]
    told = house.mails()
    assert [mail["kind"] for mail in told] == ["referral_ended", "referral_news"]
    assert {mail["reference"] for mail in told} == {reference}
    answering.ask(house.session, token, NOW)
    assert len(house.mails()) == 2


_KEPT = ("referral_trace", "referral_step")


def test_a_declined_one_is_handed_on_with_a_new_agreement(house: House) -> None:
    first = house.send()
    reading.open_person(house.session, first, "visit", NOW)
    answering.decline(house.session, first, "visit", DeclineReason.FULL, "Plus de place", NOW)
    second = house.send(house.loose, previous=first)
    assert (first.state, second.state, second.previous_id) == (
        ReferralState.REROUTED,
        ReferralState.SENT,
        first.id,
    )
    assert second.uid != first.uid
    with pytest.raises(InvalidTransitionError):
        house.send(house.loose, previous=first)


@pytest.mark.control("C5")
def test_an_agreement_that_lapsed_closes_the_content_until_it_is_renewed(house: House) -> None:
    referral = house.send()
    last = NOW + timedelta(days=30)
    reading.open_person(house.session, referral, "visit", last)
    after = NOW + timedelta(days=31)
    for read in (
        lambda: reading.read_need(house.session, referral, "visit", after),
        lambda: reading.open_person(house.session, referral, "visit", after),
        lambda: reading.read_own(house.session, referral, house.worker, after),
    ):
        with pytest.raises(reading.ReferralClosedError):
            read()
    sending.renew(house.session, referral, house.worker, consent(after), after)
    assert reading.open_person(house.session, referral, "visit", after).person == PERSON


@pytest.mark.control("C2")
def test_only_participants_find_it(house: House) -> None:
    referral = house.send()
    assert finding.find(house.session, house.worker, referral.reference, NOW)[1] is Party.SENDER
    assert finding.find(house.session, house.receiver, referral.reference, NOW)[1] is Party.RECEIVER
    assert finding.find(house.session, house.stranger, referral.reference, NOW) is None
    for role in ("coordinator", "administrator", "editor"):
        house.worker.role = role
        house.session.flush()
        house.session.expire(house.worker)
        assert finding.find(house.session, house.worker, referral.reference, NOW) is None
    assert finding.find(house.session, house.receiver, "JR-2026-XXXXX", NOW) is None


@pytest.mark.control("C2")
def test_a_draft_is_its_sender_s_alone(house: House) -> None:
    draft = sending.keep_draft(
        house.session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", Urgency.NORMAL), NOW
    )
    draft.receiver_organization_id = house.bound.organization_id
    house.session.flush()
    assert finding.find(house.session, house.receiver, draft.reference, NOW) is None
    assert finding.received_by(house.session, house.receiver, NOW) == []


def test_what_waits_for_the_reader_comes_first(house: House) -> None:
    old, new = house.send(), house.send(now=NOW + timedelta(days=2))
    house.server_takes_all(NOW + timedelta(days=2))
    answering.decline(house.session, new, "visit", DeclineReason.FULL, "", NOW + timedelta(days=3))
    listed = finding.sent_by(house.session, house.worker, NOW + timedelta(days=4))
    assert [(one.referral.id, one.waits, one.days) for one in listed] == [
        (new.id, True, 1),
        (old.id, False, 4),
    ]
    received = finding.received_by(house.session, house.receiver, NOW + timedelta(days=4))
    assert [(one.referral.id, one.waits) for one in received] == [(old.id, True), (new.id, False)]


@pytest.mark.control("C9")
def test_each_view_leaves_a_trace_without_content(house: House) -> None:
    referral = house.send()
    reading.read_need(house.session, referral, "visit", NOW)
    reading.open_person(house.session, referral, "visit", NOW)
    reading.read_own(house.session, referral, house.worker, NOW)
    entries = house.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [entry.verb for entry in entries] == [
        "referral_sent", "referral_need_read", "referral_person_read", "referral_read",
    ]  # fmt: skip
    assert {entry.object for entry in entries} == {f"referral:{referral.uid}"}
    assert {entry.detail for entry in entries} == {""}


def test_the_outcome_is_said_once_it_was_accepted(house: House) -> None:
    referral = house.send()
    with pytest.raises(InvalidTransitionError):
        sending.close(house.session, referral, Party.SENDER, "account:1", Outcome.MET, NOW)
    reading.open_person(house.session, referral, "visit", NOW)
    answering.accept(house.session, referral, "visit", "Lundi à 10 h", None, NOW)
    sending.close(house.session, referral, Party.SENDER, "account:1", Outcome.PARTLY, NOW)
    assert (referral.state, referral.outcome, referral.trace.outcome) == ("closed", "partly", "partly")
    assert reading.read_answer(house.session, referral).words == "Lundi à 10 h"


def test_a_person_s_code_is_hers_alone_and_dies_with_the_referral(house: House) -> None:
    first, second = house.send(), house.send()
    code = sending.person_code("x" * 40, first)
    found = sending.by_person_code
    assert found(house.session, "x" * 40, first.reference, code) is first
    assert found(house.session, "x" * 40, second.reference, code) is None
    assert found(house.session, "x" * 40, first.reference, "é" * 32) is None
    reference = first.reference
    sending.withdraw(house.session, first, Party.PERSON, "person", NOW)
    assert found(house.session, "x" * 40, reference, code) is None


def test_what_is_empty_is_not_in_the_scope() -> None:
    assert Content(sender=Sender("x")).scope() == []


def test_a_service_whose_mail_still_waits_is_not_told_of_the_end(house: House) -> None:
    referral = house.send()
    sending.withdraw(house.session, referral, Party.SENDER, f"account:{house.worker.id}", NOW)
    house.session.commit()
    assert [mail["kind"] for mail in house.mails()] == ["referral_news"]


def test_what_goes_to_another_service_is_erased_only_once_the_other_is_sent(house: House) -> None:
    failed, sent_before = house.send(), house.send()
    house.session.execute(update(Mail).values(given_up_at=NOW, reason=MailReason.RECEIVER))
    house.session.commit()
    with pytest.raises(InvalidTransitionError):
        house.send(house.loose, draft=sent_before, previous=failed)
    house.session.rollback()
    assert house.ledger() == []
    uid = failed.uid
    made = house.send(house.loose, previous=failed)
    assert (house.ledger(), made.previous_id) == ([uid], None)
