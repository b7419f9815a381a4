"""The ground of every table: naming convention, bilingual columns, enumerated words.

Texts in two languages are stored as `name_fr`, `name_nl` and read as one `Bilingual`.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, MetaData, String, Text
from sqlalchemy.orm import Composite, DeclarativeBase, composite, mapped_column

from guide.languages import Bilingual


class Base(DeclarativeBase):
    """All tables of the guide. The naming convention lets migrations name every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def bilingual(name: str, unique: bool = False) -> Composite[Bilingual]:
    """A pair of nullable text columns `<name>_fr`, `<name>_nl`, read and written as one `Bilingual`."""
    kind = String(160) if unique else Text()
    return composite(
        Bilingual,
        mapped_column(f"{name}_fr", kind, nullable=True, unique=unique),
        mapped_column(f"{name}_nl", kind, nullable=True, unique=unique),
        return_none_on=None,
    )


def json_list() -> Any:
    """A column that holds a list of words; empty by default."""
    return mapped_column(JSON, nullable=False, default=list)


def choice(values: type[StrEnum]) -> Enum:
    """A column that holds one of these words, stored as the word itself (no native type to migrate)."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
