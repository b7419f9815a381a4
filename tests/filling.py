"""Fills a database of any revision with rows, by what its own tables say of themselves, and reads every row back.

Knows no table by name: a migration written tomorrow is covered as it is.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Enum,
    Inspector,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    inspect,
    types,
)
from sqlalchemy.schema import sort_tables_and_constraints

from guide.model import Base

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[tuple[Any, ...], Row]]
"""Table → primary key → column → value as the driver gives it."""

BARE, FULL, ODD, VOID = range(4)
"""The four rows of each table: what must be there and no more; all; odd letters; all, but nothing in it."""

_ODD = '« L’été »\n\tO\'Brien; "DROP" % ß ł 𝄞'


Made = dict[str, list[dict[str, Any]]]
"""Table → the four rows that were last made in it."""


def fill(connection: Connection, made: Made, generation: int = 0) -> None:
    """Four rows in every table, each with parents of its own.

    `made` remembers them: a further filling (a `generation`) gives four more rows to tables that are new or have
    other columns since.
    """
    metadata = MetaData()
    metadata.reflect(connection)
    metadata.remove(metadata.tables["alembic_version"])
    ordered = sort_tables_and_constraints(metadata.tables.values())
    late = {column for table, keys in ordered if table is None for key in keys for column in key.columns}
    for table, _ in ordered:
        if table is not None and not _is_filled(table, made):
            made[table.name] = []
            for kind in (BARE, FULL, ODD, VOID):
                row = _row(table, kind, 4 * generation + kind, made, late)
                keys = connection.execute(table.insert().values(row)).inserted_primary_key
                assert keys is not None
                primary = zip((column.name for column in table.primary_key), keys, strict=True)
                made[table.name].append(row | dict(primary))


def _is_filled(table: Table, made: Made) -> bool:
    return table.name in made and set(table.columns.keys()) <= set(made[table.name][FULL])


def _row(table: Table, kind: int, number: int, made: Made, late: set[Column[Any]]) -> dict[str, Any]:
    unique = _in_a_key(table)
    row: dict[str, Any] = {}
    for column in table.columns:
        needed = not column.nullable and column.server_default is None
        counted = column is table.autoincrement_column and not column.foreign_keys
        if counted or column in late or (kind == BARE and not needed):
            continue
        if column.foreign_keys:
            row[column.name] = _parent(column, kind, made)
        else:
            row[column.name] = _value(column, kind, number, column in unique)
    return row


def _in_a_key(table: Table) -> set[Column[Any]]:
    """The columns whose values, alone or together, may not stand twice."""
    keys = [key.columns for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys += [table.primary_key.columns, *(index.columns for index in table.indexes if index.unique)]
    return {column for key in keys for column in key}


def _parent(column: Column[Any], kind: int, made: Made) -> Any:
    (key,) = column.foreign_keys
    others = made[key.column.table.name]
    if key.column.table is column.table:
        return others[-1][key.column.name] if others else None
    return others[kind][key.column.name]


def _value(column: Column[Any], kind: int, number: int, unique: bool) -> Any:
    words = _words_of(column)
    if words:
        return words[number % len(words)]
    if isinstance(column.type, JSON):
        content: Any = (
            [_ODD, f"{number}"] if _is_list(column) else {"filled": [number, 0.5, None, True, _ODD]}
        )
        return type(content)() if kind == VOID else content
    if isinstance(column.type, String):
        text = "" if kind == VOID else _ODD if kind == ODD else column.name
        return (f"{number:02d} {text}" if unique else text)[: column.type.length or None]
    return _plain(column, kind, number)


def _words_of(column: Column[Any]) -> list[str]:
    """The words a column is limited to, as the model of today has them; none when it is not."""
    table = Base.metadata.tables.get(column.table.name)
    known = table.columns.get(column.name) if table is not None else None
    return list(known.type.enums) if known is not None and isinstance(known.type, Enum) else []


def _is_list(column: Column[Any]) -> bool:
    """Does the model of today keep a list in this column? A migration may read what it changes."""
    for mapper in Base.registry.mappers:
        known = mapper.local_table.columns.get(column.name)
        if mapper.local_table.name == column.table.name and known is not None:
            name = mapper.get_property_by_column(known).key
            return "Mapped[list" in str(mapper.class_.__annotations__[name])
    return False


def _plain(column: Column[Any], kind: int, number: int) -> Any:
    void, kept = kind == VOID, column.type
    if isinstance(kept, types.Boolean):
        return number % 2 == 0
    if isinstance(kept, types.DateTime):
        return datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC) + timedelta(hours=number)
    if isinstance(kept, types.Date):
        return date(2024, 2, 29) + timedelta(days=number)
    if isinstance(kept, types.Time):
        return time(23, number % 60)
    if isinstance(kept, types.LargeBinary):
        return b"" if void else bytes([number, 0, 255])
    if isinstance(kept, types.Integer):
        return 0 if void and not _in_a_key(column.table) & {column} else number + 1
    if isinstance(kept, Numeric):
        return Decimal("0") if void else Decimal(f"4.3{number:02d}")
    raise AssertionError(f"{column} is of a type nobody fills: {kept!r}. Add it here.")


def rows(connection: Connection) -> Rows:
    """Every row of the database."""
    inspector = inspect(connection)
    quoted = connection.dialect.identifier_preparer.quote
    found: dict[str, dict[tuple[Any, ...], Row]] = {}
    for table in inspector.get_table_names():
        if table != "alembic_version":
            read = connection.exec_driver_sql(f"SELECT * FROM {quoted(table)}")
            primary = _primary(inspector, table, list(read.keys()))
            found[table] = {tuple(row[name] for name in primary): dict(row) for row in read.mappings()}
    return found


def _primary(inspector: Inspector, table: str, columns: list[str]) -> list[str]:
    """The columns of the primary key: as the model of today has them (asking takes long), else as the table says."""
    known = Base.metadata.tables.get(table)
    names = [column.name for column in known.primary_key] if known is not None else []
    if names and set(names) <= set(columns):
        return names
    return inspector.get_pk_constraint(table)["constrained_columns"]


def lost(before: Rows, after: Rows, meant: Mapping[str, str]) -> list[str]:
    """What stood before and does not stand after, in words; but for the tables and columns that are `meant`."""
    told = []
    for table, kept in before.items():
        if table in meant:
            continue
        if table not in after:
            told.append(f"{table} is gone")
            continue
        for key, row in kept.items():
            now = after[table].get(key)
            told += [f"{table} {key} is gone"] if now is None else _changed(table, key, row, now, meant)
    return told


def _changed(
    table: str, key: tuple[Any, ...], before: Row, after: Row, meant: Mapping[str, str]
) -> list[str]:
    nothing = object()
    return [
        f"{table} {key}: {name} was {value!r}, is {after.get(name, 'gone')!r}"
        for name, value in before.items()
        if f"{table}.{name}" not in meant and after.get(name, nothing) != value
    ]
