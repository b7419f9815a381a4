"""A listing as it would look, to be looked at and never stored."""

from sqlalchemy.orm import Session

from guide.editing.proposals import Sheet
from guide.model import Service
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import SERVICE

_NOT_SAID_YET = {"key": "apercu", "short_code": "apercu", "kind": "service", "state": "existing"}


def as_service(session: Session, sheet: Sheet) -> Service:
    """The sheet as a service object with its open change in it.

    The session must be one that is thrown away without a flush: the object belongs to it.
    """
    lookup = DatabaseLookup(session)
    service = sheet.service or Service()
    organization = sheet.proposal.organization if sheet.proposal is not None else None
    record = {
        **({} if sheet.service else _NOT_SAID_YET),
        **({"organization": organization.key} if organization and not sheet.service else {}),
        **sheet.record,
    }
    with session.no_autoflush:
        SERVICE.fill(service, SERVICE.canonical(record), lookup)
    return service
