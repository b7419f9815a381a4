"""Does the suite catch what it should? Plants known faults, one at a time, in a copy, and says which test goes red.

    python benchmarks/planted_faults.py                    every fault, in a copy of this checkout
    python benchmarks/planted_faults.py --only 7 --only 9  these two
    python benchmarks/planted_faults.py --root ../before   in a copy of another checkout (an older one)
    python benchmarks/planted_faults.py --check            only looks whether each fault still finds its place

A fault is a piece of text that stands once in the product and what takes its place; it names no file, so that it
holds when files move. What it does not find is reported as lost: find its new wording and add it to the others.

Of each fault five rounds run, none that is not needed, each ended by the first test that goes red:
1. the test files that bear the name of the changed module (of `guide/plans/coverage.py` it is
   `tests/plans/test_coverage.py`), for a template its folder's name;
2. those that import it, by themselves or through helpers of the tests;
3. the tests of the folder that mirrors the module's own;
4. the conventions;
5. the whole suite without browser.

A test that goes red counts only when it is green in the same copy without the fault. A run that does not end in
time counts as caught: somebody would notice. Results go to a file line by line; what stands there is not run again.
Takes hours for all: run it in the background, `nice`.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PRODUCT = ("guide", "templates", "translations", "data", "static", "deploy")
LEFT_OUT = ("__pycache__", ".venv", "instance", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
TEXT = {
    ".py",
    ".html",
    ".txt",
    ".po",
    ".yaml",
    ".tsv",
    ".js",
    ".css",
    ".typ",
    ".svg",
    ".conf",
    ".service",
    "",
}

ROUND = 45 * 60
"""Seconds after which a run is ended."""

BATCH = 12
"""So many test files run in one process: what is nearest is asked first, and no process grows."""

PLUMBING = {
    *(
        "tests.conftest",
        "tests.crawl",
        "tests.databases",
        "tests.factories",
        "tests.instances",
        "tests.markup",
    ),
    *("tests.pages", "tests.postgresql", "tests.running"),
}
"""What all tests stand on (the application, the loaded data, the client): that one uses it tells nothing of it."""

NOTHING_TO_RUN = 5
"""What pytest ends with when every test of the files was left out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, in words, and the change: wordings (older, newer) of one place, with what takes theirs."""

    words: str
    changes: tuple[tuple[str, str], ...]


def fault(words: str, *pairs: str) -> Fault:
    """`pairs`: text, its replacement; then perhaps another wording of the same place, and its replacement."""
    return Fault(words, tuple(dict.fromkeys(zip(pairs[::2], pairs[1::2], strict=True))))


FAULTS = (
    # accounts
    fault(
        "one try more than the limit is let through",
        "return 0 if row.count <= limit else", "return 0 if row.count <= limit + 1 else",
    ),
    fault(
        "a social worker's session lives a day unused",
        "Role.SOCIAL_WORKER: (timedelta(minutes=30), timedelta(hours=12)),",
        "Role.SOCIAL_WORKER: (timedelta(hours=24), timedelta(hours=24)),",
    ),
    fault(
        "a one-time code of a minute ago is taken",
        "for step in (current, current - 1, current + 1):",
        "for step in (current, current - 1, current + 1, current - 2):",
    ),
    fault(
        "no hash is computed where there is no account",
        "return hasher.verify(password_hash or _dummy(), _typed(password)) and password_hash is not None",
        "return password_hash is not None and hasher.verify(password_hash, _typed(password))",
    ),
    fault(
        "a used link works again",
        "usable = link is not None and link.used_at is None and lasts(",
        "usable = link is not None and lasts(",
    ),
    # audit
    fault(
        "the detail of an entry is not covered by its hash",
        '_HASHED = ("seq", "at", "actor", "verb", "object", "detail")',
        '_HASHED = ("seq", "at", "actor", "verb", "object")',
    ),
    # clock
    fault(
        "a clock that was set back is believed",
        "return known if known is not None and abs(now - known) > JUMP else None",
        "return known if known is not None and now - known > JUMP else None",
    ),
    # database and files
    fault(
        "a transaction that writes takes no lock at its start",
        '"BEGIN IMMEDIATE" if immediate else "BEGIN"', '"BEGIN" if immediate else "BEGIN"',
    ),
    fault("what is deleted stays readable in the file", "PRAGMA secure_delete = ON", "PRAGMA secure_delete = OFF"),
    fault(
        "a file that others can read is left so",
        "        if kept != stat.S_IMODE(found.st_mode):", "        if kept > stat.S_IMODE(found.st_mode):",
    ),
    # directory
    fault(
        "a listing is stale on its last day",
        "return Freshness.TO_CONFIRM if today <= later(last, STALE_AFTER_MONTHS) else",
        "return Freshness.TO_CONFIRM if today < later(last, STALE_AFTER_MONTHS) else",
    ),
    fault(
        "a service is open on the last day of its closure",
        "if closure.starts <= day <= closure.ends)",
        "if closure.starts <= day < closure.ends)",
    ),
    fault(
        "listings that are not public are indexed",
        "        .where(Service.is_public)\n        .options(",
        "        .where(Service.publication != 'draft')\n        .options(",
    ),
    # editing
    fault(
        "whatever a trusted organisation changes is public at once",
        "(trusted and field_of(path) in QUICK)",
        "trusted",
    ),
    fault(
        "a published listing does not reach the index",
        *(
            pair
            for call in ("note_change", "enqueue_index_update")
            for follows in (
                'audit.record(session, f"account:{reviewer.id}"',
                "audit.record(session, edit.actor, AuditVerb.LISTING_PUBLISHED",
            )
            for pair in (f'{call}(session, f"service:{{service.key}}")\n    {follows}', follows)
        ),
    ),
    fault(
        "what is kept of a proposal goes when it was just decided",
        "Proposal.decided_at < now - KEPT_FOR,", "Proposal.decided_at < now + KEPT_FOR,",
    ),
    # keys and seals
    fault(
        "every referral is sealed with the same key",
        "    key = os.urandom(KEY)\n", "    key = bytes(KEY)\n",
    ),
    fault(
        "a sealed part may stand in place of another",
        'return f"referral:{uid}:{name}".encode()', 'return f"referral:{uid}".encode()',
        'return f"referral:{uid}:{section}".encode()', 'return f"referral:{uid}".encode()',
    ),
    fault(
        "after a rotation the old key still wraps",
        "        kid = list(keys)[-1]", "        kid = list(keys)[0]",
    ),
    # loading, records
    fault(
        "a short code that is printed is taken back by the files",
        'content["short_code"] = stored["short_code"]\n',
        "pass\n",
    ),
    fault(
        "the national number of somebody born on a 31st passes",
        "if day > 31 or month % 20 > 12 or month > 52:",
        "if day > 30 or month % 20 > 12 or month > 52:",
        "if int(figures[4:6]) > 31:",
        "if int(figures[4:6]) > 30:",
    ),
    # mail
    fault(
        "the words of a sealed mail wait in clear beside it",
        "        address, content = None, {}\n", "        address = None\n",
    ),
    fault(
        "a sent mail is kept for a year",
        'KEPT = timedelta(days=30)\n"""How long a sent mail', 'KEPT = timedelta(days=365)\n"""How long a sent mail',
    ),
    # operations
    fault(
        "the last backup may be four days old",
        "A_DAY_AND_A_HALF = timedelta(hours=36)", "A_DAY_AND_A_HALF = timedelta(hours=96)",
    ),
    fault(
        "a restore does not erase again what the ledger names",
        "erased = after(session, list(ledger.uids))", "erased = after(session, [])",
    ),
    # plans
    fault(
        "a link of a stale listing covers its action",
        "        and freshness(link.service, today) is not Freshness.STALE\n", "",
    ),
    # publish
    fault(
        "a cell that begins with a minus is let through",
        r"[=+\-@|%]|[\ufeff \x00]*[\t\r\n]", r"[=+@|%]|[\ufeff \x00]*[\t\r\n]",
    ),
    fault(
        "sensitive listings are kept on telephones",
        "return [service for service in found if not service.is_sensitive]", "return list(found)",
    ),
    # recognition
    fault(
        "a long sentence is heard as loudly as a short one",
        "share = 1 / (math.sqrt(len(heard)) * self.scale)", "share = 1 / self.scale",
    ),
    # referrals
    fault(
        "what is under study expires a day late",
        "ReferralState.UNDER_STUDY: 60}", "ReferralState.UNDER_STUDY: 61}",
    ),
    fault(
        "a referral that ended late lives longer than 180 days",
        "return min(latest, referral.ended_at + KEPT_AFTER_END)", "return referral.ended_at + KEPT_AFTER_END",
    ),
    fault(
        "a referral whose time is over is still read",
        "if referral is None or erased_from(referral) <= now:", "if referral is None:",
    ),
    fault(
        "the last day of an agreement does not count",
        "referral.consent_expires < now.astimezone(BRUSSELS).date()",
        "referral.consent_expires <= now.astimezone(BRUSSELS).date()",
    ),
    fault("a count of four is shown", "SMALLEST = 5\n", "SMALLEST = 4\n"),
    fault("a sixth wrong code is looked at", "CODE_TRIES = 5\n", "CODE_TRIES = 6\n"),
    fault(
        "a receiver not bound by secrecy is told what was tried",
        'NOT_BOUND = {"name", "contact",', 'NOT_BOUND = {"tried", "name", "contact",',
    ),
    # search
    fault(
        "filters count and do not filter",
        "        shown &= bitmap\n", "        shown &= bitmap | answering\n",
    ),
    fault(
        "a damaged file of the index is read",
        "if hashlib.sha256(content).hexdigest() != expected:",
        "if not content:",
    ),
    # server
    fault(
        "a server lets a body of two mebibytes through",
        "max_request_body_size=LARGEST + 1,", "max_request_body_size=2 * LARGEST + 1,",
    ),
    # web
    fault(
        "editors pass where coordinators do",
        "Access.COORDINATOR: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),",
        "Access.COORDINATOR: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.EDITOR}),",
    ),
    fault(
        "a backslash leads from the sign-in to another site",
        '        and "\\\\" not in path\n', "",
    ),
    fault(
        "a sensitive page is kept by the browser",
        'if g.get("sensitive") or is_shared() or not', "if is_shared() or not",
        'if g.get("sensitive") or is_shared_device() or not', "if is_shared_device() or not",
    ),
    fault(
        "the words of a crisis can be read for ever",
        "return words.rstrip() if abs(age) <= LIFE.total_seconds() else None", "return words.rstrip()",
    ),
    fault(
        "words that fell back to the other language are not escaped",
        'Markup(\'<{tag} lang="{lang}">{words}</{tag}>\').format(tag=tag, lang=side.lang, words=side.words)',
        'Markup(f\'<{tag} lang="{side.lang}">{side.words}</{tag}>\')',
    ),
    fault(
        "a form from another site is heard when its token is right",
        'not in ("same-origin", "none"):', 'not in ("same-origin", "none", "cross-site"):',
    ),
    # templates, translations, data, static
    fault(
        "a heading is not translated",
        "<h1>{{ _('Les plans sociaux de Jette') }}</h1>",
        "<h1>Les plans sociaux de Jette</h1>",
    ),
    fault(
        "a Dutch sentence is missing",
        'msgid "Numéros urgents"\nmsgstr "Dringende nummers"',
        'msgid "Numéros urgents"\nmsgstr ""',
    ),
    fault(
        "hours stand in the data without a source",
        "schedule_source: oasis-2026-08\nlanguages:\n- nl\nterms:\n- term: danger\n",
        "languages:\n- nl\nterms:\n- term: danger\n",
    ),
    fault("letters are too pale to read", "  --muted: #48545b;", "  --muted: #8a949a;"),
)  # fmt: skip


@dataclass(slots=True)
class Copy:
    """A checkout copied into a folder of its own, with the interpreter that runs its tests."""

    root: Path
    folder: Path
    python: str
    touched: float = field(default_factory=lambda: time.time() - 40_000_000)

    @classmethod
    def of(cls, root: Path, folder: Path) -> "Copy":
        target = folder / "checkout"
        shutil.copytree(root, target, ignore=shutil.ignore_patterns(*LEFT_OUT, ".git"), symlinks=True)
        own = root / ".venv" / "bin" / "python"
        return cls(root, target, str(own) if own.exists() else sys.executable)

    def write(self, path: str, text: str) -> None:
        """Writes a file of the copy, with a date of its own: bytecode goes by date and size."""
        file = self.folder / path
        file.write_text(text, encoding="utf-8")
        self.touched += 10
        os.utime(file, (self.touched, self.touched))
        if path.endswith(".po"):
            self.run("-m", "babel.messages.frontend", "compile", "-d", "translations")

    def run(self, *arguments: str, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
        """Runs Python in the copy; what is imported is the copy's. Raises subprocess.TimeoutExpired."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GUIDE_")},
            "PYTHONPATH": str(self.folder),
        }
        process = subprocess.Popen(
            [self.python, *arguments],
            cwd=self.folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            raise
        return subprocess.CompletedProcess(arguments, process.returncode, output)

    def tests(self, *names: str, seconds: float | None = None) -> "Run":
        """Runs these tests until one goes red. Raises subprocess.TimeoutExpired."""
        cache = self.folder.parent / "cache"
        options = ("-x", "-q", "-m", "not browser", "--tb=no", "--cache-clear", "-o", f"cache_dir={cache}")
        done = self.run("-m", "pytest", *options, *names, seconds=seconds)
        return Run(done.returncode, done.stdout, first_red(cache))


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of tests ended: pytest's return code, what it printed, and the test that went red."""

    returncode: int
    output: str
    red: str | None


def places(root: Path, wanted: Fault) -> list[tuple[str, str, str]]:
    """Where a fault's text stands: (path, text, replacement), for each time one of its wordings stands there."""
    return [
        (file.relative_to(root).as_posix(), text, instead)
        for file in product_files(root)
        for content in [file.read_text(encoding="utf-8", errors="replace")]
        for text, instead in wanted.changes
        for _ in range(content.count(text))
    ]


def product_files(root: Path) -> Iterator[Path]:
    for part in PRODUCT:
        for file in sorted((root / part).rglob("*")):
            if file.suffix in TEXT and file.is_file() and not set(LEFT_OUT) & set(file.parts):
                yield file


# Which tests look at a file


def modules_of(file: Path, root: Path) -> set[str]:
    """The modules of ours that a file imports, `from guide.web import forms` also as guide.web.forms."""
    package = ".".join(file.relative_to(root).parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, *([node.module] if node.module else [])])
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return {name for name in found if name.split(".")[0] in ("guide", "tests")}


