"""Bringing the lake's tables to what the published file holds: small ones whole, large ones by what differs.

Of each part of a large table (a match, or a day) the lake keeps how many rows it has and a digest of them.
The file's part is then the same, longer by what came later, corrected by what `odds_revisions` tells, or
anything else: that part is sent anew. So what is right relies on no order of events, only what is quick.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import duckdb

from football_assets.lake.connection import FILE, LAKE
from football_assets.queries import query
from football_assets.tables import PUBLISHED, Table
from football_assets.tables.cycles import Cycle, Edition
from football_assets.tables.odds import TICK_KEY, AgedOddsTick, OddsRevision, OddsTick
from football_assets.tables.schema import quoted
from football_assets.warehouse.rows import scalar

#: Above so many parts the table is read without a list of them.
_LISTED = 2000


@dataclass(frozen=True)
class Large:
    """A table of which the lake is sent what differs: by which parts, and by which time rows are added."""

    table: Table
    part: str
    moment: str


LARGE = (
    Large(OddsTick.table, "stored.match_id", "stored.seen_at"),
    Large(OddsRevision.table, "stored.match_id", "stored.replaced_at"),
    Large(AgedOddsTick.table, "stored.match_id", "stored.seen_at"),
    Large(Cycle.table, "strftime(stored.started_at, '%Y-%m-%d')", "stored.started_at"),
    Large(Edition.table, "strftime(stored.published_at, '%Y-%m-%d')", "stored.published_at"),
)
SMALL = tuple(table for table in PUBLISHED if table not in [large.table for large in LARGE])


def read_ahead(connection: duckdb.DuckDBPyConnection) -> None:
    """Read what `replace_small` and `write_parts` will delete, before there is a file to send: the rows of a
    table are looked up in its files, which costs more than writing new ones."""
    names = [*(table.name for table in SMALL), "pipeline.sent", "pipeline.state"]
    text = " UNION ALL ".join(f"SELECT max(rowid) FROM {LAKE}.{name}" for name in names)
    with suppress(duckdb.CatalogException):  # a lake that is not made yet
        connection.execute(text).fetchall()


def digests(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """How many rows the file has of each small table, and a digest of them. One query: many small ones take
    longer than what they count."""
    parts = (
        f"SELECT {quoted(table.name)}, count(*), coalesce(bit_xor({row_digest(table)}), 0) "
        f"FROM {FILE}.{table.name} AS stored"
        for table in SMALL
    )
    rows = connection.execute(" UNION ALL ".join(parts)).fetchall()
    return {name: (count, f"{count}:{digest}") for name, count, digest in rows}


def replace_small(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Put the file's rows of a small table in the place of the lake's."""
    connection.execute(f"DELETE FROM {LAKE}.{table.name}")
    connection.execute(f"INSERT INTO {LAKE}.{table.name} SELECT {_columns(table)} FROM {FILE}.{table.name}")


def read_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Read once what the lake has of the parts of large tables: each look at it there is a request."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sent_parts AS FROM {LAKE}.pipeline.sent")


def write_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Store the row counts and digests of all parts in the lake."""
    connection.execute(f"DELETE FROM {LAKE}.pipeline.sent")
    connection.execute(f"INSERT INTO {LAKE}.pipeline.sent FROM sent_parts")


def find_revised(connection: duckdb.DuckDBPyConnection, since: str | None) -> None:
    """Note which of the lake's ticks were corrected or withdrawn since it was last brought up to date, at a
    time in ISO 8601; None where it never was."""
    # Not as a parameter: at the first one of a process DuckDB 1.5 imports pandas, for 0.1 s.
    since_text = quoted(since or "infinity")
    connection.execute(query("lake", "revised").format(hash=row_digest(OddsTick.table), since=since_text))


def send_large(connection: duckdb.DuckDBPyConnection, large: Large) -> int:
    """Send what differs, and note what the lake has then. Gives the rows sent or taken out.

    `find_revised` goes before.
    """
    table, name = large.table, large.table.name
    text = query("lake", "signatures")
    connection.execute(text.format(part=large.part, hash=row_digest(table), moment=large.moment, table=name))
    connection.execute(query("lake", "plan").format(table=name))
    kinds = dict(connection.execute("SELECT kind, count(*) FROM plan GROUP BY kind").fetchall())
    if not kinds.keys() - {"same"}:
        return 0
    changed = _take_out(connection, large, set(kinds))
    if kinds.keys() & {"new", "longer", "corrected", "changed"}:
        changed += int(scalar(connection, _insertion(large)))
    connection.execute(f"DELETE FROM sent_parts WHERE table_name = {quoted(name)}")
    connection.execute(
        "INSERT INTO sent_parts BY NAME "
        f"SELECT {quoted(name)} AS table_name, part, rows, hash, newest FROM told"
    )
    return changed


def _insertion(large: Large) -> str:
    return (
        f"INSERT INTO {LAKE}.{large.table.name} "
        f"SELECT {_columns(large.table, 'stored.')} FROM {FILE}.{large.table.name} AS stored "
        f"JOIN plan ON plan.part = {large.part} WHERE plan.kind IN ('new', 'changed') "
        f"OR (plan.kind IN ('longer', 'corrected') AND {large.moment} > plan.newest)"
    )


def _take_out(connection: duckdb.DuckDBPyConnection, large: Large, kinds: set[str]) -> int:
    """Delete the parts that are gone or are sent anew, and the ticks that were corrected."""
    name, taken = large.table.name, 0
    if kinds & {"gone", "changed"}:
        rows = connection.execute("SELECT part FROM plan WHERE kind IN ('gone', 'changed')").fetchall()
        listed = ", ".join(quoted(row[0]) for row in rows[:_LISTED])
        among = listed if len(rows) <= _LISTED else "SELECT part FROM plan WHERE kind IN ('gone', 'changed')"
        part = large.part.replace("stored.", "")
        taken += int(scalar(connection, f"DELETE FROM {LAKE}.{name} WHERE {part} IN ({among})"))
    if "corrected" in kinds:
        gone = "FROM revised JOIN plan ON plan.part = revised.match_id AND plan.kind = 'corrected'"
        (oldest,) = connection.execute(f"SELECT min(tick_at) {gone}").fetchall()[0]
        same = " AND ".join(f"ticks.{column} = gone.{column}" for column in (*TICK_KEY, "seen_at"))
        taken += int(
            scalar(
                connection,
                f"DELETE FROM {LAKE}.{name} AS ticks USING (SELECT revised.* {gone}) AS gone "
                f"WHERE ticks.tick_at >= TIMESTAMPTZ {quoted(oldest.isoformat())} AND {same}",
            )
        )
    return taken


def row_digest(table: Table) -> str:
    """The SQL of a digest of a row, to be put together by `bit_xor`.

    DuckDB takes the last column into its hash by XOR. Hashed only once, the same change of that column in two
    rows, as of `replaced_at` when both are replaced at one moment, is none in the XOR of both.
    """
    return f"hash(hash({_columns(table, 'stored.')}))"


def _columns(table: Table, of: str = "") -> str:
    return ", ".join(f"{of}{name}" for name in table.column_names)
