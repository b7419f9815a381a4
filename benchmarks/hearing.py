"""How well sentences are heard: `python benchmarks/hearing.py [--missed]`.

Measures on the files `data/sentences/unseen_*`, which nothing was trained with, written by people who had
not seen the others: the share of dangers with the right panel, with any panel, and with a panel or the calm line;
of calm sentences those with a panel, and those with the calm line; and the CPU time of one sentence. `--missed`
prints every sentence that was heard wrongly. The goals stand in `guide.recognition.quality`.
"""

from __future__ import annotations

import sys
import time

from guide.recognition import quality, sentences
from guide.recognition.hearing import hearing


def main() -> None:
    hear = hearing()
    hear.dangers("")
    for name in ("unseen_1", "unseen_2", "unseen_3"):
        given = list(sentences.sentences(name))
        started = time.process_time()
        heard = [(one, hear.dangers(one.text)) for one in given]
        took = (time.process_time() - started) / max(1, len(given)) * 1000
        for language in sorted({one.language for one in given}):
            measured = quality.measure([pair for pair in heard if pair[0].language == language])
            print(f"{name} {language}: {measured}")
        print(f"{name}: {took:.2f} ms a sentence")
        if "--missed" in sys.argv:
            for one, found in heard:
                if not quality.is_right(one, found):
                    print(f"  {one.language} {'+'.join(one.labels)} → {found}: {one.text}")


if __name__ == "__main__":
    main()
