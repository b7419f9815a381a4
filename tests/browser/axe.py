"""axe on an open page, in a context that lets it in (`bypass_csp`: the site's own policy forbids it)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from guide.languages import Language

SCRIPT = Axe().axe_script

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours: by far the slowest."""
WITHOUT_COLOURS = "rules: {" + ", ".join(f"'{rule}': {{enabled: false}}" for rule in COLOURS) + "}"


def axe_faults(page: Page, options: str = "") -> list[str]:
    """What axe finds, one line a rule: where, which rule, and the first element. Empty when all is well.

    It need not fetch the style sheets again (`preload`): only an experimental rule, which is off, reads them.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found = page.evaluate(
        f"axe.run({{preload: false, resultTypes: ['violations'], {options}}}).then(all => all.violations)"
    )
    at = f"{page.url} {page.viewport_size}"
    return [f"{at}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]


def faults_at(page: Page, *widths: int, options: str = "") -> list[str]:
    """As `axe_faults` at each of these widths of the window, and whether the page scrolls sideways there."""
    found = []
    for width in widths:
        found += sideways_at(page, width)
        found += axe_faults(page, options)
    return found


def sideways_at(page: Page, width: int) -> list[str]:
    """Sets the width of the window; says it when the page is wider."""
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url}: {wide} pixels wide in a window of {width}"] if wide > width else []


def faults_light_and_dark(page: Page, lang: Language) -> list[str]:
    """What axe finds on a page that is looked at in both languages.

    In French all rules on a light telephone, and the colours on a dark screen; in Dutch all rules on a light screen,
    the colours on a dark telephone, and the other rules at the narrowest. The rules that look at colours are by far
    the slowest, and the colours are those of one template. In both, whether it scrolls sideways at the narrowest and
    the widest. The context needs `reduced_motion="reduce"`: a colour on its way from light to dark is neither.
    """
    page.emulate_media(color_scheme="light")
    narrow, wide = 360, 1280
    if lang == "fr":
        found = sideways_at(page, 320) + faults_at(page, narrow)
        dark = wide
    else:
        found = faults_at(page, 320, options=WITHOUT_COLOURS) + faults_at(page, wide)
        dark = narrow
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {fault}" for fault in faults_at(page, dark, options=f"runOnly: {COLOURS}")]
