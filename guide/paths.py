"""Where the guide's own folders are: beside the package in a checkout, inside it in a wheel.

`templates/`, `static/`, `translations/` and `data/` stand at the top of the repository; a wheel
carries them as `guide/_bundle/`. Nothing here knows the instance folder (see `settings`).
"""

from pathlib import Path


def _bundle() -> Path:
    package = Path(__file__).resolve().parent
    for candidate in (package / "_bundle", package.parent):
        if (candidate / "templates" / "ui/base.html").is_file():
            return candidate
    raise RuntimeError(
        f"The guide's templates are neither in {package / '_bundle'} nor in {package.parent}: "
        "install the package again (pip install -e . in the checkout)."
    )


BUNDLE = _bundle()
TEMPLATES = BUNDLE / "templates"
STATIC = BUNDLE / "static"
TRANSLATIONS = BUNDLE / "translations"
DATA = BUNDLE / "data"
