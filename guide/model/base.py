"""The ground of every table: naming convention, bilingual columns, enumerated words.

Texts in two languages are stored as `name_fr`, `name_nl` and read as one `Bilingual`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, Text, TypeDecorator
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


class Moment(TypeDecorator[datetime]):
    """A moment, stored and given back in UTC with its zone (SQLite alone would forget the zone).

    Takes an aware datetime of any zone; a naive one is refused.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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
