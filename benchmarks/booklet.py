"""How long the guide takes to become paper, on this machine.

Method: the guide's own data is loaded into a fresh SQLite database in a temporary folder; then each kind of
booklet is made a few times in one process, and the best and the median time are printed with pages and bytes.
The goal is both languages in at most three seconds on a quiet machine. Nothing is asserted.

    .venv/bin/python benchmarks/booklet.py [--times 3]
"""

import argparse
import io
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy.orm import Session

from guide import clock, migrations, paths
from guide.database import open_database, writing
from guide.loading import load
from guide.publish.booklet import PAPERS, SIDES, Choice, make


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="how often each is made (default: 3)")
    options = parser.parse_args()
    day = datetime(2026, 11, 23, tzinfo=clock.BRUSSELS)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'guide.sqlite3'}")
        migrations.upgrade(engine)
        with Session(writing(engine)) as session:
            load(session, paths.DATA, clock.now())
            session.commit()
        print(f"{'language':<10}{'paper':<12}{'best s':>8}{'median s':>10}{'pages':>7}{'KB':>7}")
        for sides in SIDES:
            for paper in PAPERS:
                taken = []
                for _ in range(options.times):
                    with Session(engine) as session:
                        begun = time.perf_counter()
                        made = make(session, Choice(sides, paper), day, "https://guide.example.be")
                        taken.append(time.perf_counter() - begun)
                count = len(PdfReader(io.BytesIO(made)).pages)
                print(
                    f"{sides:<10}{paper:<12}{min(taken):>8.2f}{statistics.median(taken):>10.2f}"
                    f"{count:>7}{len(made) // 1024:>7}"
                )
        engine.dispose()


if __name__ == "__main__":
    main()
