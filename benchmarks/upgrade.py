"""The data directory of an older version, taken over by this one: is anything of it lost?

    python benchmarks/upgrade.py --replay FOLDER --of COMMIT [--cycles 4]

The commit's own code, a copy by `git archive`, runs cycles on a replay whose clock moves, and every
second of the matches then leaves the live list. Then this version runs its cycles on the same directory while
the replay stands still, and every row of the old histories, in the warehouse or in files, is looked for in
what it publishes. Exit status 1: a row is lost.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
from published_truth import opened
from servers import ReplayServer
from tables import show

ROOT = Path(__file__).resolve().parent.parent
#: Also of a version from before `python -m football_assets.cli`.
PROGRAM = (sys.executable, "-c", "from football_assets.cli import main; main()")
#: The table of the older version, and where its rows are now.
HISTORIES = {
    "odds_ticks": "odds_history",
    "live_match_changes": "live_match_history",
    "match_stat_changes": "match_stat_history",
    "match_incident_changes": "match_incident_history",
    "match_commentary_changes": "match_commentary_history",
    "match_detail_changes": "match_detail_history",
    "cycles": "cycle_history",
    "editions": "edition_history",
}
#: What is new of each row, or is set when another takes its place.
DATES = ("seen_at", "replaced_at", "kickoff_day")


def run(code: Path, server: ReplayServer, data: Path) -> None:
    """One cycle by the code of a folder. Raises `SystemExit` where it fails."""
    environment = {
        **os.environ,
        **server.environment,
        "FOOTBALL_DATA_DIR": str(data),
        "PYTHONPATH": str(code),
    }
    ran = subprocess.run(
        [*PROGRAM, "cycle", "--json"], cwd=code, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{code}: {ran.stdout}{ran.stderr}"[-2000:])


def pass_a_day(data: Path, left: list[str]) -> None:
    """As if it were two days since these matches were seen, so that the older version moves them to files."""
    with closing(duckdb.connect(str(data / "warehouse.duckdb"))) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'pipeline' "
            "AND table_name IN ('odds_matches', 'coverage') AND data_type = 'TIMESTAMP WITH TIME ZONE'"
        ).fetchall()
        for table, column in columns:
            connection.execute(
                f"UPDATE pipeline.{table} SET {column} = {column} - INTERVAL 2 DAY WHERE match_id IN "
                f"(SELECT unnest(?))",
                [left],
            )
        if _has(connection, "exports"):
            connection.execute("UPDATE pipeline.exports SET day = day - 1")


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute("FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall())


def written(data: Path, copy: Path) -> None:
    """Copy the rows of the older version's histories, from the warehouse and its files."""
    with closing(duckdb.connect(str(copy))) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH '{data / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        for table in HISTORIES:
            if parts := list(_parts(connection, data, table)):
                connection.execute(f"CREATE TABLE {table} AS {' UNION ALL BY NAME '.join(parts)}")


def _parts(connection: duckdb.DuckDBPyConnection, data: Path, table: str) -> Iterator[str]:
    names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    aged = f"aged_{table}"
    yield from (f"FROM warehouse.{name}" for name in (table, aged) if name in names)
    for name in (table, aged):
        if list((data / "history" / name).rglob("*.parquet")):
            yield f"FROM read_parquet('{data}/history/{name}/**/*.parquet', union_by_name = true)"


def lost(copy: Path, published: Path) -> list[tuple[str, int, int, int]]:
    """Of each table: its rows before, those that are not there any more, and the rows now."""
    found = []
    with opened(published) as connection:
        connection.execute(f"ATTACH '{copy}' AS before (READ_ONLY)")
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'before'"
            ).fetchall()
        ]
        for table in tables:
            now = {row[0] for row in connection.execute(f"DESCRIBE {HISTORIES[table]}").fetchall()}
            was = [row[0] for row in connection.execute(f"DESCRIBE before.{table}").fetchall()]
            columns = ", ".join(column for column in was if column in now and column not in DATES)
            found.append(
                (
                    table,
                    *(
                        connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
                        for query in (
                            f"FROM before.{table}",
                            f"SELECT {columns} FROM before.{table} EXCEPT ALL "
                            f"SELECT {columns} FROM {HISTORIES[table]}",
                            f"FROM {HISTORIES[table]}",
                        )
                    ),
                )
            )
    return found


def main() -> None:
    """Run the trial, and print what became of each table."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--replay", type=Path, required=True)
    arguments.add_argument("--of", required=True, help="the commit whose code wrote the data")
    arguments.add_argument("--cycles", type=int, default=4, help="of either version")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="upgrade-") as place:
        old, data, copy = (Path(place) / name for name in ("old", "data", "copy.duckdb"))
        old.mkdir()
        archive = subprocess.run(
            ["git", "archive", options.of], cwd=ROOT, check=True, capture_output=True
        ).stdout
        subprocess.run(["tar", "-x"], cwd=old, input=archive, check=True)
        moving = ("--now", "--clock", "-3600", "--speed", "60")
        with ReplayServer(options.replay, *moving) as server:
            for _ in range(options.cycles - 1):
                run(old, server, data)
                time.sleep(10)
            left = server.live()[::2]
            server.alter(leave=left)
            pass_a_day(data, left)
            run(old, server, data)
            files = len(list((data / "history").rglob("*.parquet")))
            written(data, copy)
            for _ in range(options.cycles):
                run(ROOT, server, data)
        rows = lost(copy, data / "football.duckdb")
    show(
        f"Of {options.of}: {options.cycles} cycles, {files} files of history",
        ("table", "rows", "lost", "rows now"),
        rows,
    )
    raise SystemExit(any(row[2] for row in rows))


if __name__ == "__main__":
    main()
