"""Addresses in two languages: one view, one endpoint, a French and a Dutch path.

`url_for` adds the page's own language by itself; the alternate of a page (`hreflang`) is the same endpoint in
the other.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

from flask import Blueprint, Flask, abort, current_app, g, has_request_context, request, url_for

from guide.languages import LANGUAGES, Language, other

View = TypeVar("View", bound=Callable[..., Any])

ADDRESSES_KEPT = 8192
"""Paths that were built last: of 91 listings all, of 5,000 those that are asked for."""

QUERY_NAMES: dict[str, dict[Language, str]] = {
    "q": {"fr": "q", "nl": "q"},
    "sealed": {"fr": "recherche", "nl": "zoekopdracht"},
    "page": {"fr": "page", "nl": "pagina"},
    "open_now": {"fr": "ouvert", "nl": "open"},
    "free": {"fr": "gratuit", "nl": "gratis"},
    "walk_in": {"fr": "sans-rdv", "nl": "zonder-afspraak"},
    "wheelchair": {"fr": "chaise-roulante", "nl": "rolstoel"},
    "takes_referrals": {"fr": "fiche-relais", "nl": "doorverwijsfiche"},
    "language": {"fr": "langue", "nl": "taal"},
    "neighbourhood": {"fr": "quartier", "nl": "wijk"},
    "need": {"fr": "besoin", "nl": "nood"},
    "public": {"fr": "public", "nl": "doelgroep"},
    "list": {"fr": "s", "nl": "s"},
    "answers": {"fr": "reponses", "nl": "antwoorden"},
    "class": {"fr": "etat", "nl": "stand"},
    "theme": {"fr": "theme", "nl": "thema"},
    "saved": {"fr": "enregistre", "nl": "opgeslagen"},
    "older": {"fr": "avant", "nl": "voor"},
    "newer": {"fr": "apres", "nl": "na"},
    "first": {"fr": "a", "nl": "a"},
    "second": {"fr": "b", "nl": "b"},
    "object": {"fr": "objet", "nl": "onderwerp"},
    "listing": {"fr": "fiche", "nl": "fiche"},
    "service": {"fr": "service", "nl": "dienst"},
    "year": {"fr": "annee", "nl": "jaar"},
    "handed_on": {"fr": "suite", "nl": "vervolg"},
    "view": {"fr": "vue", "nl": "beeld"},
    "chosen": {"fr": "choix", "nl": "keuze"},
    "sides": {"fr": "texte", "nl": "tekst"},
    "paper": {"fr": "papier", "nl": "papier"},
    "taken_up": {"fr": "reutiliser", "nl": "opnieuw-gebruiken"},
}
"""What a filter is called in an address, per language."""


def bilingual_page(
    pages: Blueprint, fr: str, nl: str, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """Registers a view under both paths; the view receives `lang`."""

    def register(view: View) -> View:
        for lang, path in (("fr", fr), ("nl", nl)):
            pages.add_url_rule(
                f"/{lang}{path}", view.__name__, view, defaults={"lang": lang}, methods=list(methods)
            )
        return view

    return register


def query_value(name: str, lang: Language) -> str:
    """The value of a parameter by its name in this language; '' when absent."""
    return next(iter(query_values(name, lang)), "")


def query_values(name: str, lang: Language) -> list[str]:
    """All values of a parameter by its name in this language. What a page has read of its address is noted."""
    named = QUERY_NAMES[name][lang]
    g.setdefault("names_read", set()).add(named)
    # Nothing that is looked up holds a NUL, and PostgreSQL refuses to compare with it.
    return [value.replace("\x00", "\ufffd") for value in request.args.getlist(named)]


def pass_over(name: str, lang: Language) -> None:
    """Nothing on the page depends on what this parameter says: it is as if it had not been read."""
    g.names_read.discard(QUERY_NAMES[name][lang])


def query_string(values: Mapping[str, str], lang: Language) -> str:
    """'?q=…&ouvert=1' for the values that are set, or ''."""
    named = {QUERY_NAMES[name][lang]: value for name, value in values.items() if value}
    return f"?{urlencode(named)}" if named else ""


def is_https(site_url: str | None) -> bool:
    """Is this public address an https one?"""
    return (site_url or "").startswith("https://")


def is_secure() -> bool:
    """Is the guide's own public address an https one?"""
    return is_https(current_app.config["SITE_URL"])


