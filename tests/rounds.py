"""How often something is tried that finds more the more often it is: some times here, all of them in CI.

CI is where nothing may be skipped: where `GUIDE_TEST_REQUIRE` is set, as `.ci/run` does.
"""

import os

ALL = bool(os.environ.get("GUIDE_TEST_REQUIRE"))


def rounds(here: int, ci: int) -> int:
    """So many in a run while one works, so many in CI."""
    return ci if ALL else here
