"""Whether a published database agrees with itself and what was served. Used by the programs beside it."""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import io
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

#: Queries of what may not be in a file whose tables are of one cycle, by what is wrong then.
DISAGREEMENTS = {
    "flattened_matches and live_matches differ": """
        FROM live_matches AS live
        FULL JOIN flattened_matches AS flat USING (match_id, status_id, home_score, away_score, fetched_at)
        WHERE live.match_id IS NULL OR flat.match_id IS NULL""",
    "a statistic, incident, comment or detail is of no live match": """
        FROM (SELECT match_id FROM match_stats UNION ALL SELECT match_id FROM match_incidents
            UNION ALL SELECT match_id FROM match_commentary UNION ALL SELECT match_id FROM match_details)
        WHERE match_id NOT IN (SELECT match_id FROM live_matches)""",
    "a bookmaker's newest tick is not the one that is shown": """
        FROM flattened_matches AS flat JOIN (
            SELECT match_id, company_id, max(tick_at) AS newest FROM odds_ticks GROUP BY ALL
        ) AS ticks ON flat.match_id = ticks.match_id AND flat.bookmaker_id = ticks.company_id
        WHERE flat.odds_at <> ticks.newest""",
    "a match has ticks of a preferred bookmaker and shows none": """
        FROM flattened_matches WHERE bookmaker_id IS NULL AND match_id IN (
            SELECT match_id FROM odds_ticks JOIN bookmakers USING (company_id))""",
    "the newest cycle is not the one that published": """
        FROM (FROM cycles ORDER BY started_at DESC LIMIT 1) AS cycle
        WHERE (SELECT arg_max_null(cycle_id, edition) FROM editions) IS NOT NULL AND (
            status <> 'success' OR matches_live <> (SELECT count(*) FROM live_matches)
            OR matches_in_play <> (SELECT count(*) FROM in_play_matches)
            OR EXISTS (FROM live_matches
                WHERE fetched_at NOT BETWEEN cycle.started_at AND cycle.finished_at))""",
    "a live match of the newest pulse is not of its time": """
        FROM (FROM editions ORDER BY edition DESC LIMIT 1) AS pulse
        WHERE cycle_id IS NULL AND EXISTS (FROM live_matches WHERE fetched_at
            NOT BETWEEN published_at - to_microseconds(CAST(1e6 * seconds AS BIGINT)) AND published_at)""",
    "there is no cycle": "FROM (SELECT count(*) AS cycles FROM cycles) WHERE cycles = 0",
}

_TICKS_OF_DATABASE = """
    SELECT match_id, company_id, market, epoch(tick_at)::BIGINT, coalesce(minute, ''),
        round(coalesce(home_or_over, 0), 4), round(coalesce(draw_or_line, 0), 4),
        round(coalesce(away_or_under, 0), 4), status_id, suspended::INTEGER, home_score || '-' || away_score
    FROM published.odds_ticks"""
_TICKS_SERVED = (
    "SELECT match_id, company_id, market, tick_at, minute, round(a, 4), round(b, 4), round(c, 4), "
    "status, sealed, score FROM served_ticks"
)


def disagreements(path: Path) -> list[str]:
    """What shows that the file's tables are not of one cycle; nothing where they are."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        connection.execute("SET timezone = 'UTC'")
        return disagreements_in(connection)


def disagreements_in(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The same of a connection that is open."""
    return [
        wrong
        for wrong, query in DISAGREEMENTS.items()
        if connection.execute(f"SELECT EXISTS({query})").fetchall()[0][0]
    ]


