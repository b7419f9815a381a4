"""Without a network: the guide kept on a telephone, its search, the page for when nothing is kept.

The service worker (`/sw.js`) is the file `static/js/worker.js` with its settings before it. It keeps what the
server marks public and nothing else: no page of somebody signed in, no list, no form, nothing sensitive.
"""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from guide.languages import LANGUAGES, Language, other
from guide.publish.pocket import pocket
from guide.sentences import sentences
from guide.web.public.urgent_view import home_numbers
from guide.web.ui.assets import asset, script
from guide.web.ui.cards import FAMILIES
from guide.web.ui.formatting import tel
from guide.web.ui.list_cookie import keep_codes
from guide.web.ui.request_context import guide, now, per_revision, session, urgent_numbers
from guide.web.ui.shared_device import share
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("offline", __name__)

MOST_PAGES = 40
"""How many seen pages a telephone keeps; the oldest go first."""
FRAME = (
    "css/site.css",
    "css/offline.css",
    "js/site.js",
    "img/sprite.svg",
    "img/favicon.svg",
)
FONT = "vendor/fonts/public-sans.woff2"
NEVER = (
    *(
        "/fr/ma-liste",
        "/nl/mijn-lijst",
        "/fr/relais",
        "/nl/doorverwijzing",
        "/fr/confirmer",
        "/nl/bevestigen",
    ),
    *("/fr/mon-", "/nl/mijn-", "/fr/moderation", "/nl/moderatie", "/fr/connexion", "/nl/inloggen"),
    *("/fr/listes", "/nl/lijsten", "/fr/comptes", "/nl/accounts", "/fr/deconnexion", "/nl/uitloggen"),
    *("/fr/lien/", "/nl/link/", "/fr/mot-de-passe", "/nl/wachtwoord"),
)
"""How addresses begin that are not kept even if a page there were marked public by mistake."""


@bilingual_page(pages, "/hors-ligne", "/offline")
def keep(lang: Language) -> str:
    """Keep the guide on this telephone, erase it, or say that the telephone is not one's own."""
    return render_template("public/offline/keep.html")


@bilingual_page(pages, "/hors-ligne/chercher", "/offline/zoeken")
def search(lang: Language) -> str:
    """Searches the kept guide in the browser itself; useless without a script, and says so."""
    return render_template("public/offline/search.html", numbers=home_numbers(lang))


@bilingual_page(pages, "/hors-ligne/sans-connexion", "/offline/geen-verbinding")
def nothing(lang: Language) -> str:
    """What is shown when there is no network and the page was never seen: who to call, in both languages."""
    return render_template(
        "public/offline/nothing.html",
        said={side: _said(side) for side in LANGUAGES},
        lines={side: urgent_numbers(side) for side in (lang, other(lang))},
    )


def _said(lang: Language) -> dict[str, str]:
    """The sentences of the page for when nothing is kept, which speaks both languages."""
    _ = sentences(lang)
    return {
        "title": _("Pas de connexion"),
        "not_kept": _("Cette page n’est pas gardée sur le téléphone"),
        "calls": _("Appeler marche sans connexion."),
        "danger": _("Danger maintenant"),
        "talk": _("Parler à quelqu’un, un lit"),
        "ask": _("Demander de l’aide à Jette"),
        "all": _("Tous les numéros urgents"),
        "search": _("Chercher dans le guide gardé"),
    }


@bilingual_page(pages, "/hors-ligne/guide.json", "/offline/gids.json")
def data(lang: Language) -> Response:
    """The public services of one language, with the words they are found by (see `publish.pocket`)."""
    today = now().date()

    def made() -> str:
        kept = guide().index.ask(
            session(),
            today,
            lambda engine, lexicon: pocket(
                session(),
                lexicon,
                lang,
                today,
                lambda service: url_for(FAMILIES[service.kind], key=service.key),
                tel,
            ),
        )
        return _json(kept)

    answer = Response(per_revision(f"pocket {lang}", made, today), mimetype="application/json")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer


@bilingual_page(pages, "/hors-ligne/telephone-partage", "/offline/gedeelde-telefoon", methods=("POST",))
def shared(lang: Language) -> AnyResponse:
    """This telephone is not mine: the list is emptied and nothing is kept from now on; or it is mine after all."""
    answer = make_response(redirect(url_for("public.offline.keep"), 303))
    mine = request.form.get("partage") == "0"
    share(answer, not mine)
    if not mine:
        keep_codes(answer, [])
        # The browser itself forgets the kept pages and the worker, also where no script runs.
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bilingual_page(pages, "/guide.webmanifest", "/gids.webmanifest")
def manifest(lang: Language) -> Response:
    """What a telephone needs to put the guide on its first screen."""
    answer = Response(
        _json(
            {
                "id": f"/{lang}/",
                "name": _("Guide social de Jette"),
                "short_name": _("Guide social"),
                "description": _("Trouver une aide à Jette"),
                "lang": f"{lang}-BE",
                "start_url": url_for("public.home.index"),
                "scope": "/",
                "display": "minimal-ui",
                "background_color": "#ffffff",
                "theme_color": "#0b5563",
                "icons": [{"src": asset("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
            }
        ),
        mimetype="application/manifest+json",
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/sw.js")
def worker() -> Response:
    """The service worker: another version of any file it keeps is another worker."""
    code = script("js/worker.js")
    settings = _settings()
    settings["version"] = hashlib.sha256((_json(settings) + code).encode()).hexdigest()[:12]
    answer = Response(f"const SETTINGS = {_json(settings)};\n{code}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer


def _settings() -> dict[str, Any]:
    """What the worker keeps from the start, what it keeps on request, and its two sentences."""
    found: dict[str, Any] = {
        "most": MOST_PAGES,
        # By name, so that a page kept before an update finds today's files.
        "assets": {name: asset(name) for name in (*FRAME, FONT)},
        "pages": [],
    }
    for lang in LANGUAGES:
        found["pages"] += [
            url_for("public.urgent.show", lang=lang),
            url_for("public.offline.nothing", lang=lang),
        ]
        _ = sentences(lang)
        line = _("Sans connexion : page gardée le %(date)s. Les heures ont peut-être changé.", date="{date}")
        found[lang] = {
            "line": line,
            "nothing": url_for("public.offline.nothing", lang=lang),
            "search": url_for("public.offline.search", lang=lang),
            "data": url_for("public.offline.data", lang=lang),
            "script": asset("js/offline.js"),
            # The same path for every question: what was answered stands behind it.
            "questions": url_for("public.choosing.ask", lang=lang, slug="x").partition("/x")[2],
            "services": [
                url_for(endpoint, lang=lang, key="x")[:-1] for endpoint in sorted(set(FAMILIES.values()))
            ],
        }
    # What the frame and the kept guide hold has its one place there. A copy among the seen pages would grow old,
    # and after the next release be found first.
    found["never"] = [*NEVER, *found["pages"], *(found[lang]["search"] for lang in LANGUAGES)]
    return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
