"""Passwords are hashed cheaply here; the profile of the guide itself has a test of its own."""

import pytest
from argon2 import PasswordHasher

from guide.accounts import passwords


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
