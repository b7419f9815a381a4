"""Words of the interface for values of the model: languages spoken, ways in, roles, classes of coverage."""

from guide.directory import figures
from guide.directory.labels import Vocabulary, label
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader


def language_name(code: str) -> str:
    """'fr' → 'français' / 'Frans'."""
    return figures.language_name(code, reader())


def access_label(mode: str) -> str:
    """A way in."""
    return label(Vocabulary.ACCESS_MODE, mode, reader())


def answers() -> list[tuple[str, str]]:
    """Yes, no, not known yet: the choices of a field, as pairs (value, words)."""
    return [(value, label(Vocabulary.ANSWER, value, reader())) for value in ("yes", "no", "")]


def account_role_label(role: str) -> str:
    """What somebody does here."""
    return {
        "editor": _("Association : tient ses fiches de service à jour"),
        "social_worker": _("Travail social : remplit des fiches-relais"),
        "coordinator": _("Coordination : relit et suit le plan"),
        "administrator": _("Administration : comptes et réglages"),
    }.get(role, role)


def role_label(role: str) -> str:
    """How a service fulfils an action."""
    return {
        "delivers": _("réalise cette action"),
        "contributes": _("y contribue"),
        "informs": _("informe"),
        "coordinates": _("coordonne"),
        "funds": _("finance"),
    }.get(role, role)


def basis_label(basis: str) -> str:
    """On what evidence a link stands."""
    return {
        "named_in_action": _("L’action nomme ce service."),
        "named_in_review": _("Un document de la commune ou du CPAS décrit ce service."),
        "inferred": _("C’est notre lecture des textes."),
        "stated": _("L’organisme le dit lui-même."),
    }.get(basis, basis)


def standing_label(standing: str) -> str:
    """Does the service fulfil the action: by its link, else by its own state."""
    said = {"confirmed": _("Confirmé"), "proposed": _("Proposé")}
    return said.get(standing) or label(Vocabulary.STATE, standing, reader())


def class_label(name: str) -> str:
    """The classes of coverage, as filters and in tables."""
    return {
        "covered": _("Couverte"),
        "proposed_only": _("Lien proposé seulement"),
        "announced_only": _("Annoncée ou terminée seulement"),
        "none": _("Sans service"),
        "no_service_expected": _("Aucun service attendu"),
        "text_not_held": _("Texte manquant"),
    }[name]


def lineage_label(kind: str, backwards: bool) -> str:
    if backwards:
        return {
            "continues": _("Continue une action du plan précédent"),
            "renews": _("Renouvelle une action du plan précédent"),
            "extends": _("Élargit une action du plan précédent"),
        }[kind]
    return {
        "continues": _("Continue dans le plan suivant"),
        "renews": _("Renouvelée dans le plan suivant"),
        "extends": _("Élargie dans le plan suivant"),
    }[kind]


def cited_field_label(field: str) -> str:
    """What a source says: the name of the fact it backs."""
    return {
        "name": _("Nom"),
        "summary": _("Présentation"),
        "description": _("Description"),
        "eligibility": _("Pour qui"),
        "fees": _("Prix"),
        "address": _("Adresse"),
        "phone": _("Téléphone"),
        "email": _("E-mail"),
        "website": _("Site"),
        "hours": _("Heures"),
        "languages": _("Langues"),
        "state": _("Existence"),
    }.get(field, field)


def report_part_label(part: str) -> str:
    """What a visitor says is wrong with a listing."""
    return {
        "phone": _("Le téléphone"),
        "hours": _("Les heures"),
        "address": _("L’adresse"),
        "text": _("Le texte"),
        "closed": _("Le service n’existe plus"),
        "other": _("Autre chose"),
    }.get(part, part)


def progress_label(progress: str) -> str:
    """How far an action of a plan is."""
    return {
        "planned": _("Prévue"),
        "running": _("En cours"),
        "done": _("Réalisée"),
        "stopped": _("Arrêtée"),
        "unknown": _("Pas encore connu"),
    }[progress]


def quality_label(code: str) -> str:
    """What a listing tells, or should tell (see `guide.directory.quality`)."""
    return {
        "confirmed": _("La fiche est confirmée"),
        "phone": _("Un numéro de téléphone"),
        "hours": _("Des heures récentes"),
        "address": _("Une adresse"),
        "both_languages": _("Le texte en français et en néerlandais, à jour"),
        "price": _("Le prix"),
        "for_whom": _("Pour qui c’est"),
        "papers": _("Ce qu’il faut apporter"),
        "how_to_come": _("Comment faire"),
        "easy_to_read": _("Un texte facile à lire"),
        "languages": _("Les langues parlées"),
        "needs": _("Le besoin auquel elle répond"),
        "intake": _("S’il y a de la place"),
        "in_a_plan": _("Ce qu’elle fait pour un plan de la commune"),
    }[code]


def mail_label(kind: str) -> str:
    """What a message is about, for whoever decides whether it is sent again."""
    return {
        "account_idle": _("Compte qui ne sert plus"),
        "address_changed": _("Adresse d’un compte changée"),
        "address_code": _("Code pour une nouvelle adresse"),
        "error_reported": _("Erreur signalée"),
        "invitation": _("Invitation"),
        "organization_added": _("Un organisme de plus"),
        "password_changed": _("Mot de passe changé"),
        "password_reset": _("Nouveau mot de passe"),
        "proposal_accepted": _("Proposition publiée"),
        "proposal_correction": _("Correction demandée"),
        "proposal_partly": _("Proposition publiée en partie"),
        "proposal_refused": _("Proposition refusée"),
        "proposal_set_aside": _("Proposition qui n’est plus attendue"),
        "link_refused": _("Lien avec un plan refusé"),
        "referral_agreement": _("Fiche-relais : l’accord arrive à sa fin"),
        "referral_code": _("Code d’une fiche-relais"),
        "referral_ended": _("Fin d’une fiche-relais"),
        "referral_news": _("Nouvelle d’une fiche-relais"),
        "referral_person": _("Fiche-relais : message à la personne"),
        "referral_received": _("Annonce d’une fiche-relais"),
        "referral_returned": _("Fiches-relais qui attendent"),
        "referral_substitute": _("Fiches-relais à suivre en remplacement"),
        "referral_unheld": _("Nouvelle d’une fiche-relais que personne ne suit"),
        "referral_waiting": _("Fiches-relais que personne ne suit"),
        "reminder": _("Fiches de service à confirmer"),
        "report_closed": _("Réponse à une erreur signalée"),
        "second_factor_changed": _("Codes à usage unique changés"),
        "second_factor_reset": _("Codes à usage unique effacés"),
        "sign_in_link": _("Lien pour se connecter"),
    }.get(kind, kind)


LABELS = {
    "progress_label": progress_label,
    "quality_label": quality_label,
    "account_role_label": account_role_label,
    "report_part_label": report_part_label,
    "access_label": access_label,
    "role_label": role_label,
    "basis_label": basis_label,
    "standing_label": standing_label,
    "class_label": class_label,
    "lineage_label": lineage_label,
    "cited_field_label": cited_field_label,
    "language_name": language_name,
}
