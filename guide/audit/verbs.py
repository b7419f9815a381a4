"""What can be done, as the audit log names it, and the words in which people read it.

The values stand in the log under its hashes: none is ever changed, or taken away when nothing
records it any more.
"""

from enum import StrEnum

from guide.languages import Language
from guide.sentences import sentences


class AuditVerb(StrEnum):
    """What was done. What it was done to, and by whom, stands beside it in the entry."""

    ACCOUNT_ADDRESS_CHANGED = "account_address_changed"
    ACCOUNT_ADDRESS_CORRECTED = "account_address_corrected"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_INVITED = "account_invited"
    ACTION_STATE_SET = "action_state_set"
    ADDRESS_CODE_ASKED = "address_code_asked"
    BACKUP_RESTORED = "backup_restored"
    BODY_ADDED = "body_added"
    BODY_REMOVED = "body_removed"
    CALENDAR_CHANGED = "calendar_changed"
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_SEEN = "change_seen"
    CORRECTION_ASKED = "correction_asked"
    DRAFT_SAVED = "draft_saved"
    EDITOR_REMINDED = "editor_reminded"
    ERROR_REPORTED = "error_reported"
    FIGURE_SET = "figure_set"
    FULFILMENT_CONFIRMED = "fulfilment_confirmed"
    FULFILMENT_PROPOSED = "fulfilment_proposed"
    FULFILMENT_REFUSED = "fulfilment_refused"
    FULFILMENT_WITHDRAWN = "fulfilment_withdrawn"
    INDICATOR_ADDED = "indicator_added"
    INDICATOR_REMOVED = "indicator_removed"
    INVITATION_ACCEPTED = "invitation_accepted"
    KEPT_TEXT_ERASED = "kept_text_erased"
    LINEAGE_SET = "lineage_set"
    LISTING_ASKED_BACK = "listing_asked_back"
    LISTING_BEGUN = "listing_begun"
    LISTING_CHANGED = "listing_changed"
    LISTING_CONFIRMED = "listing_confirmed"
    LISTING_PROPOSED = "listing_proposed"
    LISTING_PUBLISHED = "listing_published"
    LISTINGS_MERGED = "listings_merged"
    LISTINGS_SEPARATED = "listings_separated"
    MAIL_DROPPED = "mail_dropped"
    MAIL_SENT_AGAIN = "mail_sent_again"
    ORGANIZATION_ADDED = "organization_added"
    ORGANIZATION_CHANGED = "organization_changed"
    ORGANIZATION_REMOVED = "organization_removed"
    OWN_ADDRESS_CHANGED = "own_address_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a verb
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105 - a verb
    PLAN_ADDED = "plan_added"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_PARTLY = "proposal_partly"
    PROPOSAL_REFUSED = "proposal_refused"
    PROPOSAL_SET_ASIDE = "proposal_set_aside"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_CLOSED = "referral_closed"
    REFERRAL_CONSENT_RENEWED = "referral_consent_renewed"
    REFERRAL_CONTACT_READ = "referral_contact_read"
    REFERRAL_DECLINED = "referral_declined"
    REFERRAL_DRAFT_DROPPED = "referral_draft_dropped"
    REFERRAL_DRAFT_KEPT = "referral_draft_kept"
    REFERRAL_ERASED = "referral_erased"
    REFERRAL_EXPIRED = "referral_expired"
    REFERRAL_HANDED_OVER = "referral_handed_over"
    REFERRAL_LAPSED = "referral_lapsed"
    REFERRAL_MAIL_SENT_AGAIN = "referral_mail_sent_again"
    REFERRAL_NEED_READ = "referral_need_read"
    REFERRAL_PERSON_READ = "referral_person_read"
    REFERRAL_READ = "referral_read"
    REFERRAL_REROUTED = "referral_rerouted"
    REFERRAL_SENT = "referral_sent"
    REFERRAL_SENT_IN_EMERGENCY = "referral_sent_in_emergency"
    REFERRAL_UNDER_STUDY = "referral_under_study"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    REPORT_CLOSED = "report_closed"
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SELECTION_CHANGED = "selection_changed"
    SERVICE_EXPECTED_SET = "service_expected_set"
    SESSIONS_ENDED = "sessions_ended"
    SIGN_IN_LINK_ASKED = "sign_in_link_asked"
    SIGNED_IN = "signed_in"
    SIGNED_IN_BY_PROVIDER = "signed_in_by_provider"
    SIGNED_OUT = "signed_out"
    TRANSLATION_CURRENT = "translation_current"


