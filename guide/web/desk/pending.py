"""What would be overtaken if a listing left the guide: said before it is done, and asked again when more came."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from guide.editing import kept
from guide.languages import LocalText
from guide.model import Fulfilment, Proposal, Service
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

SEEN = "attend"
"""The field of the form that says what its page told of."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The proposals and the links to actions that wait for an answer at a listing."""

    proposals: list[Proposal]
    links: list[Fulfilment]

    @property
    def number(self) -> int:
        return len(self.proposals) + len(self.links)

    @property
    def organizations(self) -> list[LocalText]:
        """Whose they are, each once."""
        found = [one.organization for one in self.proposals] + [
            link.service.organization for link in self.links
        ]
        by_key = {each.key: each.name.localized(reader()) for each in found if each is not None}
        return list(by_key.values())

    @property
    def marks(self) -> str:
        """What the page tells of, for its form."""
        return " ".join([f"p{one.id}" for one in self.proposals] + [f"l{one.id}" for one in self.links])

    @property
    def unsaid(self) -> bool:
        """Has something come that the page, whose form was sent, did not tell of?"""
        return not set(self.marks.split()) <= set(request.form.get(SEEN, "").split())


def waiting_at(db_session: Session, service: Service) -> Waiting:
    """What waits at this listing now."""
    return Waiting(kept.waiting_at(db_session, service), kept.links_waiting_at(db_session, service))


def came_meanwhile() -> str:
    """Somebody proposed something after the page was shown: it is told before anything is done."""
    return _("Une proposition est arrivée entre-temps. Lisez ce qui attend, puis décidez.")
