"""What the conventions share: the crawled site and the parsed templates."""

import pytest
from flask import Flask

from tests.crawl import Site, crawled


@pytest.fixture(scope="session")
def site(app: Flask) -> Site:
    """Every page a visitor can reach by clicking, in both languages."""
    return crawled(app)
