"""The urgent numbers that other pages show: the short panel of the home page."""

from sqlalchemy.orm import Session

from guide.directory.urgent import Line, urgent_lines
from guide.web.context import now

HOME_KEYS = ("urgence-112", "police-101", "ecoute-violences-conjugales", "1712", "tele-accueil-107", "tele-onthaal-106", "samusocial")


def home_numbers(session: Session) -> list[Line]:
    """The few numbers of the home page's panel, in their order."""
    lines = {line.key: line for line in urgent_lines(session, now())}
    return [lines[key] for key in HOME_KEYS if key in lines]
