"""axe on an open page, in a context that lets it in (`bypass_csp`: the site's own policy forbids it)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page.url}: {wide} pixels wide in a window of {width}")
        found += axe_faults(page, options)
    return found


def faults_light_and_dark(page: Page) -> list[str]:
    """All that axe finds on a light page at three widths, and once more what depends on colour on a dark one.

    The dark page has the same markup, so its other rules would say the same again; and no style sheet gives a
    narrower window other colours than that of a telephone. The context needs `reduced_motion="reduce"`: a colour
    on its way from light to dark is neither.
    """
    page.emulate_media(color_scheme="light")
    found = faults_at(page, 320, options=WITHOUT_COLOURS)
    found += faults_at(page, 360, 1280)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {fault}" for fault in faults_at(page, 360, 1280, options=f"runOnly: {COLOURS}")]


def faults_in_other_words(page: Page) -> list[str]:
    """What axe finds on a page that was looked at by `faults_light_and_dark` in another language.

    Its template and colours are the same, its words are others and may be longer: all rules once, on a telephone,
    and at the narrowest and the widest window those that do not look at colours.
    """
    page.emulate_media(color_scheme="light")
    return faults_at(page, 320, 1280, options=WITHOUT_COLOURS) + faults_at(page, 360)
