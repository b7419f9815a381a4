"""axe finds nothing on any page kind, in both languages, light and dark, at three widths."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PAGES = {
    "chooser": ("/", None),
    "home": ("/fr/", "/nl/"),
    "results": ("/fr/services/?q=j%27ai+faim", "/nl/diensten/?q=honger"),
    "no result": ("/fr/services/?q=xqzvbw", "/nl/diensten/?q=xqzvbw"),
    "crisis": ("/fr/services/?q=je+veux+mourir", "/nl/diensten/?q=ik+wil+dood"),
    "service": ("/fr/services/cpas-jette", "/nl/diensten/cpas-jette"),
    "sensitive service": ("/fr/services/ecoute-violences-conjugales", "/nl/diensten/1712"),
    "benefit": ("/fr/aides/article-27", "/nl/steun/article-27"),
    "project": ("/fr/projets/fiche-relais", "/nl/projecten/fiche-relais"),
    "error to report": (
        "/fr/services/cpas-jette/signaler-une-erreur",
        "/nl/diensten/cpas-jette/fout-melden",
    ),
    "error reported": (
        "/fr/services/cpas-jette/signaler-une-erreur/merci",
        "/nl/diensten/cpas-jette/fout-melden/bedankt",
    ),
    "link that works no longer": ("/fr/confirmer/inconnu", "/nl/bevestigen/onbekend"),
    "new link": ("/fr/confirmer/nouveau-lien/envoye", "/nl/bevestigen/nieuwe-link/verstuurd"),
    "need": ("/fr/besoins/faim", "/nl/noden/honger"),
    "sensitive need": ("/fr/besoins/danger", "/nl/noden/gevaar"),
    "organisation": ("/fr/organismes/cpas-jette", "/nl/organisaties/cpas-jette"),
    "urgent": ("/fr/urgence", "/nl/dringend"),
    "rights": ("/fr/vos-droits", "/nl/uw-rechten"),
    "languages": ("/fr/langues", "/nl/talen"),
    "map": ("/fr/carte", "/nl/kaart"),
    "list": ("/fr/ma-liste", "/nl/mijn-lijst"),
    "plans": ("/fr/plans/", "/nl/plannen/"),
    "plan": ("/fr/plans/pasap-2022-2027/", "/nl/plannen/pasap-2022-2027/"),
    "action": ("/fr/plans/pas-2015-2020/alimentation-01", "/nl/plannen/pas-2015-2020/alimentation-01"),
    "coverage": ("/fr/plans/pasap-2022-2027/couverture", "/nl/plannen/pasap-2022-2027/dekking"),
    "about": ("/fr/a-propos", "/nl/over-ons"),
    "help": ("/fr/mode-d-emploi", "/nl/hoe-werkt-het"),
    "accessibility": ("/fr/accessibilite", "/nl/toegankelijkheid"),
    "privacy": ("/fr/vie-privee", "/nl/privacy"),
    "open data": ("/fr/donnees-ouvertes", "/nl/open-data"),
    "keep on a telephone": ("/fr/hors-ligne", "/nl/offline"),
    "kept search": ("/fr/hors-ligne/chercher", "/nl/offline/zoeken"),
    "no network": ("/fr/hors-ligne/sans-connexion", "/nl/offline/geen-verbinding"),
    "not found": ("/fr/rien", "/nl/niets"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing(chromium: Browser, site: str, kind: str) -> None:
    axe = Axe()
    for scheme in ("light", "dark"):
        # The policy forbids axe itself, which is put into the page; only this test steps over it.
        context = chromium.new_context(color_scheme=scheme, bypass_csp=True, locale="de-DE", base_url=site)  # type: ignore[arg-type]
        page = context.new_page()
        for path in filter(None, PAGES[kind]):
            page.goto(path)
            for width in (320, 360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                found = axe.run(page)
                faults = [
                    f"{path} {scheme} {width}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
                    for fault in found.response["violations"]
                ]
                assert not faults, "\n".join(faults)
        context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_scrolls_sideways_at_320_pixels(visit: Callable[..., Page], kind: str) -> None:
    for path in filter(None, PAGES[kind]):
        page = visit(path, width=320, script=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
