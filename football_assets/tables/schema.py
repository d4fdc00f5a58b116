"""How a table is said once: a class whose fields are its columns. From it come the DDL, the comments in the
database, the Arrow schema, Dagster's column pages and `docs/tables.md`. No table is defined here.

A field's type says the column's type and whether it can be NULL; its words stand in the annotation:

    home_score: Annotated[int | None, "goals in regular time, home side"]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)


@dataclass(frozen=True)
class Sql:
    """A column's DuckDB type where the Python type does not tell it."""

    type: str


BigInt = Annotated[int, Sql("BIGINT")]
#: JSON as text.
Json = Annotated[str, Sql("JSON")]

_TYPES: dict[object, str] = {
    str: "VARCHAR",
    int: "INTEGER",
    float: "DOUBLE",
    bool: "BOOLEAN",
    datetime: "TIMESTAMPTZ",
    date: "DATE",
    list[int]: "INTEGER[]",
}


@dataclass(frozen=True)
class Column:
    """A column: its name, its DuckDB type, and what it means."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table or view. `key` are the columns that tell its rows apart."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_view: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in their order."""
        return tuple(column.name for column in self.columns)

    def ddl(self) -> str:
        """The statement that makes the table, if it is not there."""
        columns = ",\n".join(f"    {column.name} {column.type}" for column in self.columns)
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n{columns}\n)"

    def comments(self) -> str:
        """The statements that say in the database what the table or view and its columns mean."""
        kind = "VIEW" if self.is_view else "TABLE"
        on_columns = (
            f";\nCOMMENT ON COLUMN {self.name}.{column.name} IS {quoted(column.meaning)}"
            for column in self.columns
        )
        return f"COMMENT ON {kind} {self.name} IS {quoted(self.meaning)}{''.join(on_columns)}"


class Row:
    """A row of a table. Its class is made by `table` and has the table's definition."""

    table: ClassVar[Table]


R = TypeVar("R", bound=Row)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def columns(cls: type[R]) -> type[R]:
    """Mark a class of columns that several tables share.

    Their order in a table is that of the bases, the last one first, and then the table's own.
    """
    return cls


@dataclass_transform(frozen_default=True, kw_only_default=True)
def table(name: str, *, key: tuple[str, ...]) -> Callable[[type[R]], type[R]]:
    """Make a class the row of a table; its docstring is what the table means. Rows are made by keywords."""

    def made(cls: type[R]) -> type[R]:
        # All columns at once: a dataclass of each shared part would make importing several times as slow.
        cls.__annotations__ = _annotations(cls)
        row = dataclass(frozen=True, kw_only=True)(cls)
        row.table = _table(cls, name, key)
        return row

    return made


def view(name: str, *, key: tuple[str, ...]) -> Callable[[type[R]], type[R]]:
    """Make a class the definition of a view: it has no instances."""

    def made(cls: type[R]) -> type[R]:
        cls.table = _table(cls, name, key, is_view=True)
        return cls

    return made


def stored(name: str, *, key: tuple[str, ...]) -> Callable[[type[R]], type[R]]:
    """Make a class the definition of a table that SQL alone fills: it has no instances."""

    def made(cls: type[R]) -> type[R]:
        cls.table = _table(cls, name, key)
        return cls

    return made


def quoted(text: object) -> str:
    """A text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def _table(cls: type[Row], name: str, key: tuple[str, ...], *, is_view: bool = False) -> Table:
    made = tuple(_column(column, hint) for column, hint in _annotations(cls).items())
    return Table(name, " ".join((cls.__doc__ or "").split()), made, key, is_view)


def _annotations(cls: type[Row]) -> dict[str, Any]:
    """The annotations of a class and its bases, the last base first."""
    bases = [base for base in reversed(cls.__mro__) if issubclass(base, Row) and base is not Row]
    found = {name: hint for base in bases for name, hint in base.__annotations__.items()}
    if any(isinstance(hint, str) for hint in found.values()):  # of a module with postponed annotations
        hints = get_type_hints(cls, include_extras=True)
        found = {name: hints[name] for name in found}
    return found


def _column(name: str, hint: object) -> Column:
    notes: list[object] = []
    type_ = _unwrapped(hint, notes)
    sql = next((note.type for note in notes if isinstance(note, Sql)), None)
    words = [note for note in notes if isinstance(note, str)]
    return Column(name, sql or _TYPES[type_], words[-1] if words else "")


def _unwrapped(hint: Any, notes: list[object]) -> Any:
    """The plain type of an annotation, without `None`; its notes are added, the innermost first."""
    if get_origin(hint) is Annotated:
        inner = _unwrapped(hint.__origin__, notes)
        notes.extend(hint.__metadata__)
        return inner
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _unwrapped(inner, notes)
    return hint
