"""What the fields of a fiche-relais and their values are called: one set of labels for every place that shows them.

Both forms, the pages, the sheet on paper, its PDF and the files of the person ask here. Where a place says the
same thing in other words, they stand in one row: whoever changes a label sees all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guide.languages import Language
from guide.sentences import sentences


class Medium(StrEnum):
    """Where a fiche is written and read: with an account, from the link of a mail, or on paper."""

    ACCOUNT = "account"
    LINK = "link"
    PAPER = "paper"


def N_(words: str) -> str:
    """Marks a sentence of a table for the catalogue; it is translated when somebody reads it."""
    return words


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """The labels of one field, in French; one that is '' is the one before it.

    `asked` by the form that is sent, `asked_on_paper` by the other one, `read` in a fiche, `printed` on the sheet.
    """

    asked: str
    asked_on_paper: str = ""
    read: str = ""
    printed: str = ""


FIELDS: Mapping[str, FieldLabel] = {
    "theme": FieldLabel(N_("Thème"), N_("De quoi s’agit-il ?")),
    "request": FieldLabel(
        N_("Sa demande, en une phrase"), N_("La demande, en une phrase"), read=N_("Sa demande")
    ),
    "urgency": FieldLabel(N_("Est-ce urgent ?"), N_("C’est pour quand ?")),
    "tried": FieldLabel(
        N_("Ce qui a déjà été essayé"), N_("Qu’a-t-on déjà essayé ?"), printed=N_("Déjà essayé")
    ),
    "name": FieldLabel(N_("Prénom ou initiales")),
    "language": FieldLabel(
        N_("Langue à parler avec elle"), N_("Quelle langue parle-t-elle ?"), read=N_("Langue à parler")
    ),
    "other_language": FieldLabel(N_("Laquelle, si elle n’est pas dans la liste ?")),
    "interpreter": FieldLabel(N_("Il faut un interprète"), read=N_("Interprète")),
    "contact": FieldLabel(N_("Comment la joindre ?"), read=N_("Comment la joindre")),
    "phone": FieldLabel(N_("Son téléphone"), read=N_("Téléphone")),
    "mail": FieldLabel(N_("Son e-mail"), N_("Son adresse e-mail"), read=N_("E-mail de la personne")),
    "safe": FieldLabel(
        N_("Pour la joindre sans risque"),
        N_("Quand l’appeler sans risque ?"),
        printed=N_("Pour l’appeler sans risque"),
    ),
    "no_message": FieldLabel(N_("Ne pas laisser de message")),
    "availability": FieldLabel(
        N_("Quand elle est libre"),
        N_("Quand peut-elle venir ?"),
        read=N_("Ses disponibilités"),
        printed=N_("Quand elle peut venir"),
    ),
    "publics": FieldLabel(
        N_("Conditions du service que la personne remplit"), read=N_("Conditions remplies")
    ),
    "documents": FieldLabel(
        N_("Ce qu’elle apportera"),
        N_("Qu’apportera-t-elle ?"),
        read=N_("Ce qu’elle apporte"),
        printed=N_("Elle apporte"),
    ),
    "age": FieldLabel(N_("Âge de la personne"), N_("Son âge"), printed=N_("Son âge")),
    "adults": FieldLabel(N_("Adultes dans le ménage")),
    "children": FieldLabel(N_("Enfants dans le ménage")),
    "children_ages": FieldLabel(N_("Âge des enfants")),
    "mobility": FieldLabel(N_("Mobilité"), N_("Difficulté pour se déplacer"), printed=N_("Pour se déplacer")),
    "coming_along": FieldLabel(
        N_("Qui l’accompagne"), N_("Qui vient avec elle ?"), printed=N_("Elle vient avec")
    ),
    "bim": FieldLabel(N_("Intervention majorée (BIM)")),
    "organization": FieldLabel(N_("Votre organisme"), read=N_("Organisme")),
    "worker": FieldLabel(N_("Votre nom"), N_("Votre nom ou votre fonction"), read=N_("Travailleur social")),
    "function": FieldLabel(N_("Votre fonction"), read=N_("Fonction")),
    "worker_phone": FieldLabel(N_("Votre téléphone"), read=N_("Téléphone")),
    "worker_email": FieldLabel(N_("Votre e-mail"), read=N_("E-mail")),
}
"""By the name of the field in both forms; those of the content (`guide.referrals.content`) are called the same,
but for the sender's telephone and address (`content.form_field`)."""


def asked(name: str, medium: Medium, lang: Language) -> str:
    """The question that a form asks: of the form on paper for PAPER, else of the one that is sent."""
    label = FIELDS[name]
    on_paper = label.asked_on_paper if medium is Medium.PAPER else ""
    return sentences(lang)(on_paper or label.asked)


def read(name: str, lang: Language) -> str:
    """What a field is called in a fiche that is read."""
    return sentences(lang)(FIELDS[name].read or FIELDS[name].asked)


def printed(name: str, lang: Language) -> str:
    """What a field is called on the sheet of paper."""
    return sentences(lang)(FIELDS[name].printed or FIELDS[name].asked)


def contact_way(way: str, medium: Medium, lang: Language) -> str:
    """How the person may be reached; on paper it is the worker who speaks. A way of no list stays as it is."""
    _ = sentences(lang)
    on_paper = {
        "worker": _("Par moi, son travailleur social"),
        "post": _("Par courrier, que je transmets"),
    }
    ways = {
        "phone": _("Par téléphone"),
        "mail": _("Par e-mail"),
        "worker": _("Par le travailleur social"),
        "post": _("Par courrier, remis par le travailleur social"),
        "none": _("Elle prend contact elle-même"),
    }
    return (ways | on_paper if medium is Medium.PAPER else ways).get(way, way)


def urgency(value: str, medium: Medium, lang: Language) -> str:
    """How soon: 'normal', 'this_week' or 'today'."""
    _ = sentences(lang)
    return {
        "normal": _("Délai normal") if medium is Medium.PAPER else _("Pas d’urgence"),
        "this_week": _("Cette semaine"),
        "today": _("Aujourd’hui"),
    }[value]


def age(band: str, medium: Medium, lang: Language) -> str:
    """An age band, of a person or of children: '6 à 11 ans'. What is no band stays as it is."""
    _ = sentences(lang)
    if band == "under_18":
        return _("moins de 18 ans")
    first, dash, last = band.partition("-")
    if not dash and not band.endswith("+"):
        return band
    if medium is Medium.PAPER:
        return _printed_age(band, lang)
    if medium is Medium.LINK:
        return _("65 ans et plus") if band == "65+" else _("%(years)s ans", years=" – ".join((first, last)))
    return (
        _("%(first)s à %(last)s ans", first=first, last=last)
        if dash
        else _("%(age)s ans ou plus", age=band[:-1])
    )


def yes_no(value: str, medium: Medium, lang: Language) -> str:
    """'yes', 'no' or 'unknown', which on paper the person says herself."""
    _ = sentences(lang)
    unknown = _("Elle ne sait pas") if medium is Medium.PAPER else _("On ne le sait pas")
    return {"yes": _("Oui"), "no": _("Non"), "unknown": unknown}[value]


def _printed_age(band: str, lang: Language) -> str:
    _ = sentences(lang)
    return {
        "18-24": _("de 18 à 24 ans"),
        "25-64": _("de 25 à 64 ans"),
        "65+": _("65 ans ou plus"),
        "0-2": _("de 0 à 2 ans"),
        "3-5": _("de 3 à 5 ans"),
        "6-11": _("de 6 à 11 ans"),
        "12-17": _("de 12 à 17 ans"),
    }[band]
