"""What the shipped data say of panels."""

import pytest
import yaml

from guide import paths


@pytest.fixture(scope="session")
def crisis_keys() -> set[str]:
    """The keys of the panels that ship with the guide."""
    return {
        panel["key"] for panel in yaml.safe_load((paths.DATA / "crises.yaml").read_text(encoding="utf-8"))
    }
