"""The views of present prices, and the prices of `flattened_matches`, row by row against a plain model of
what their columns are documented to be. Every column of the random ticks and matches varies."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from football_assets.enrichment.entities import ENRICHED_TABLES
from football_assets.tables import LIVE_TABLES
from football_assets.tables.live import LiveMatch
from football_assets.tables.odds import NewestTick, OddsTick
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.store import flatten, mark_stored
from football_assets.warehouse.store_odds import fill_newest
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import ENDED, EXTRA_TIME, IN_PLAY, Values, assert_rows, table_of

NOW = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
PUBLISHED_AT = NOW + timedelta(seconds=4)

MARKETS = ("money_line", "spread", "over_under", "corners")
#: The first three are preferred, in this order.
COMPANIES = {9: "Nine", 17: "Seventeen", 2: "Two", 5: "Five", 22: None}
PREFERRED = [9, 17, 2]
LINES = (None, -0.25, 0.0, 0.0, 2.5, 2.5)


def random_ticks(chance: random.Random, match: Values) -> Iterator[Values]:
    """Ticks of a match, of some bookmakers in some markets; some of one second."""
    for company_id in chance.sample(list(COMPANIES), chance.randint(0, 5)):
        for market in MARKETS:
            if chance.random() < 0.8:
                yield from random_list(chance, match, company_id, market)


def random_list(chance: random.Random, match: Values, company_id: int, market: str) -> Iterator[Values]:
    """A list of ticks; most are at the match's state and open, and most prices can be paid."""
    places = [(second, sequence) for second in (10, 20, 30) for sequence in (1, 2)]
    for second, sequence in chance.sample(places, chance.randint(1, 4)):
        state = {
            "status_id": match["status_id"],
            "suspended": False,
            "home_score": goals(match, "home"),
            "away_score": goals(match, "away"),
        }
        if chance.random() < 0.2:
            state = {
                "status_id": chance.choice((None, 1, 2, 4, 4, 7, 8)),
                "suspended": chance.choice((None, True, False, False)),
                "home_score": chance.choice((None, 0, 1)),
                "away_score": chance.choice((None, 0, 1)),
            }
        yield {
            "match_id": match["match_id"],
            "company_id": company_id,
            "company": COMPANIES[company_id],
            "market": market,
            "tick_at": NOW - timedelta(seconds=second),
            "sequence": sequence,
            "minute": chance.choice((None, "1", "2", "3", "4", "5", "6", "7", "45+", "midfield")),
            "home_or_over": random_price(chance),
            "draw_or_line": random_price(chance) if market == "money_line" else chance.choice(LINES),
            "away_or_under": random_price(chance),
            "seen_at": NOW,
            **state,
        }


def random_price(chance: random.Random) -> float | None:
    return chance.choice((1.5, 1.9, 2.6) if chance.random() < 0.85 else (None, 0.0, 0.5, 1.0, 1.01))


def random_match(chance: random.Random, number: int) -> Values:
    score = {
        f"{side}_{kind}": chance.choice(pool)
        for kind, pool in {"score": (0, 1), "overtime_score": (None, 0, 0, 1)}.items()
        for side in ("home", "away")
    }
    status_id = chance.choice((1, 2, 4, 4, 5, 5, 6, 7, 8, 12))
    return {"match_id": f"m{number:02}", "status_id": status_id, "data_source": "api", **score}


# -- the model -----------------------------------------------------------------------------------------------


def newest_of(ticks: Iterable[Values]) -> dict[tuple[str, int, str], Values]:
    newest: dict[tuple[str, int, str], Values] = {}
    for tick in sorted(ticks, key=lambda tick: (tick["tick_at"], tick["sequence"])):
        newest[tick["match_id"], tick["company_id"], tick["market"]] = tick
    return newest


def goals(live: Values, side: str) -> int | None:
    """The goals that count for a price now."""
    overtime = {one: live[f"{one}_overtime_score"] for one in ("home", "away")}
    late = live["status_id"] in EXTRA_TIME and any(overtime.values())
    return overtime[side] if late else live[f"{side}_score"]  # type: ignore[no-any-return]


def at_the_present_score(tick: Values, live: Values) -> bool | None:
    pairs = [(tick[f"{side}_score"], goals(live, side)) for side in ("home", "away")]
    told = [None if None in pair else pair[0] == pair[1] for pair in pairs]
    return False if False in told else None if None in told else True


def decimal(market: str, price: float | None) -> float | None:
    if price is None:
        return None
    if market == "money_line":
        return price if price > 1 else None
    return price + 1 if price > 0 else None


def inverse(market: str, price: float | None) -> float | None:
    found = decimal(market, price)
    return None if found is None else 1 / found


