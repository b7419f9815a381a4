"""The words of a listing's values, in both languages: the one place where pages, mails and paper look them up.

What a single family of pages says of its own values stands beside it (`guide/web/ui/labels.py` for plans, mails and
accounts). No value has its words in two places.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from guide.languages import Language
from guide.sentences import Sentence, sentences


class Vocabulary(StrEnum):
    """A field, or fields, whose values have words."""

    ACCESS_MODE = "access_mode"
    ANSWER = "answer"
    FREE = "free"
    INTAKE = "intake_status"
    PUBLICATION = "publication"
    STATE = "state"
    VISIBILITY = "visibility"
    WHEELCHAIR = "wheelchair"


def label(vocabulary: Vocabulary, value: object, lang: Language) -> str:
    """The words of a value ('' is "not known"); a value without words stays as it is."""
    return _WORDS[vocabulary](sentences(lang)).get(str(value), str(value))


_WORDS: Mapping[Vocabulary, Callable[[Sentence], Mapping[str, str]]] = {
    Vocabulary.ACCESS_MODE: lambda _: {
        "walk_in": _("Sans rendez-vous"),
        "appointment": _("Sur rendez-vous"),
        "phone": _("Par téléphone"),
        "referral_required": _("Un service doit vous envoyer"),
        "registration": _("Il faut vous inscrire"),
    },
    Vocabulary.ANSWER: lambda _: {"yes": _("Oui"), "no": _("Non"), "": _("Pas encore connu")},
    Vocabulary.FREE: lambda _: {"yes": _("Gratuit"), "no": _("Payant")},
    Vocabulary.INTAKE: lambda _: {
        "open": _("Il y a de la place"),
        "limited": _("Peu de places"),
        "waiting_list": _("Liste d’attente"),
        "full": _("Complet pour le moment"),
    },
    Vocabulary.PUBLICATION: lambda _: {
        "archived": _("Non, la fiche est retirée"),
        "draft": _("Pas encore"),
        "in_review": _("Pas encore"),
    },
    Vocabulary.STATE: lambda _: {
        "existing": _("Le service existe"),
        "announced": _("Annoncé"),
        "ended": _("Terminé"),
    },
    Vocabulary.VISIBILITY: lambda _: {"professional": _("Les professionnels seulement")},
    Vocabulary.WHEELCHAIR: lambda _: {
        "yes": _("Accessible en chaise roulante"),
        "no": _("Pas accessible en chaise roulante"),
    },
}
