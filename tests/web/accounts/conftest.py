"""What tests of accounts share: an application of their own."""

import pytest
from flask import Flask

from tests.pages import PageClient


@pytest.fixture
def house(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def visitor(house: Flask) -> PageClient:
    return PageClient(house)
