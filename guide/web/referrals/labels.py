"""The words of the fiche-relais on every page of it: states, reasons, outcomes, agreements.

What its fields and their values are called is `guide.referrals.labels`; here for the reader of the page.
"""

from guide.referrals import labels
from guide.referrals.labels import Medium
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader


def referral_state_label(state: str) -> str:
    """How a fiche stands."""
    return {
        "draft": _("Brouillon"),
        "sent": _("Envoyée"),
        "seen": _("Ouverte par le service"),
        "under_study": _("À l’étude"),
        "accepted": _("Acceptée"),
        "declined": _("Refusée"),
        "rerouted": _("Passée à un autre service"),
        "withdrawn": _("Retirée"),
        "expired": _("Restée sans réponse"),
        "closed": _("Clôturée"),
    }[state]


def referral_event_label(event: str, role: str) -> str:
    """A line of a referral's history."""
    return {
        "send": _("Envoyée"),
        "open": _("Le service a ouvert la partie scellée"),
        "study": _("Le service l’étudie"),
        "accept": _("Le service accepte"),
        "decline": _("Le service ne peut pas aider"),
        "close": _("Clôturée par le service")
        if role == "receiver"
        else _("Clôturée par le travailleur social"),
        "withdraw": _("Retirée par la personne") if role == "person" else _("Retirée"),
        "reroute": _("Passée à un autre service"),
        "renew": _("La personne est de nouveau d’accord"),
        "expire": _("Clôturée : restée sans réponse"),
        "lapse": _("Clôturée après 180 jours"),
        "hand_over": _("Passée à la personne remplaçante"),
    }[event]


def decline_reason_label(reason: str) -> str:
    """Why the service cannot help."""
    return {
        "full": _("Plus de place pour le moment"),
        "not_eligible": _("La personne ne remplit pas les conditions"),
        "unreachable": _("La personne est injoignable"),
        "absent": _("La personne n’est pas venue au premier rendez-vous"),
        "not_interested": _("La personne ne souhaite plus cette aide"),
        "not_mobile": _("La personne ne peut pas se déplacer"),
        "in_work": _("La personne travaille maintenant"),
        "in_training": _("La personne suit une formation"),
        "other_obstacles": _("Autre chose l’empêche pour le moment"),
        "duplicate": _("Nous suivons déjà cette personne"),
        "other": _("Une autre raison"),
    }[reason]


def outcome_label(outcome: str) -> str:
    """How it ended."""
    return {
        "met": _("La personne est aidée"),
        "partly": _("La personne est aidée en partie"),
        "did_not_come": _("La personne n’est pas venue"),
        "not_helped": _("L’aide n’a pas été possible"),
        "unknown": _("On ne le sait pas"),
    }[outcome]


def urgency_label(urgency: str) -> str:
    """How soon, as the form that is sent asks it."""
    return labels.urgency(urgency, Medium.ACCOUNT, reader())


def consent_way_label(way: str) -> str:
    """How the person agreed."""
    return {
        "oral": _("De vive voix, devant vous"),
        "signed": _("Signé sur papier"),
        "phone": _("Par téléphone"),
    }[way]


def condition_labels() -> list[str]:
    """The five conditions of shared professional secrecy, as the worker states them."""
    return [
        _("La personne sait ce que je transmets, à qui et pourquoi."),
        _("Elle est d’accord."),
        _(
            "Le service qui reçoit est tenu au secret professionnel, ou ne reçoit que le nom, le contact et le thème."
        ),
        _("Nous travaillons dans le même but : aider la personne."),
        _("Je ne transmets que ce qui est nécessaire."),
    ]


LABELS = {
    "referral_state_label": referral_state_label,
    "referral_event_label": referral_event_label,
    "decline_reason_label": decline_reason_label,
    "outcome_label": outcome_label,
    "urgency_label": urgency_label,
    "consent_way_label": consent_way_label,
    "condition_labels": condition_labels,
}
