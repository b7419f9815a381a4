"""Opens the search engine of an instance: the one place that says which engine that is."""

from guide.search.engine import SearchEngine
from guide.search.whoosh_engine import WhooshEngine
from guide.settings import Settings


def open_engine(settings: Settings, identity: str) -> SearchEngine:
    """The index on disk of the database with this identity (see `directory.indexing.database_identity`).

    Nothing is read or written yet: an index that is missing or damaged shows when it is asked.
    """
    return WhooshEngine(settings.index_folder / identity)