def current_price(tick: Values, live: Values) -> Values:
    """A row of `current_prices`."""
    market, same = tick["market"], at_the_present_score(tick, live)
    prices = (tick["home_or_over"], tick["draw_or_line"], tick["away_or_under"])
    first, second, third = (inverse(market, price) for price in prices)
    is_money_line, made_in_play = market == "money_line", tick["status_id"] in IN_PLAY
    if not is_money_line:
        second = 0.0
    sides = (first, second, third)
    total = None if None in sides else sum(sides)  # type: ignore[arg-type]
    of_two = first + third if first is not None and third is not None else None

    def share(part: float | None, whole: float | None, *, shown: bool) -> float | None:
        return part / whole if shown and part is not None and whole is not None else None

    return {
        **tick,
        "age_seconds": (PUBLISHED_AT - tick["tick_at"]).total_seconds(),
        "same_score": None if market == "corners" else same,
        "made_in_play": made_in_play,
        "is_live": live["status_id"] not in ENDED
        and tick["suspended"] is False
        and total is not None
        and (live["status_id"] not in IN_PLAY or (made_in_play and (market == "corners" or same is True))),
        "overround": None if total is None else total - 1,
        "fair_home": share(first, total, shown=is_money_line),
        "fair_draw": share(second, total, shown=is_money_line),
        "fair_away": share(third, total, shown=is_money_line),
        "fair_home_or_over": share(first, of_two, shown=not is_money_line),
        "fair_away_or_under": share(third, of_two, shown=not is_money_line),
    }


def best_prices(current: Iterable[Values]) -> list[Values]:
    """The rows of `best_prices`."""
    groups: dict[tuple[str, str, float | None], list[Values]] = defaultdict(list)
    for row in current:
        if row["is_live"]:
            line = None if row["market"] == "money_line" else row["draw_or_line"]
            groups[row["match_id"], row["market"], line].append(row)
    return [best_price(*key, rows) for key, rows in groups.items()]


def best_price(match_id: str, market: str, line: float | None, rows: list[Values]) -> Values:
    def place(row: Values) -> int:
        company_id: int = row["company_id"]
        return PREFERRED.index(company_id) if company_id in PREFERRED else 1_000 + company_id

    def best(column: str) -> Values:
        return max(rows, key=lambda row: (row[column], -place(row)))

    home, away = best("home_or_over"), best("away_or_under")
    inverses = [
        inverse(market, home["home_or_over"]),
        inverse(market, away["away_or_under"]),
    ]
    draw = None
    if market == "money_line":
        draw = best("draw_or_line")
        inverses.append(inverse(market, draw["draw_or_line"]))
    return {
        "match_id": match_id,
        "market": market,
        "line": line,
        "home_or_over": home["home_or_over"],
        "home_or_over_company": home["company"],
        "draw_or_line": draw["draw_or_line"] if draw else line,
        "draw_company": draw["company"] if draw else None,
        "away_or_under": away["away_or_under"],
        "away_or_under_company": away["company"],
        "bookmakers": len(rows),
        "overround": sum(each or math.nan for each in inverses) - 1,
    }


#: How `flattened_matches` calls the prices of each market.
NAMES = {
    "money_line": ("home", "draw", "away"),
    "spread": ("home", "line", "away"),
    "over_under": ("over", "line", "under"),
    "corners": ("over", "line", "under"),
}


def flattened_prices(match_id: str, current: Iterable[Values]) -> Values:
    """The columns of prices of a row of `flattened_matches`, without American odds."""
    offered = [row for row in current if row["match_id"] == match_id and row["company_id"] in PREFERRED]
    companies: dict[int, list[Values]] = defaultdict(list)
    for row in offered:
        companies[row["company_id"]].append(row)
    chosen = min(
        companies,
        key=lambda one: (not any(row["is_live"] for row in companies[one]), PREFERRED.index(one)),
        default=None,
    )
    rows = {row["market"]: row for row in companies[chosen]} if chosen is not None else {}
    told: Values = {"bookmaker_id": chosen, "bookmaker": COMPANIES[chosen] if chosen else None}
    for market, names in NAMES.items():
        row = rows.get(market, {})
        for name, column in zip(names, ("home_or_over", "draw_or_line", "away_or_under"), strict=True):
            value = row.get(column)
            told[f"{market}_{name}"] = value if name == "line" or (value or 0) > 0 else None
        for name, column in {
            "at": "tick_at",
            "minute": "minute",
            "suspended": "suspended",
            "live": "is_live",
        }.items():
            told[f"{market}_{name}"] = row.get(column)
    suspended = {row["suspended"] for row in rows.values()} - {None}
    newest = max(rows.values(), key=lambda row: (row["tick_at"], row["sequence"], row["market"]), default={})
    told["odds_at"] = newest.get("tick_at")
    told["odds_minute"] = newest.get("minute")
    told["odds_suspended"] = (True in suspended) if suspended else None
    told["odds_live"] = all(row["is_live"] for row in rows.values()) if rows else None
    return told


def early_odds(ticks: Iterable[Values]) -> list[Values]:
    """The rows of `early_odds`."""
    found: dict[tuple[str, str, str], Values] = {}
    quoted: dict[str, set[int]] = defaultdict(set)
    for tick in ticks:
        quoted[tick["match_id"]].add(tick["company_id"])
    for tick in sorted(ticks, key=lambda tick: (tick["tick_at"], tick["sequence"])):
        first = next((one for one in PREFERRED if one in quoted[tick["match_id"]]), None)
        if tick["company_id"] == first and tick["minute"] in {"2", "3", "4", "5", "6"}:
            found[tick["match_id"], tick["market"], tick["minute"]] = tick
    return [early_price(tick) for tick in found.values()]


