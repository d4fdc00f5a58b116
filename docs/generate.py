"""Writes `tables.md` and `settings.md` from the code: python docs/generate.py"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from football_assets.settings import Settings, allowed, variables
from football_assets.tables import HISTORY_VIEWS, PUBLISHED, VIEWS, Table
from football_assets.warehouse.history.layout import HISTORIES

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
Views over a table and all that has left it. What has left is in Parquet files by the day (UTC) of the match's kick-off,
`<data>/history/TABLE/kickoff_day=DAY/*.parquet`; the views have that day as `kickoff_day`. The file works anywhere: where
the history's folder is not at its old place, say `SET VARIABLE football_history = '<folder>'` first.

| view | of |
|---|---|
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
    parts = [TABLES, *(_table(each) for each in (*PUBLISHED, *VIEWS, *HISTORY_VIEWS))]
    rows = [f"| `{one.view}` | {', '.join(f'`{name}`' for name in one.tables)} |" for one in HISTORIES]
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
