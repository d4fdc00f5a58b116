"""From the bodies of `odds/history` to rows in DuckDB, a step at a time, beside the plain way with pandas."""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import duckdb
import orjson
import pandas as pd
from servers import SECRET, Server
from tables import Cell, show

from football_assets.codes import BOOKMAKERS
from football_assets.tables.odds import OddsTick
from football_assets.thesports.parsing.odds_history import read_history
from football_assets.thesports.parsing.ticks import MARKETS, TickColumns

Histories = dict[str, dict[str, Any]]


def decoding(serve: Callable[..., object], repeats: int) -> None:
    """Print the table of this section."""
    with serve(0) as server:
        bodies = _bodies(server)
    histories = _decoded(bodies, orjson.loads)
    columns = _columns(histories)
    arrow, frame = columns.to_arrow(), _frame(histories)
    steps: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "decoding (orjson; json)": (
            lambda: _decoded(bodies, orjson.loads),
            lambda: _decoded(bodies, json.loads),
        ),
        "columns, Arrow; data frame": (lambda: _columns(histories).to_arrow(), lambda: _frame(histories)),
        "into DuckDB": (lambda: _insert(arrow), lambda: _insert(frame)),
    }
    seconds = {name: tuple(_median(way, repeats) for way in ways) for name, ways in steps.items()}
    seconds["in all"] = tuple(map(sum, zip(*seconds.values(), strict=True)))
    rows: list[Sequence[Cell]] = [
        (name, f"{ours:.3f}", f"{plain:.3f}", plain / ours) for name, (ours, plain) in seconds.items()
    ]
    title = (
        f"{arrow.num_rows:,} ticks of {len(bodies)} matches, {sum(map(len, bodies.values())) / 1e6:.1f} MB"
    )
    show(title, ("seconds", "the project's", "plain", "plain / project's"), rows)


def _bodies(server: Server) -> dict[str, bytes]:
    live = json.loads(_body(server, "match/detail_live"))["results"]
    return {row["id"]: _body(server, "odds/history", uuid=row["id"]) for row in live}


def _body(server: Server, endpoint: str, **query: str) -> bytes:
    asked = urlencode({**query, "user": "benchmark", "secret": SECRET})
    with urllib.request.urlopen(f"{server.base_url}/{endpoint}?{asked}", timeout=30) as answer:
        return answer.read()


def _decoded(bodies: dict[str, bytes], loads: Callable[[bytes], Any]) -> Histories:
    return {match_id: loads(body)["results"] for match_id, body in bodies.items()}


def _columns(histories: Histories) -> TickColumns:
    columns = TickColumns()
    for match_id, results in histories.items():
        read_history(match_id, results, datetime.now(UTC), {}, columns)
    return columns


def _frame(histories: Histories) -> pd.DataFrame:
    """What most would write: a row a tick, then a data frame without its duplicates."""
    rows = [
        {
            "match_id": match_id,
            "company_id": int(company),
            "company": BOOKMAKERS.get(int(company)),
            "market": MARKETS[market],
            "at": tick[0],
            "minute": tick[1] or None,
            "home_or_over": tick[2],
            "draw_or_line": tick[3],
            "away_or_under": tick[4],
            "status_id": tick[5],
            "suspended": bool(tick[6]),
            "home_score": int(tick[7].partition("-")[0]),
            "away_score": int(tick[7].partition("-")[2]),
        }
        for match_id, companies in histories.items()
        for company, markets in companies.items()
        for market, ticks in markets.items()
        for tick in ticks
    ]
    frame = pd.DataFrame(rows).drop_duplicates()
    frame["tick_at"] = pd.to_datetime(frame.pop("at"), unit="s", utc=True)
    return frame


def _insert(ticks: object) -> None:
    with duckdb.connect() as connection:
        connection.execute(OddsTick.table.ddl())
        connection.register("incoming", ticks)
        connection.execute("INSERT INTO odds_ticks BY NAME SELECT * FROM incoming")


def _median(work: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
