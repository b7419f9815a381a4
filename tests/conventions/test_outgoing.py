"""The guide opens connections to the mail server and to the provider of accounts, both named by the operator."""

import ast
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "guide"

CONNECTING = (
    "socket",
    "ssl",
    "smtplib",
    "http.client",
    "urllib.request",
    "requests",
    "authlib",
    "aiohttp",
    "httpx",
)
"""What can open a connection; a name stands for all below it."""

ALLOWED = {
    "mail/transport.py": "the mail server",
    "oidc.py": "the provider of accounts",
    "server.py": "listens, and connects to nobody",
}
"""Ends of paths, so that a module may move within its package."""


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


@pytest.mark.control("C18")
def test_only_the_mailer_and_the_provider_of_accounts_can_open_a_connection() -> None:
    """Addresses that people type are shown and never fetched: nobody makes the server ask another machine."""
    found = {
        file.relative_to(GUIDE).as_posix()
        for file in GUIDE.rglob("*.py")
        for name in _imported(ast.parse(file.read_text(encoding="utf-8")))
        if any(name == one or name.startswith(f"{one}.") for one in CONNECTING)
    }
    strangers = {path for path in found if not path.endswith(tuple(ALLOWED))}
    assert not strangers
    assert all(any(path.endswith(end) for path in found) for end in ALLOWED), found
