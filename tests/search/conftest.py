"""Both engines, and small documents."""

from __future__ import annotations

import pytest

from guide.search.engine import Clause, Document, Term
from guide.search.memory_engine import MemoryEngine
from guide.search.whoosh_engine import WhooshEngine


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture(params=["memory", "whoosh"])
def engine(request, folder):
    return MemoryEngine() if request.param == "memory" else WhooshEngine(folder)


@pytest.fixture
def listing():
    """The smallest document: `listing("a", "soupe", need=["food"])`."""

    def make(identifier, names="", tier=0, **facets):
        terms = names.split()
        return Document(identifier, tier, {"name_fr": terms}, {"fr": terms}, facets)

    return make


@pytest.fixture
def asking():
    """One clause a word: `asking("soupe pain")`."""
    return lambda text: [Clause((Term("name_fr", word),)) for word in text.split()]
