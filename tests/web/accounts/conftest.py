"""What tests of accounts share: an application of their own, and passwords that are hashed at once."""

import pytest
from argon2 import PasswordHasher
from flask import Flask

from guide.accounts import passwords
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def house(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def visitor(house: Flask) -> PageClient:
    return PageClient(house)
