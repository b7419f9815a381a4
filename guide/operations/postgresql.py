"""PostgreSQL's own tools, with the address of GUIDE_DATABASE_URL in their environment, never on a command line."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import make_url

_NAMES = {"connect_timeout": "PGCONNECT_TIMEOUT", "application_name": "PGAPPNAME"}


class ToolFailedError(Exception):
    """The tool is not there, or ended badly; the message is a sentence with its own reason."""


def require(*tools: str) -> None:
    """Raises ToolFailedError when one is not installed."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise ToolFailedError(
                f"{tool} was not found. Install PostgreSQL's client programs (postgresql-client)"
            )


def environment(url: str) -> Mapping[str, str]:
    """The variables by which libpq knows this database."""
    parts = make_url(url)
    named = {
        "PGHOST": parts.host,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": parts.username,
        "PGPASSWORD": str(parts.password) if parts.password is not None else None,
        "PGDATABASE": parts.database,
    }
    for name, value in parts.query.items():
        text = value if isinstance(value, str) else value[-1]
        named[_NAMES.get(name, "PG" + name.replace("_", "").upper())] = text
    return {name: value for name, value in named.items() if value}


def dump(url: str, schema: str, snapshot: str, target: Path) -> None:
    """The schema as it stands in this exported snapshot, compressed, without owners. Raises ToolFailedError."""
    chosen = (f"--schema={schema}", f"--snapshot={snapshot}", f"--file={target}")
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-password", *chosen)


def script(dumped: Path, schema: str, target: Path) -> None:
    """The dump as SQL, everything in the schema but the schema itself. Raises ToolFailedError."""
    chosen = (f"--schema={schema}", f"--file={target}")
    _run(None, "pg_restore", "--no-owner", "--no-privileges", *chosen, str(dumped))


def run(url: str, file: Path) -> None:
    """Runs a file of SQL in one transaction: wholly or not at all. Raises ToolFailedError."""
    how = ("--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _run(url, "psql", *how, "--output=/dev/null", f"--file={file}")


def _run(url: str | None, tool: str, *arguments: str) -> None:
    require(tool)
    own = environment(url) if url is not None else {}
    result = subprocess.run(  # noqa: S603 (a list of our own words, no shell)
        [str(shutil.which(tool)), *arguments],
        env={**os.environ, "LC_ALL": "C", **own},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if line.strip()]
        raise ToolFailedError(f"{tool} failed: {said[0] if said else f'it ended with {result.returncode}'}")
