"""The pictures of README: what a citizen sees on a telephone, taken of the shipped data.

`python -m tests.pictures` takes them anew, with the system's Chromium, on a fresh instance at the moment at which all
tests look at the guide: as long as neither pages nor data change, nor the browser, they are the same.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import arguments, executable
from tests.documents import DOCS
from tests.running import close_app, load_shipped, open_app, served, settings_for

PICTURES: Mapping[str, str] = {
    "home": "/fr/",
    "results": "/fr/services/?q=j%27ai+faim",
    "listing": "/nl/diensten/cpas-jette",
}
"""The page of each picture, by the name of its file."""
FOLDER = DOCS / "pictures"
WIDTH, HEIGHT, SCALE = 360, 740, 1.5
"""A usual telephone: its pixels, and how many of those of the picture each one is."""


def take(folder: Path) -> None:
    """Writes every picture into this folder, as `<name>.png`."""
    with tempfile.TemporaryDirectory() as made:
        instance = Path(made) / "instance"
        instance.mkdir()
        load_shipped(instance)
        app = open_app(settings_for(instance))
        with served(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=arguments())
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT},
                device_scale_factor=SCALE,
                color_scheme="light",
                java_script_enabled=False,
            )
            page = context.new_page()
            for name, path in PICTURES.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=folder / f"{name}.png")
            browser.close()
        close_app(app)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    take(FOLDER)
