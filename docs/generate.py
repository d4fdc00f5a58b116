"""Writes `tables.md` and `settings.md` from the code: python docs/generate.py"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from football_assets.warehouse.tables import PUBLISHED, VIEWS, Table

from football_assets.settings import Settings, allowed, variables
from football_assets.warehouse.history import HISTORIES

HERE = Path(__file__).parent

TABLES = """\
# Tables of the published database

`data/football.duckdb` holds these tables and views, all of one and the same cycle. Times are `TIMESTAMPTZ`; say
`SET timezone = 'UTC'` to see them in UTC. The same words are in the database: `SELECT table_name, comment FROM
duckdb_tables()`, and for the columns `duckdb_columns()`. Columns that tell the rows of a table apart are in **bold**.

`data_source` says where a row comes from: `api` (this cycle's answers, or what they say has not changed), `last_known`
(the API did not answer for it), `mock` (a placeholder, only with `FOOTBALL_FALLBACK=mock`; it never has a price) or
`simulated`.
"""

HISTORY = """\
## History
A view over a table and all that has left it. What left on a day is in one Parquet file, `<data>/history/TABLE/DAY.parquet`.

| view | of | holds |
|---|---|---|
"""

SETTINGS = """\
# Settings

Environment variables, or lines `NAME=value` of a file `.env` in UTF-8, in the working directory or in the project's root.
Where several set a variable, the environment comes first, then the working directory. A bad value ends the program at its
start with one line that names the variable, the value and what is allowed; so does an unknown name that begins with
`FOOTBALL_` or `THESPORTS_`.

A value in `.env` is taken as it stands: `${HOME}` is not replaced. One with a `#` after a space, or with spaces at an end,
needs single quotes: `THESPORTS_SECRET='a # b'`. In double quotes a backslash begins an escape such as `\\t`.

| variable | default | meaning | allowed |
|---|---|---|---|
"""


def tables() -> str:
    """The text of `tables.md`."""
    parts = [TABLES, *(_table(table) for table in PUBLISHED), *(_table(view) for view in VIEWS)]
    rows = [f"| `{one.view}` | `{one.table}` | the table and its Parquet files |" for one in HISTORIES]
    return "\n".join(parts) + "\n" + HISTORY + "\n".join(rows) + "\n"


def _table(table: Table) -> str:
    lines = [f"## {table.name}", table.meaning, "", "| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`"
        lines.append(f"| {name} | {column.type} | {column.meaning} |")
    return "\n".join(lines) + "\n"


def settings() -> str:
    """The text of `settings.md`."""
    rows = []
    for variable, name in variables().items():
        field = Settings.model_fields[name]
        default = _shown(field.get_default(call_default_factory=True, validated_data={}))
        rows.append(f"| `{variable}` | {default} | {field.description} | {allowed(field)} |")
    return SETTINGS + "\n".join(rows) + "\n"


def _shown(value: Any) -> str:
    if value in (None, ()):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{','.join(f'{one:g}' for one in value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    (HERE / "tables.md").write_text(tables(), "utf-8")
    (HERE / "settings.md").write_text(settings(), "utf-8")
