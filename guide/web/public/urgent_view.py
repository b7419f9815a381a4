"""The urgent numbers that other pages show: the short panel of the home page."""

from guide.directory.urgent import Line
from guide.languages import Language
from guide.web.ui.request_context import urgent_numbers

HOME_KEYS: dict[Language, tuple[str, ...]] = {
    "fr": ("urgence-112", "police-101", "tele-accueil-107", "ecoute-violences-conjugales", "samusocial"),
    "nl": ("urgence-112", "police-101", "tele-onthaal-106", "1712", "samusocial"),
}
"""Two for danger, then somebody to talk to in the reader's language, violence, and a bed."""


def home_numbers(language: Language) -> list[Line]:
    """The few numbers of the home page's panel, in their order."""
    lines = {line.key: line for line in urgent_numbers(language)}
    return [lines[key] for key in HOME_KEYS[language] if key in lines]
