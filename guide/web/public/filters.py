"""The filters of the results page: read from the address, shown as chips and as a form."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for

from guide.directory.finding import Filters, Found
from guide.languages import SPOKEN_LANGUAGES, Language
from guide.model import Role
from guide.web.security.access_control import signed_in
from guide.web.ui.labels import language_name
from guide.web.ui.request_context import needs, neighbourhoods, publics
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import QUERY_NAMES, pass_over, query_string, query_value, reader

TICKS = ("free", "walk_in", "wheelchair")
SETS = ("open_now", "takes_referrals")
"""Ticks that the database answers, not the index."""
CHOICES = ("need", "public", "neighbourhood", "language")


def asked_filters(lang: Language, of: Collection[str] | None = None) -> dict[str, str]:
    """The filters of the address, by their name: ticks as '1', choices as their key; unknown ones left out.

    `of`: those that this page has, if not all of them.
    """
    ticks = ("open_now", *TICKS, *(("takes_referrals",) if for_worker() else ()))
    asked: dict[str, str] = {}
    for name in (*ticks, *CHOICES):
        if of is not None and name not in of:
            continue
        value = query_value(name, lang)
        if value and value in (("1",) if name in ticks else _choice_labels(name)):
            asked[name] = value
        elif value:
            pass_over(name, lang)
    return asked


def as_filters(asked: dict[str, str]) -> Filters:
    """The same filters as the directory takes them."""
    facets = {name: "yes" if name in TICKS else value for name, value in asked.items() if name not in SETS}
    return Filters(facets, **{name: name in asked for name in SETS})


def for_worker() -> bool:
    """Is a social worker reading? Only she can send a fiche-relais, so only she filters by it."""
    account = signed_in()
    return account is not None and account.role is Role.SOCIAL_WORKER


def chips(
    found: Found, asked: dict[str, str], words: Mapping[str, str], lang: Language
) -> list[dict[str, Any]]:
    """The quick filters, each a link with the count it leads to: `count` with it, of one that is set `without` it.

    `words`: how the search stands in the addresses of this page, `q` or `sealed`.
    One that would give nothing is left out.
    """
    labels = {
        "open_now": _("Ouvert maintenant"),
        "free": _("Gratuit"),
        "walk_in": _("Sans rendez-vous"),
        "wheelchair": _("Accessible en chaise roulante"),
        "takes_referrals": _("Accepte la fiche-relais"),
    }
    in_sets = {"open_now": found.open_count, "takes_referrals": found.referral_count}
    shown = []
    for name, label in labels.items():
        active = name in asked
        count = in_sets[name] if name in SETS else found.facets.get(name, {}).get("yes", 0)
        if not active and not count:
            continue
        if active:
            shown.append(_set(found, asked, name, label, words, lang))
            continue
        url = _results_url(words, {**asked, name: "1"}, lang)
        shown.append({"label": label, "count": count, "without": None, "active": False, "url": url})
    for name in CHOICES:
        if name in asked:
            label = _choice_labels(name).get(asked[name], asked[name])
            shown.append(_set(found, asked, name, label, words, lang))
    return shown


def _set(
    found: Found, asked: dict[str, str], name: str, label: str, words: Mapping[str, str], lang: Language
) -> dict[str, Any]:
    """A filter that is set. The page's title says how many there are with it."""
    return {
        "label": label,
        "count": None,
        "without": found.without_each.get(name, 0),
        "active": True,
        "url": _results_url(words, _without(asked, name), lang),
    }


def selects(found: Found, asked: dict[str, str], lang: Language) -> list[dict[str, Any]]:
    """The further filters: for each, its parameter, label and the values present with their counts."""
    labels = {
        "need": _("Situation"),
        "public": _("Pour qui"),
        "neighbourhood": _("Quartier"),
        "language": _("Langue parlée"),
    }
    shown = []
    for name, label in labels.items():
        counts = found.facets.get(name, {})
        named = _choice_labels(name)
        options = [(key, named[key], counts[key]) for key in named if key in counts]
        if options:
            shown.append(
                {
                    "name": QUERY_NAMES[name][lang],
                    "label": label,
                    "options": options,
                    "chosen": asked.get(name, ""),
                }
            )
    return shown


def _without(asked: dict[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in asked.items() if other != name}


def _choice_labels(name: str) -> dict[str, str]:
    """Key → words of a filter's values, in their order."""
    side = reader()
    if name == "need":
        return {need.key: need.name.localized(side).words for need in needs()}
    if name == "public":
        return {term.key: term.name.localized(side).words for term in publics()}
    if name == "neighbourhood":
        return {term.key: term.name.localized(side).words for term in neighbourhoods()}
    return {code: language_name(code) for code in SPOKEN_LANGUAGES}


def _results_url(words: Mapping[str, str], values: dict[str, str], lang: Language) -> str:
    return url_for("public.services.results") + query_string({**words, **values}, lang)
