"""Names of the concepts that the index holds beside needs and topics, shared by documents and queries."""

from guide.languages import Language


def key_concept(key: str) -> str:
    """The concept that means one very service: what its names lead to."""
    return f"={key}"


def key_of(concept: str) -> str:
    """The key of the service that such a concept means."""
    return concept.removeprefix("=")


def spoken_concept(term: str, language: Language) -> str:
    """A need or topic, of services where a reader of this language is understood (or may be: not known)."""
    return f"{term}@{language}"
