"""Writes `tables.md`, `codes.md` and `settings.md` from the code: python docs/generate.py"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from football_assets.codes import (
    BEFORE_PLAY,
    BOOKMAKERS,
    COMPETITION_TYPE,
    ENDED,
    IN_PLAY,
    INCIDENTS,
    MATCH_STATUS,
    REASONS,
    VAR_REASON,
    VAR_RESULT,
)
from football_assets.settings import Settings, allowed, variables
from football_assets.tables import HISTORY_VIEWS, PUBLISHED, VIEWS, Table
from football_assets.warehouse.history.layout import HISTORIES

HERE = Path(__file__).parent

TABLES = """\
# Tables of the published database

`data/football.duckdb` holds these tables and views. After a cycle all of them are of that cycle. Between cycles
(`FOOTBALL_PULSE_SECONDS`) the live list (`live_matches`, `match_stats`, `match_incidents`, `match_commentary`) and the prices
are renewed, and what is made of them; the other tables stay as the last cycle left them. All that one connection reads is of
one edition.

Start with `in_play_matches` and `flattened_matches` (now), `current_prices` and `best_prices` (prices now), `odds_ticks` (their
movement), `matches` and `settled_prices` (results), `odds_history` (the past). `newest_ticks`, `aged_odds_ticks`,
`match_records`, `backfilled_matches`, `live_spells`, `row_source_changes`, `merged_teams` and `merged_competitions` are what
other tables and views are made of.

Times are `TIMESTAMPTZ`; say `SET timezone = 'UTC'` to see them in UTC. The same words are in the database:
`SELECT table_name, comment FROM duckdb_tables()`, and for the columns `duckdb_columns()`. Key columns are in **bold**. The
meanings of numeric codes are in [codes](codes.md).

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

MACROS = """
Each view has the columns of its table, and `kickoff_day` (of `cycle_history` and `edition_history` the day on which the row was
made). Histories of matches also have `seen_at` and `replaced_at`. For what is valid now: `WHERE replaced_at IS NULL`.

## Macros for a moment in the past
| macro | gives |
|---|---|
| `odds_known_at(t)` | every tick that the newest edition at or before `t` held: the columns of `odds_history` but for `replaced_at` |
| `matches_known_at(t)` | the rows of `flattened_matches` in that edition, with the names of today |
| `edition_at(t)` | the row of that edition in `editions` |

`t` is a `TIMESTAMPTZ`. Before the first edition, and for days that are no longer kept (`FOOTBALL_KEEP_HISTORY_DAYS`), there
are no rows. For one match add `WHERE match_id = ...`. The macros for odds and settlement are in [odds](odds.md).
"""

CODES = """\
# Codes

The numeric codes of TheSports that the tables keep as they are. Most of them stand beside a column with the words:
`status_id` beside `status`, `company_id` beside `company`, `incident_id` beside `incident`. A code that is not listed keeps its
number, and its words are NULL. Source: the code tables of TheSports' documentation.
"""

SETTINGS = """\
# Settings

Most installations set `THESPORTS_USER`, `THESPORTS_SECRET`, `FOOTBALL_DATA_DIR` and, for [alerts](alerts.md),
`FOOTBALL_ALERT_WEBHOOK_URL` alone.

Environment variables, or lines `NAME=value` of a file `.env` in UTF-8, in the working directory or in the project's root.
Where several set a variable, the environment comes first, then the working directory. A bad value ends the program at its
start with one line that names the variable, the value and what is allowed; so does an unknown name that begins with
`FOOTBALL_` or `THESPORTS_`.

A value in `.env` is taken as it stands: `${HOME}` is not replaced. One with a `#` after a space, or with spaces at an end,
needs single quotes: `THESPORTS_SECRET='a # b'`. In double quotes a backslash begins an escape such as `\\t`.
"""


def tables() -> str:
    """The text of `tables.md`."""
    parts = [TABLES, *(_table(each) for each in (*PUBLISHED, *VIEWS, *HISTORY_VIEWS))]
    rows = [f"| `{one.view}` | {', '.join(f'`{name}`' for name in one.tables)} |" for one in HISTORIES]
    return "\n".join(parts) + "\n" + HISTORY + "\n".join(rows) + "\n" + MACROS


def _table(table: Table) -> str:
    lines = [f"## {table.name}", table.meaning, "", "| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`"
        lines.append(f"| {name} | {column.type} | {column.meaning} |")
    return "\n".join(lines) + "\n"


def codes() -> str:
    """The text of `codes.md`."""
    groups = {"in play": IN_PLAY, "not begun": BEFORE_PLAY, "over, or not to be shown": ENDED}
    told = [
        f"- {name}: {', '.join(str(int(each)) for each in sorted(group))}" for name, group in groups.items()
    ]
    parts = [CODES, _codes("Status of a match", "status_id", MATCH_STATUS), *told, ""]
    for heading, column, words in (
        ("Bookmakers", "company_id", BOOKMAKERS),
        ("Incidents and statistics", "incident_id, stat_id", INCIDENTS),
        ("Reasons of cards and substitutions", "reason_type", REASONS),
        ("Video assistant: why", "var_reason_id", VAR_REASON),
        ("Video assistant: what came of it", "var_result_id", VAR_RESULT),
        ("Kinds of competitions", "type_id", COMPETITION_TYPE),
    ):
        parts.append(_codes(heading, column, words))
    return "\n".join(parts).rstrip("\n") + "\n"


def _codes(heading: str, column: str, words: Mapping[int, str]) -> str:
    named = " and ".join(f"`{name}`" for name in column.split(", "))
    rows = "\n".join(f"| {int(code)} | {text} |" for code, text in words.items())
    return f"## {heading}\n| {named} | |\n|---|---|\n{rows}\n"


def settings() -> str:
    """The text of `settings.md`."""
    parts = [_group(base) for base in reversed(Settings.__mro__) if base.__name__.endswith("Settings")]
    return SETTINGS + "\n" + "\n".join(filter(None, parts))


def _group(part: type) -> str:
    """The settings that one class of them defines."""
    own = [name for name in part.__annotations__ if name in Settings.model_fields]
    lines = [f"## {part.__name__.removesuffix('Settings')}", str(part.__doc__), ""]
    lines += ["| variable | default | meaning | allowed |", "|---|---|---|---|"]
    named = {name: variable for variable, name in variables().items()}
    for name in own:
        field = Settings.model_fields[name]
        default = _shown(field.get_default(call_default_factory=True, validated_data={}))
        lines.append(f"| `{named[name]}` | {default} | {field.description} | {allowed(field)} |")
    return "\n".join(lines) + "\n" if own else ""


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
    (HERE / "codes.md").write_text(codes(), "utf-8")
    (HERE / "settings.md").write_text(settings(), "utf-8")
