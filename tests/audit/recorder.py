"""A process that adds entries as fast as it can: `python -m tests.audit.recorder URL FILE`."""

import sys
from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from guide import audit
from guide.database import open_database, writing
from tests.audit.test_log import NOW


def main(url: str, file: str) -> None:
    engine = open_database(url)
    for number in count(1):
        with Session(writing(engine), info={"secret_key": "x" * 40, "audit_head": Path(file)}) as session:
            audit.record(session, "command", "counted", "site", str(number), now=NOW)
            session.commit()
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
