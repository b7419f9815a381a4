"""Where in a record something stands: the name of one thing that can change by itself.

'phones' is a whole field, 'summary.fr' one language side of a text. Proposals, revisions and what stays of them hold
such paths as plain text.
"""

from typing import NewType

FieldPath = NewType("FieldPath", str)
"""A path as it is stored; what comes from outside (a form, the database) becomes one where it is read."""


def path_to(field: str, side: str = "") -> FieldPath:
    """The path to a field, or to one side ('fr', 'nl') of a text."""
    return FieldPath(f"{field}.{side}" if side else field)


def field_of(path: FieldPath) -> str:
    """The field a path leads to: 'summary' of 'summary.fr'."""
    return path.partition(".")[0]


def side_of(path: FieldPath) -> str:
    """The side a path leads to: 'fr' of 'summary.fr'; '' for a whole field."""
    return path.partition(".")[2]