def early_price(tick: Values) -> Values:
    def above_0(column: str) -> float | None:
        price: float | None = tick[column]
        return price if price and price > 0 else None

    line = above_0("draw_or_line") if tick["market"] == "money_line" else tick["draw_or_line"]
    kept = ("match_id", "market", "suspended", "home_score", "away_score")
    return {
        **{name: tick[name] for name in kept},
        "minute": int(tick["minute"]),
        "bookmaker_id": tick["company_id"],
        "bookmaker": tick["company"],
        "odds_at": tick["tick_at"],
        "home_or_over": above_0("home_or_over"),
        "draw_or_line": line,
        "away_or_under": above_0("away_or_under"),
    }


# -- held against the views ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=range(6))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Values], list[Values]]]:
    """A warehouse with random matches and ticks, flattened; and these."""
    chance = random.Random(request.param)
    matches = [random_match(chance, number) for number in range(24)]
    ticks = [tick for match in matches for tick in random_ticks(chance, match)]
    warehouse = Warehouse(tmp_path_factory.mktemp("prices") / "warehouse.duckdb")
    with warehouse.transaction() as connection:
        insert(connection, LiveMatch.table.name, table_of(LiveMatch, matches))
        insert(connection, OddsTick.table.name, table_of(OddsTick, ticks))
        # Of a match that has left the live list prices stand for a while.
        gone = list(random_ticks(chance, matches[0] | {"match_id": "gone"}))
        insert(connection, OddsTick.table.name, table_of(OddsTick, gone))
        fill_newest(connection)
        connection.execute("INSERT INTO editions BY NAME SELECT $at AS published_at", {"at": PUBLISHED_AT})
        earlier = PUBLISHED_AT - timedelta(seconds=60)
        connection.execute("INSERT INTO editions BY NAME SELECT $at AS published_at", {"at": earlier})
        mark_stored(connection, (*LIVE_TABLES, *ENRICHED_TABLES), NOW)
        assert flatten(connection, PREFERRED, NOW + timedelta(seconds=1)) == len(matches)
        yield connection, matches, [*ticks, *gone]
    warehouse.close()


World = tuple[duckdb.DuckDBPyConnection, list[Values], list[Values]]


def current_of(matches: list[Values], ticks: list[Values]) -> list[Values]:
    live = {match["match_id"]: match for match in matches}
    newest = newest_of(ticks).values()
    return [current_price(tick, live[tick["match_id"]]) for tick in newest if tick["match_id"] in live]


def test_newest_ticks_are_the_last_of_each_list(world: World) -> None:
    connection, _, ticks = world
    found = records(connection, f"FROM {NewestTick.table.name}")
    assert_rows(found, list(newest_of(ticks).values()), "match_id", "company_id", "market")


def test_current_prices(world: World) -> None:
    connection, matches, ticks = world
    expected = current_of(matches, ticks)
    assert 0 < sum(row["is_live"] for row in expected) < len(expected)
    assert_rows(records(connection, "FROM current_prices"), expected, "match_id", "company_id", "market")


def test_best_prices(world: World) -> None:
    connection, matches, ticks = world
    expected = best_prices(current_of(matches, ticks))
    assert {row["bookmakers"] for row in expected} >= {1, 2, 3}
    found = records(connection, "FROM best_prices")
    assert_rows(found, expected, "match_id", "market", "line")
    places = [(row["match_id"], row["market"], row["line"] is None, row["line"]) for row in found]
    assert places == sorted(places)


def test_prices_of_flattened_matches(world: World) -> None:
    connection, matches, ticks = world
    current = current_of(matches, ticks)
    expected = [
        {"match_id": match["match_id"], **flattened_prices(match["match_id"], current)} for match in matches
    ]
    assert any(row["bookmaker_id"] not in (None, PREFERRED[0]) for row in expected)
    columns = ", ".join(expected[0])
    assert_rows(records(connection, f"SELECT {columns} FROM flattened_matches"), expected, "match_id")


def test_american_odds_of_flattened_matches_are_those_of_the_price_beside_them(world: World) -> None:
    connection, _, _ = world
    for market, names in NAMES.items():
        form = "decimal" if market == "money_line" else "hong_kong"
        for price in (f"{market}_{name}" for name in names if name != "line"):
            wrong = (
                f"SELECT count(*), count({price}_american) FROM flattened_matches "
                f"WHERE {price}_american IS DISTINCT FROM american_from_{form}({price})"
            )
            told = f"SELECT count({price}_american) > 0 FROM flattened_matches"
            assert connection.execute(wrong).fetchall() == [(0, 0)]
            assert connection.execute(told).fetchall() == [(True,)]


def test_early_odds(world: World) -> None:
    connection, _, ticks = world
    expected = early_odds(ticks)
    assert len(expected) > 20
    found = records(connection, "FROM early_odds")
    assert_rows(found, expected, "match_id", "market", "minute")
    places = [(row["match_id"], row["market"], row["minute"]) for row in found]
    assert places == sorted(places)
