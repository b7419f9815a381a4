"""What the log names has words for people; what stands in a log already is read for ever."""

import re

import pytest

from guide.audit import AuditVerb, verb_label
from guide.languages import LANGUAGES

RECORDED = """
    account_address_changed account_address_corrected account_changed account_deleted account_disabled
    account_enabled account_invited action_state_set address_code_asked backup_restored body_added body_removed
    change_proposed change_seen correction_asked draft_saved editor_reminded error_reported figure_set
    fulfilment_confirmed fulfilment_proposed fulfilment_refused fulfilment_withdrawn indicator_added
    indicator_removed invitation_accepted kept_text_erased lineage_set listing_asked_back listing_begun
    listing_changed listing_confirmed listing_proposed listing_published listings_merged listings_separated
    mail_dropped mail_sent_again organization_added organization_changed organization_removed own_address_changed
    password_changed password_reset_asked plan_added proposal_accepted proposal_partly proposal_refused
    proposal_set_aside proposal_withdrawn recovery_code_used recovery_codes_renewed referral_accepted
    referral_closed referral_consent_renewed referral_contact_read referral_declined referral_draft_dropped
    referral_draft_kept referral_erased referral_expired referral_handed_over referral_lapsed
    referral_mail_sent_again referral_need_read referral_person_read referral_read referral_rerouted
    referral_sent referral_sent_in_emergency referral_under_study referral_withdrawn report_closed
    second_factor_off second_factor_on second_factor_reset selection_changed service_expected_set sessions_ended
    sign_in_link_asked signed_in signed_in_by_provider signed_out translation_current
""".split()  # noqa: SIM905 - a block reads better than a column of ninety lines
"""Verbs that logs in use may hold, under their hashes."""


@pytest.mark.parametrize("verb", AuditVerb)
def test_every_verb_has_its_words_in_both_languages(verb: AuditVerb) -> None:
    words = {lang: verb_label(verb, lang) for lang in LANGUAGES}
    assert all(words.values())
    assert words["fr"] != words["nl"]
    assert words["fr"].startswith(("a ", "s’est "))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_verbs_read_the_same(lang) -> None:
    words = [verb_label(verb, lang) for verb in AuditVerb]
    assert len(set(words)) == len(words)


def test_what_a_log_may_hold_keeps_its_name() -> None:
    assert set(RECORDED) <= {verb.value for verb in AuditVerb}


def test_verbs_are_written_alike() -> None:
    assert all(
        re.fullmatch(r"[a-z_]{4,40}", verb.value) and verb.name == verb.value.upper() for verb in AuditVerb
    )


def test_a_verb_that_is_none_of_ours_has_no_words() -> None:
    assert verb_label("listing_eaten", "fr") == ""