def module_name(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tests_that_import(module: str, root: Path) -> list[str]:
    """Test files that import the module, by themselves or through modules of the tests, conftest files included."""
    files = sorted((root / "tests").rglob("*.py"))
    imports = {module_name(file, root): modules_of(file, root) for file in files}
    reached = {name for name, named in imports.items() if module in named}
    while more := {name for name, named in imports.items() if name not in reached and named & reached}:
        if not more - PLUMBING:
            break
        reached |= more - PLUMBING
    return [
        file.relative_to(root).as_posix()
        for file in files
        if file.name.startswith("test_") and module_name(file, root) in reached
    ]


def namesakes(path: str, root: Path) -> list[str]:
    """The test files that bear the name of a changed file; of data and translations, those that read them first."""
    file = root / path
    tests = [root / one for one in test_files(root, "tests")]
    stem = file.stem if file.suffix == ".py" else file.parent.name
    kin = {
        one.relative_to(root).as_posix()
        for one in tests
        if one.stem == f"test_{stem}" or one.stem.startswith(f"test_{stem}_")
    }
    if path.startswith("data/"):
        kin |= {one.relative_to(root).as_posix() for one in tests if one.parent.name == "loading"}
    if path.startswith("translations/"):
        kin |= {one.relative_to(root).as_posix() for one in tests if one.stem == "test_catalogue"}
    return sorted(kin)


def importers(path: str, root: Path) -> list[str]:
    """The test files that import a changed module."""
    if not path.endswith(".py"):
        return []
    found = tests_that_import(module_name(root / path, root), root)
    return [one for one in found if "/browser/" not in one]


def mirrored(path: str, root: Path) -> str:
    """The folder of tests that mirrors the one of this file: `guide/web/security/access_control.py`,
    `tests/web/security`.

    '' for files of the package's own folder and of none.
    """
    for folder in Path(path.replace("guide/", "tests/", 1).replace("templates/", "tests/web/", 1)).parents:
        if folder.parts[:1] == ("tests",) and len(folder.parts) > 1 and (root / folder).is_dir():
            return folder.as_posix()
    return ""


def test_files(root: Path, folder: str) -> list[str]:
    """The test files of a folder and those below it, without those that need a browser."""
    if not folder:
        return []
    found = sorted((root / folder).rglob("test_*.py"))
    return [file.relative_to(root).as_posix() for file in found if "browser" not in file.parts]


# Running


def first_red(cache: Path) -> str | None:
    """The test that went red in the last run, or the file that could not be read; None when all were green.

    By the record that pytest keeps: in what it prints, a name with spaces in it cannot be told from what follows.
    """
    record = cache / "v" / "cache" / "lastfailed"
    if not record.exists():
        return None
    return next(iter(json.loads(record.read_text(encoding="utf-8"))), None)


def look(copy: Copy, path: str, clean: str, faulty: str, rounds: list[tuple[str, list[str]]]) -> str:
    """Which test catches the fault, or 'not caught'."""
    passed_over: list[str] = []
    tried: set[str] = set()
    for name, files in rounds:
        left = [file for file in files if file not in tried]
        tried.update(left)
        for batch in (left[start : start + BATCH] for start in range(0, len(left), BATCH)):
            caught = _look_at(copy, path, clean, faulty, batch, passed_over)
            if caught:
                return f"{caught} ({name})"
    return "not caught" + (f", red without it too: {', '.join(passed_over)}" if passed_over else "")


def _look_at(copy: Copy, path: str, clean: str, faulty: str, files: list[str], passed_over: list[str]) -> str:
    """The test of these files that catches the fault; '' when none does. Adds what is red without it too."""
    while True:
        copy.write(path, faulty)
        try:
            done = copy.tests(*files, *(f"--deselect={one}" for one in passed_over), seconds=ROUND)
        except subprocess.TimeoutExpired:
            return "did not end"
        if done.returncode in (0, NOTHING_TO_RUN):
            return ""
        culprit = done.red
        if culprit is None:
            return f"could not run, {done.returncode}: {done.output.strip().splitlines()[-1:]}"
        copy.write(path, clean)
        if copy.tests(culprit, seconds=ROUND).returncode == 0:
            return culprit
        passed_over.append(culprit)


def plant(copy: Copy, wanted: Fault) -> str:
    found = places(copy.folder, wanted)
    if len(found) != 1:
        return f"lost: its text stands {len(found)} times"
    path, text, instead = found[0]
    clean = (copy.folder / path).read_text(encoding="utf-8")
    rounds = [
        ("its own", namesakes(path, copy.folder)),
        ("importing it", importers(path, copy.folder)),
        ("folder", test_files(copy.folder, mirrored(path, copy.folder))),
        ("conventions", test_files(copy.folder, "tests/conventions")),
        ("whole", test_files(copy.folder, "tests")),
    ]
    try:
        return look(copy, path, clean, clean.replace(text, instead), rounds)
    finally:
        copy.write(path, clean)


def done_before(file: Path) -> set[int]:
    if not file.exists():
        return set()
    lines = file.read_text(encoding="utf-8").splitlines()
    return {int(line.split("|")[0]) for line in lines if line.strip()[:1].isdigit()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=HERE, help="the checkout to copy (default: this one)")
    parser.add_argument("--only", type=int, action="append", metavar="N", help="only this fault (repeatable)")
    parser.add_argument("--check", action="store_true", help="only look whether each fault finds its place")
    parser.add_argument("--results", type=Path, help="file to write the results to, line by line")
    given = parser.parse_args()
    numbers = given.only or list(range(1, len(FAULTS) + 1))
    if given.check:
        for number in numbers:
            stands = [path for path, *_ in places(given.root, FAULTS[number - 1])]
            print(
                f"{number:2} {'' if len(stands) == 1 else 'LOST '}{FAULTS[number - 1].words}: {', '.join(stands)}"
            )
        return
    os.nice(10)
    skip = done_before(given.results) if given.results and not given.only else set()
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Copy.of(given.root.resolve(), Path(folder))
        for number in numbers:
            if number in skip:
                continue
            begun = time.monotonic()
            caught = plant(copy, FAULTS[number - 1])
            line = f"{number:2} | {FAULTS[number - 1].words} | {caught} | {time.monotonic() - begun:.0f} s"
            print(line, flush=True)
            if given.results:
                with given.results.open("a") as file:
                    file.write(line + "\n")


if __name__ == "__main__":
    main()
