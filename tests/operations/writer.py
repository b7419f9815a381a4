"""A process that writes to a database as fast as it can (run by `tests.killing`).

Each number it prints is committed, with an audit entry of the same transaction.
"""

from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.database import open_database, writing
from guide.model import SiteFact

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def main(url: str) -> None:
    engine = open_database(url)
    for number in count(1):
        with Session(writing(engine), info={"secret_key": "x" * 40}) as session:
            session.merge(SiteFact(name="counted", value=str(number)))
            audit.record(session, "command", AuditVerb.LISTING_CHANGED, "site", str(number), now=NOW)
            session.commit()
        print(number, flush=True)
