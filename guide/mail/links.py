"""The only addresses a mail may hold, in both languages. A test compares each with the page's own address."""

from urllib.parse import quote

from guide.languages import Language

LINKS: dict[str, dict[Language, str]] = {
    "home": {"fr": "/fr/", "nl": "/nl/"},
    "sign_in": {"fr": "/fr/connexion", "nl": "/nl/inloggen"},
    "account_link": {"fr": "/fr/lien/{token}", "nl": "/nl/link/{token}"},
    "mine": {"fr": "/fr/mon-compte/", "nl": "/nl/mijn-account/"},
    "confirm": {"fr": "/fr/confirmer/{token}", "nl": "/nl/bevestigen/{token}"},
    "service": {"fr": "/s/{code}", "nl": "/s/{code}"},
    "desk": {"fr": "/fr/mon-association/", "nl": "/nl/mijn-vereniging/"},
    "desk_listing": {
        "fr": "/fr/mon-association/services/{reference}/",
        "nl": "/nl/mijn-vereniging/diensten/{reference}/",
    },
    "kept_text": {
        "fr": "/fr/mon-association/textes/{number}",
        "nl": "/nl/mijn-vereniging/teksten/{number}",
    },
    "desk_plan": {
        "fr": "/fr/mon-association/services/{reference}/plan",
        "nl": "/nl/mijn-vereniging/diensten/{reference}/plan",
    },
    "referral": {"fr": "/fr/relais/{reference}", "nl": "/nl/doorverwijzing/{reference}"},
    "referral_answer": {"fr": "/fr/relais/reponse/{token}", "nl": "/nl/doorverwijzing/antwoord/{token}"},
    "referral_person": {
        "fr": "/fr/relais/mon-accord/{reference}/{code}",
        "nl": "/nl/doorverwijzing/mijn-akkoord/{reference}/{code}",
    },
    "referral_data": {"fr": "/fr/relais/vos-donnees", "nl": "/nl/doorverwijzing/uw-gegevens"},
    "referrals": {"fr": "/fr/relais/", "nl": "/nl/doorverwijzing/"},
    "moderation_referrals": {
        "fr": "/fr/moderation/fiches-relais/sans-suivi",
        "nl": "/nl/moderatie/doorverwijzingen/zonder-opvolging",
    },
    "moderation_reports": {"fr": "/fr/moderation/signalements", "nl": "/nl/moderatie/meldingen"},
}
"""Name → path per language; what stands in braces is filled in by the template."""


def address(site_url: str, name: str, language: Language, **values: str) -> str:
    """The whole address; KeyError for a name that is not listed."""
    safe = {key: quote(value, safe="") for key, value in values.items()}
    return site_url.rstrip("/") + LINKS[name][language].format(**safe)
