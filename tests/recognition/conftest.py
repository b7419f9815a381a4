"""What the shipped data say of panels."""

import pytest

from tests.data_files import data_file


@pytest.fixture(scope="session")
def crisis_keys() -> set[str]:
    """The keys of the panels that ship with the guide."""
    return {panel["key"] for panel in data_file("crises.yaml")}