def verb_label(verb: str, lang: Language) -> str:
    """What was done, after the name of who did it: 'a publié une proposition'; '' for a verb that is none of ours."""
    _ = sentences(lang)
    words: dict[str, str] = {
        AuditVerb.ACCOUNT_ADDRESS_CHANGED: _("a corrigé l’adresse d’un compte"),
        AuditVerb.ACCOUNT_ADDRESS_CORRECTED: _("a corrigé l’adresse d’une invitation"),
        AuditVerb.ACCOUNT_CHANGED: _("a changé ses propres données"),
        AuditVerb.ACCOUNT_DELETED: _("a effacé un compte"),
        AuditVerb.ACCOUNT_DISABLED: _("a fermé un compte"),
        AuditVerb.ACCOUNT_ENABLED: _("a rouvert un compte"),
        AuditVerb.ACCOUNT_INVITED: _("a invité une personne"),
        AuditVerb.ACTION_STATE_SET: _("a noté où en est une action"),
        AuditVerb.ADDRESS_CODE_ASKED: _("a demandé un code pour une nouvelle adresse"),
        AuditVerb.BACKUP_RESTORED: _("a remis une sauvegarde en place"),
        AuditVerb.BODY_ADDED: _("a ajouté un responsable à une action"),
        AuditVerb.BODY_REMOVED: _("a enlevé un responsable d’une action"),
        AuditVerb.CALENDAR_CHANGED: _("a changé le calendrier d’un organisme"),
        AuditVerb.CHANGE_PROPOSED: _("a proposé un changement"),
        AuditVerb.CHANGE_SEEN: _("a vu un changement déjà en ligne"),
        AuditVerb.CORRECTION_ASKED: _("a demandé une correction"),
        AuditVerb.DRAFT_SAVED: _("a enregistré un brouillon"),
        AuditVerb.EDITOR_REMINDED: _("a écrit à une personne qui tient des fiches de service"),
        AuditVerb.ERROR_REPORTED: _("a signalé une erreur"),
        AuditVerb.FIGURE_SET: _("a noté un chiffre"),
        AuditVerb.FULFILMENT_CONFIRMED: _("a confirmé un lien avec un plan"),
        AuditVerb.FULFILMENT_PROPOSED: _("a proposé un lien avec un plan"),
        AuditVerb.FULFILMENT_REFUSED: _("a refusé un lien avec un plan"),
        AuditVerb.FULFILMENT_WITHDRAWN: _("a retiré un lien avec un plan"),
        AuditVerb.INDICATOR_ADDED: _("a ajouté un indicateur"),
        AuditVerb.INDICATOR_REMOVED: _("a enlevé un indicateur"),
        AuditVerb.INVITATION_ACCEPTED: _("a accepté l’invitation"),
        AuditVerb.KEPT_TEXT_ERASED: _("a effacé un texte qui n’était pas publié"),
        AuditVerb.LINEAGE_SET: _("a relié une action à celles d’un plan plus ancien"),
        AuditVerb.LISTING_ASKED_BACK: _("a demandé de remettre une fiche de service"),
        AuditVerb.LISTING_BEGUN: _("a commencé une nouvelle fiche de service"),
        AuditVerb.LISTING_CHANGED: _("a changé une fiche de service"),
        AuditVerb.LISTING_CONFIRMED: _("a confirmé une fiche de service"),
        AuditVerb.LISTING_PROPOSED: _("a envoyé une nouvelle fiche de service"),
        AuditVerb.LISTING_PUBLISHED: _("a publié une nouvelle fiche de service"),
        AuditVerb.LISTINGS_MERGED: _("a réuni deux fiches de service"),
        AuditVerb.LISTINGS_SEPARATED: _("a séparé deux fiches de service réunies"),
        AuditVerb.MAIL_DROPPED: _("a arrêté un message"),
        AuditVerb.MAIL_SENT_AGAIN: _("a renvoyé un message"),
        AuditVerb.ORGANIZATION_ADDED: _("a ajouté un organisme à un compte"),
        AuditVerb.ORGANIZATION_CHANGED: _("a changé un organisme"),
        AuditVerb.ORGANIZATION_REMOVED: _("a retiré un organisme d’un compte"),
        AuditVerb.OWN_ADDRESS_CHANGED: _("a changé sa propre adresse"),
        AuditVerb.PASSWORD_CHANGED: _("a changé son mot de passe"),
        AuditVerb.PASSWORD_RESET_ASKED: _("a demandé un nouveau mot de passe"),
        AuditVerb.PLAN_ADDED: _("a ajouté un plan"),
        AuditVerb.PROPOSAL_ACCEPTED: _("a publié une proposition"),
        AuditVerb.PROPOSAL_PARTLY: _("a publié une partie d’une proposition"),
        AuditVerb.PROPOSAL_REFUSED: _("a refusé une proposition"),
        AuditVerb.PROPOSAL_SET_ASIDE: _("a rendu une proposition à son auteur"),
        AuditVerb.PROPOSAL_WITHDRAWN: _("a retiré sa proposition"),
        AuditVerb.RECOVERY_CODE_USED: _("s’est connecté avec un code de secours"),
        AuditVerb.RECOVERY_CODES_RENEWED: _("a fait de nouveaux codes de secours"),
        AuditVerb.REFERRAL_ACCEPTED: _("a accepté une fiche-relais"),
        AuditVerb.REFERRAL_CLOSED: _("a clôturé une fiche-relais"),
        AuditVerb.REFERRAL_CONSENT_RENEWED: _("a noté à nouveau l’accord de la personne"),
        AuditVerb.REFERRAL_CONTACT_READ: _("a relu le nom et comment joindre la personne"),
        AuditVerb.REFERRAL_DECLINED: _("a refusé une fiche-relais"),
        AuditVerb.REFERRAL_DRAFT_DROPPED: _("a jeté un brouillon de fiche-relais"),
        AuditVerb.REFERRAL_DRAFT_KEPT: _("a gardé un brouillon de fiche-relais"),
        AuditVerb.REFERRAL_ERASED: _("a effacé une fiche-relais"),
        AuditVerb.REFERRAL_EXPIRED: _("a clôturé une fiche-relais restée sans réponse"),
        AuditVerb.REFERRAL_HANDED_OVER: _("a confié une fiche-relais à une personne remplaçante"),
        AuditVerb.REFERRAL_LAPSED: _("a clôturé une fiche-relais après 180 jours"),
        AuditVerb.REFERRAL_MAIL_SENT_AGAIN: _("a renvoyé l’e-mail d’une fiche-relais"),
        AuditVerb.REFERRAL_NEED_READ: _("a lu la demande"),
        AuditVerb.REFERRAL_PERSON_READ: _("a ouvert la partie scellée"),
        AuditVerb.REFERRAL_READ: _("a relu la fiche"),
        AuditVerb.REFERRAL_REROUTED: _("a passé une fiche-relais à un autre service"),
        AuditVerb.REFERRAL_SENT: _("a envoyé une fiche-relais"),
        AuditVerb.REFERRAL_SENT_IN_EMERGENCY: _("a envoyé une fiche-relais en urgence"),
        AuditVerb.REFERRAL_UNDER_STUDY: _("a mis une fiche-relais à l’étude"),
        AuditVerb.REFERRAL_WITHDRAWN: _("a retiré une fiche-relais"),
        AuditVerb.REPORT_CLOSED: _("a répondu à une erreur signalée"),
        AuditVerb.SECOND_FACTOR_OFF: _("a désactivé ses codes à usage unique"),
        AuditVerb.SECOND_FACTOR_ON: _("a activé ses codes à usage unique"),
        AuditVerb.SECOND_FACTOR_RESET: _("a effacé les codes d’un téléphone perdu"),
        AuditVerb.SELECTION_CHANGED: _("a changé une feuille à imprimer"),
        AuditVerb.SERVICE_EXPECTED_SET: _("a noté si une action attend un service"),
        AuditVerb.SESSIONS_ENDED: _("a déconnecté d’autres appareils"),
        AuditVerb.SIGN_IN_LINK_ASKED: _("a demandé un lien pour se connecter"),
        AuditVerb.SIGNED_IN: _("s’est connecté"),
        AuditVerb.SIGNED_IN_BY_PROVIDER: _("s’est connecté par son organisme"),
        AuditVerb.SIGNED_OUT: _("s’est déconnecté"),
        AuditVerb.TRANSLATION_CURRENT: _("a dit qu’une traduction est toujours juste"),
    }
    return words.get(verb, "")