class Truth:
    """What the replay in `folder` serves while its clock stands still, as its `check.py` works it out."""

    def __init__(self, folder: Path) -> None:
        self._check = _load(folder / "check.py")
        self.expected = self._check.Expected(folder / "capture_open.json.gz", 3)
        #: The moment (Unix) at which the replay's clock stands still.
        self.end = max(tick[3] for tick in self.expected.ticks)
        self._served = duckdb.connect()
        self._served.execute(
            """CREATE TABLE served_ticks (
                match_id VARCHAR, company_id INTEGER, market VARCHAR, tick_at BIGINT, minute VARCHAR,
                a DOUBLE, b DOUBLE, c DOUBLE, status INTEGER, sealed INTEGER, score VARCHAR)"""
        )
        import pyarrow as pa

        names = [row[0] for row in self._served.execute("DESCRIBE served_ticks").fetchall()]
        columns = zip(*self.expected.ticks, strict=True)
        ticks = pa.table(dict(zip(names, map(list, columns), strict=True)))
        self._served.register("ticks", ticks)
        self._served.execute("INSERT INTO served_ticks FROM ticks")
        self._served.unregister("ticks")

    def failed_checks(self, path: Path, *, fast: bool = False) -> list[str]:
        """The lines of the checks of `check.py` that the file fails; nothing where it passes all.

        `fast` compares the ticks as the same sets in SQL, in a quarter of the time.
        """
        told = io.StringIO()
        with closing(opened(path)) as connection, contextlib.redirect_stdout(told):
            check = self._check.Check(connection, self.expected)
            if fast:
                check.ticks = lambda: self._untrue_ticks(path, complete=True)
            passed = check.all()
        lines = told.getvalue().splitlines()
        return [] if passed else [line for line in lines if line.startswith("FAIL")]

    def untruths(self, path: Path, may_lack: Collection[str] = ()) -> list[str]:
        """What the file says and was not served, and what it lacks in other tables than those that may."""
        with closing(opened(path)) as connection:
            checks = dict(self._parts(connection, may_lack))
            found = [f"{name}: {wrong[0]}" for name, check in checks.items() if (wrong := list(check()))]
        return found + self._untrue_ticks(path, complete="odds_ticks" not in may_lack)

    def _parts(
        self, connection: duckdb.DuckDBPyConnection, may_lack: Collection[str]
    ) -> Iterator[tuple[str, Callable[[], Iterator[Any]]]]:
        check = self._check.Check(connection, self.expected)
        from_api = {
            row[0]
            for row in connection.execute(
                "SELECT match_id FROM flattened_matches WHERE data_source = 'api'"
            ).fetchall()
        }
        sound = copy.copy(self.expected)
        sound.details = {key: row for key, row in self.expected.details.items() if key in from_api}
        sound_check = self._check.Check(connection, sound)
        yield "live_matches", check.live
        yield "in_play_matches", check.in_play
        yield "flattened_matches from the API", sound_check.flat
        yield "prices from the API", sound_check.prices
        yield "names of other matches", lambda: self._false_names(connection)
        for table, key in (
            ("teams", "team_id"),
            ("competitions", "competition_id"),
            ("countries", "country_id"),
        ):
            rows = getattr(self.expected, table)
            yield f"{table} known", lambda t=table, k=key, r=rows: _false_rows(connection, t, k, r)
            if table not in may_lack:
                yield f"{table} complete", lambda t=table, k=key, r=rows: check.names(t, k, r)
        if "match_details" not in may_lack:
            yield "match_details", lambda: check.counts("match_details", len(self.expected.details))

    def _false_names(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Any]:
        rows = connection.execute(
            "SELECT match_id, home_team, away_team, competition FROM flattened_matches"
        ).fetchall()
        for match_id, *names in rows:
            detail = self.expected.details[match_id]
            teams, competitions = self.expected.teams, self.expected.competitions
            wanted = (
                teams[detail["home_team_id"]]["name"],
                teams[detail["away_team_id"]]["name"],
                competitions[detail["competition_id"]]["name"],
            )
            for name, want in zip(names, wanted, strict=True):
                if name not in (None, want):
                    yield match_id, name, want

    def _untrue_ticks(self, path: Path, *, complete: bool) -> list[str]:
        served = self._served
        served.execute(f"ATTACH '{path}' AS published (READ_ONLY)")
        try:
            served.execute(f"CREATE OR REPLACE TEMP TABLE found AS {_TICKS_OF_DATABASE}")
        finally:
            served.execute("DETACH published")
        wrong = {
            "ticks that were not served": f"FROM found EXCEPT {_TICKS_SERVED}",
            "ticks that stand twice": "SELECT * FROM found GROUP BY ALL HAVING count(*) > 1",
        }
        if complete:
            wrong["ticks missing"] = f"{_TICKS_SERVED} EXCEPT FROM found"
        counts = {
            name: served.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
            for name, query in wrong.items()
        }
        return [f"{number} {name}" for name, number in counts.items() if number]


def _false_rows(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, served: dict[str, Any]
) -> Iterator[Any]:
    for id_, name in connection.execute(f"SELECT {key}, name FROM {table}").fetchall():
        if id_ not in served or served[id_]["name"] != name:
            yield id_, name


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file as a reader has it, in UTC."""
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("SET timezone = 'UTC'; SET enable_progress_bar = false")
    return connection


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