def site_url() -> str:
    """The public address without a final slash: the operator's setting, else the one being asked."""
    configured: str | None = current_app.config["SITE_URL"]
    return configured or request.url_root.rstrip("/")


def absolute(path: str) -> str:
    return site_url() + path


def alternate_path(lang: Language) -> str | None:
    """This same page in another language, with its query and filters; None on pages without one.

    A view whose slug differs per language has put the alternate's values into `g.alternate_values`.
    """
    if request.endpoint is None or "lang" not in (request.view_args or {}) or g.get("without_alternate"):
        return None
    values = dict(request.view_args or {})
    values.update(g.get("alternate_values", {}) if lang != values["lang"] else {})
    values["lang"] = lang
    path = url_for(request.endpoint, **values)
    own: Language = (request.view_args or {})["lang"]
    known = {names[own]: name for name, names in QUERY_NAMES.items()}
    asked = {
        known[name]: value for name, value in request.args.items() if name in known and len(value) <= 1000
    }
    asked.update(g.get("alternate_query", {}) if lang != own else {})
    return path + query_string(asked, lang)


def reader() -> Language:
    """The language of the page being made."""
    lang: Language = g.lang
    return lang


class Application(Flask):
    """Flask, which builds each path of the site once: a page has 40 links, and most of them the last page had too."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._path = lru_cache(ADDRESSES_KEPT)(self._build)

    def url_for(self, endpoint: str, **values: Any) -> str:
        """As Flask's; a path within the site comes from what was built before."""
        if endpoint.startswith(".") or not has_request_context():
            return super().url_for(endpoint, **values)
        # Flask's own function names what it was not asked for; '1', 1 and True are one key of a cache, and two paths.
        asked = {name: value for name, value in values.items() if value is not None}
        if not all(isinstance(value, str) and name[0] != "_" for name, value in asked.items()):
            return super().url_for(endpoint, **values)
        return self._path(request.root_path, g.get("lang", "fr"), endpoint, tuple(asked.items()))

    def _build(self, root: str, lang: Language, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
        """`root` and `lang` are those of the request, which Flask looks up by itself."""
        path: dict[str, Any] = dict(values)
        return super().url_for(endpoint, **path)


def install(app: Flask) -> None:
    """Lets `url_for` fill in the language of the page being made."""

    @app.before_request
    def _refuse_nul() -> None:
        # No address of ours holds one, and PostgreSQL refuses to compare with it.
        if "\x00" in request.path:
            abort(404)

    @app.url_value_preprocessor
    def _remember(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).get("lang") or preferred_language() or "fr"

    @cache
    def in_two_languages(endpoint: str) -> bool:
        return app.url_map.is_endpoint_expecting(endpoint, "lang")

    @app.url_defaults
    def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and in_two_languages(endpoint):
            values["lang"] = g.get("lang", "fr")


def preferred_language() -> Language | None:
    """The language a visitor without a page wants: the one she chose before, else her browser's, else None."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if chosen == language:
            return language
    best = request.accept_languages.best_match(["fr", "nl", "fr-BE", "nl-BE", "fr-FR", "nl-NL"])
    return None if best is None else ("nl" if best.startswith("nl") else "fr")


def referrer() -> SplitResult:
    """The address of the page a visitor came from; an empty one when she does not say, or says no address."""
    try:
        return urlsplit(request.referrer or "")
    except ValueError:
        return urlsplit("")


def switched_language() -> Language | None:
    """The language this page was just switched to, when the visitor came from its alternate or the chooser."""
    lang: Language | None = (request.view_args or {}).get("lang")
    page = referrer()
    if lang is None or page.netloc not in (request.host, urlsplit(site_url()).netloc):
        return None
    return lang if page.path in ("", "/") or page.path.startswith(f"/{other(lang)}/") else None


LANGUAGE_COOKIE = "langue"
