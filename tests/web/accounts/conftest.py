"""What tests of accounts share: an application of their own."""

import pytest
from flask import Flask

from tests.pages import PageClient


@pytest.fixture
def guide_app(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def visitor(guide_app: Flask) -> PageClient:
    return PageClient(guide_app)
