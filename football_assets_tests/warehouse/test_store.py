"""What an enrichment has learned, stored: sources, names, placeholders and ids that the API does not know."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from football_assets.codes import BOOKMAKERS
from football_assets.enrichment.entities import COUNTRIES, ENRICHED_TABLES, REFERENCES
from football_assets.enrichment.known import Cursor, Enriched, Stamp
from football_assets.tables import LIVE_ROWS, LIVE_TABLES
from football_assets.tables.details import MatchDetail
from football_assets.tables.live import LiveMatch, LiveSpell
from football_assets.tables.matches import MatchRecord
from football_assets.tables.odds import NewestTick, OddsRevision, OddsTick
from football_assets.tables.reference import Competition, Country, Team
from football_assets.tables.schema import Row
from football_assets.thesports.errors import NotReachable
from football_assets.thesports.parsing.live import LiveBatch
from football_assets.thesports.parsing.reference import Name
from football_assets.warehouse.rows import insert, records
from football_assets.warehouse.store import UNKNOWN_HOURS, flatten, mark_stored, store_enriched, store_live
from football_assets.warehouse.store_matches import CHANGES, FINAL_ATTEMPTS
from football_assets.warehouse.store_odds import TicksStored
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, Values, random_row, table_of

API = Stamp(BEGAN, "api")


class Stored:
    """A warehouse, and an enrichment that is stored in it."""

    def __init__(self, path: Path) -> None:
        self.warehouse = Warehouse(path)
        self.connection = self.warehouse.open()

    def add(self, row: type[Row], *rows: dict[str, object]) -> None:
        chance = random.Random(1)
        insert(
            self.connection,
            row.table.name,
            table_of(row, [random_row(chance, row, **given) for given in rows]),
        )

    def learn(self, enriched: Enriched, *tables: str, stamp: Stamp = API) -> None:
        assert store_enriched(self.connection, enriched, stamp, tables, stamp.at) == TicksStored()

    def column(self, query: str) -> list[object]:
        return [value for (value,) in self.connection.execute(query).fetchall()]


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    stored = Stored(tmp_path / "warehouse.duckdb")
    yield stored
    stored.warehouse.close()


def teams(*sources: str) -> list[dict[str, object]]:
    """Teams `t0`, `t1` ... with these sources."""
    return [{"team_id": f"t{number}", "data_source": source} for number, source in enumerate(sources)]


def test_confirmed_rows_are_the_cycles_own_and_placeholders_stay_placeholders(stored: Stored) -> None:
    stored.add(Team, *teams("last_known", "mock", "simulated", "api", "last_known"))
    stored.add(MatchDetail, {"match_id": "m1", "home_team_id": "t0", "away_team_id": "t1"})
    stored.learn(Enriched(confirmed={"teams"}, failed={"teams": {"t4": None}}), "teams")  # type: ignore[dict-item]
    sources = stored.column("SELECT data_source FROM teams ORDER BY team_id")
    assert sources == ["api", "mock", "simulated", "api", "last_known"]


def test_without_a_confirmation_only_what_failed_is_marked(stored: Stored) -> None:
    stored.add(Team, *teams("last_known", "api", "api"))
    stored.learn(Enriched(failed={"teams": {"t2": None}}), "teams")  # type: ignore[dict-item]
    assert stored.column("SELECT data_source FROM teams ORDER BY team_id") == [
        "last_known",
        "api",
        "last_known",
    ]


def test_name_alone_replaces_no_row_that_is_there(stored: Stored) -> None:
    stored.add(Team, {"team_id": "t0", "name": "Whole", "data_source": "api"})
    names = {id_: Name(id_, f"Name of {id_}", None) for id_ in ("t0", "t1")}
    stored.learn(Enriched(partial={"teams": names}), "teams")
    assert stored.column("SELECT name FROM teams ORDER BY team_id") == ["Whole", "Name of t1"]
    assert stored.column("SELECT id FROM pipeline.partial_rows") == ["t1"]


def test_merger_is_followed_as_far_as_there_are_rows(stored: Stored) -> None:
    into = {"t0": "t1", "t1": "t2", "t2": "missing", "t3": "missing", "t4": None}
    stored.add(Team, *({"team_id": id_, "merged_into": other} for id_, other in into.items()))
    stored.learn(Enriched())
    merged = dict(stored.connection.execute("FROM merged_teams").fetchall())
    assert merged == {"t0": "t2", "t1": "t2"}


def test_placeholders_that_nothing_names_go(stored: Stored) -> None:
    stored.add(
        MatchDetail,
        {"match_id": "m1", "home_team_id": "t0", "away_team_id": "t1", "competition_id": "c0"},
    )
    stored.add(Team, *teams("mock", "mock", "mock", "api"))
    stored.add(
        Competition,
        {"competition_id": "c0", "country_id": "e0", "data_source": "mock"},
        {"competition_id": "c1", "country_id": None, "data_source": "api"},
        {"competition_id": "c2", "country_id": None, "data_source": "mock"},
    )
    stored.add(Country, *({"country_id": f"e{number}", "data_source": "mock"} for number in range(2)))
    stored.learn(Enriched())
    assert stored.column("SELECT team_id FROM teams ORDER BY ALL") == ["t0", "t1", "t3"]
    assert stored.column("SELECT competition_id FROM competitions ORDER BY ALL") == ["c0", "c1"]
    assert stored.column("SELECT country_id FROM countries ORDER BY ALL") == ["e0"]


def test_ids_that_the_api_does_not_know_are_asked_for_again_after_their_time(stored: Stored) -> None:
    for second in (-1, 0, 1):
        at = BEGAN - timedelta(hours=UNKNOWN_HOURS) + timedelta(seconds=second)
        stored.connection.execute(
            "INSERT INTO pipeline.unknown_ids VALUES ('teams', ?, ?)", [f"{second}", at]
        )
    stored.learn(Enriched(unknown={("teams", "new")}))
    assert stored.column("SELECT id FROM pipeline.unknown_ids ORDER BY asked_at") == ["0", "1", "new"]


class Model:
    """The tables of the reference data and of what was learned, as plain rows."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Values]] = {entity.table: {} for entity in REFERENCES}
        self.partial: set[tuple[str, str]] = set()
        self.venues: dict[str, str] = {}
        self.cursors: dict[str, Cursor] = {}
        self.reads: dict[str, datetime] = {}
        self.unknown: list[tuple[str, str, datetime]] = []
        self.deleted: set[tuple[str, str]] = set()
        self.stored: dict[str, datetime] = {}

    def learn(self, told: Enriched, stamp: Stamp, tables: Collection[str]) -> None:
        for entity in REFERENCES:
            rows = self.rows[entity.table]
            if entity.table not in tables:
                continue
            for id_, row in told.of(entity.table).items():
                rows[id_] = {name: getattr(row, name) for name in entity.row.table.column_names}
                self.partial.discard((entity.table, id_))
            for id_, name in told.partial.get(entity.table, {}).items():
                if id_ not in rows:
                    empty = dict.fromkeys(entity.row.table.column_names)
                    named = {entity.key: id_, "name": name.name, "logo": name.logo}
                    rows[id_] = empty | named | {"fetched_at": stamp.at, "data_source": stamp.data_source}
                    self.partial.add((entity.table, id_))
            for id_, row in rows.items() if stamp.data_source == "api" else ():
                if entity.table in told.confirmed and row["data_source"] == "last_known":
                    row["data_source"] = "api"
                if id_ in told.failed.get(entity.table, {}) and row["data_source"] == "api":
                    row["data_source"] = "last_known"
        gone = self._delete(told.deleted)
        self._forget_placeholders()
        self.venues |= told.venues
        self.cursors |= told.cursors
        self.reads |= told.read_at
        first = stamp.at - timedelta(hours=UNKNOWN_HOURS)
        self.unknown = [entry for entry in self.unknown if entry[2] >= first]
        self.unknown += [(table, id_, stamp.at) for table, id_ in told.unknown | gone]
        self.stored |= dict.fromkeys(tables, stamp.at)

    def _delete(self, deleted: dict[str, set[str]] | None) -> set[tuple[str, str]]:
        gone = set()
        if deleted is not None:
            self.deleted = {(kind, id_) for kind, ids in deleted.items() for id_ in ids}
            for entity in REFERENCES:
                for id_ in deleted.get(entity.kind, ()):
                    self.partial.discard((entity.table, id_))
                    if self.rows[entity.table].pop(id_, None):
                        gone.add((entity.table, id_))
        return gone

    def _forget_placeholders(self) -> None:
        """No details name any team or competition here."""
        for entity in REFERENCES:
            named = {row["country_id"] for row in self.rows["competitions"].values()}
            kept = named if entity is COUNTRIES else set()
            rows = self.rows[entity.table].items()
            self.rows[entity.table] = {
                id_: row for id_, row in rows if row["data_source"] != "mock" or id_ in kept
            }


def random_enriched(chance: random.Random, stamp: Stamp) -> Enriched:
    """What a cycle may learn of ten ids of each kind."""

    def some(share: float = 0.3) -> list[str]:
        return [f"id{number}" for number in range(10) if chance.random() < share]

    told = Enriched()
    for entity in REFERENCES:
        for id_ in some():
            source = chance.choice([stamp.data_source, "mock", "last_known"])
            given = {entity.key: id_, "fetched_at": stamp.at, "data_source": source}
            country = chance.choice([None, *some()])
            fixed = {"merged_into": None, "country_id": country} if entity is not COUNTRIES else {}
            told.of(entity.table)[id_] = entity.row(**random_row(chance, entity.row, **fixed, **given))
        names = (Name(id_, f"Name {chance.random()}", chance.choice([None, "a.png"])) for id_ in some())
        told.partial[entity.table] = {name.id: name for name in names}
        told.failed[entity.table] = {id_: NotReachable("refused") for id_ in some()}
        if chance.random() < 0.3:
            told.confirmed.add(entity.table)
        told.unknown |= {(entity.table, id_) for id_ in some(0.1)}
        told.cursors |= {
            id_: Cursor(chance.randint(1, 99), stamp.at, chance.randint(0, 9)) for id_ in some(0.1)
        }
        told.read_at |= dict.fromkeys(some(0.1), stamp.at)
    told.venues = {id_: f"Ground {chance.random()}" for id_ in some()}
    if chance.random() < 0.4:
        kinds = [kind for kind in ("match", "team", "competition", "player") if chance.random() < 0.7]
        told.deleted = {kind: set(some(0.2)) for kind in kinds}
    return told


def test_reference_data_and_what_was_learned_are_as_a_plain_model_has_them(stored: Stored) -> None:
    chance, model = random.Random(17), Model()
    for number in range(25):
        stamp = Stamp(BEGAN + number * timedelta(minutes=17), chance.choice(["api", "api", "simulated"]))
        told = random_enriched(chance, stamp)
        tables = [name for name in ENRICHED_TABLES if chance.random() < 0.8]
        model.learn(told, stamp, tables)
        stored.learn(told, *tables, stamp=stamp)
        for entity in REFERENCES:
            found = {row[entity.key]: row for row in records(stored.connection, f"FROM {entity.table}")}
            assert found == model.rows[entity.table], (number, entity.table)
        own = {
            "FROM pipeline.partial_rows": model.partial,
            "SELECT venue_id, name FROM venues": model.venues.items(),
            "SELECT name, value, asked_at, floor FROM pipeline.cursors": [
                (name, one.value, one.asked_at, one.floor) for name, one in model.cursors.items()
            ],
            "FROM pipeline.reads": model.reads.items(),
            "FROM pipeline.unknown_ids": model.unknown,
            "FROM pipeline.deleted_ids": model.deleted,
            "FROM pipeline.stored": model.stored.items(),
        }
        for query, rows in own.items():
            assert sorted(stored.connection.execute(query).fetchall()) == sorted(rows), (number, query)


def test_bookmakers_are_those_preferred_in_their_order(stored: Stored) -> None:
    for number, preferred in enumerate([[2, 22, 3], [2, 22, 3], [3, 2], [2, 3], [2, 3, 999], []]):
        at = BEGAN + timedelta(minutes=number)
        mark_stored(stored.connection, (*LIVE_TABLES, *ENRICHED_TABLES), at)
        flatten(stored.connection, preferred, at)
        rows = stored.connection.execute("SELECT company_id, company, preference FROM bookmakers ORDER BY 3")
        named = [(id_, BOOKMAKERS.get(id_), place) for place, id_ in enumerate(preferred, 1)]
        assert rows.fetchall() == named


def test_sources_of_a_row_are_dated_by_the_moment_of_flattening(stored: Stored) -> None:
    moments = [BEGAN + timedelta(minutes=minutes) for minutes in (0, 1, 2)]
    nobody = dict.fromkeys(("home_team_id", "away_team_id", "competition_id"))
    for at, source in zip(moments, ("api", "last_known", "last_known"), strict=True):
        for row in (LiveMatch, MatchDetail):
            stored.connection.execute(f"DELETE FROM {row.table.name}")
            stored.add(row, {"match_id": "m1", "data_source": source} | nobody)
        mark_stored(stored.connection, (*LIVE_TABLES, *ENRICHED_TABLES), at)
        flatten(stored.connection, [2], at)
    assert stored.connection.execute(
        "SELECT data_source, seen_at, replaced_at FROM row_source_changes ORDER BY seen_at"
    ).fetchall() == [("api", moments[0], moments[1]), ("last_known", moments[1], None)]


#: What is of a match: its rows of the present, and those that are kept when it goes.
PRESENT: tuple[type[Row], ...] = (*LIVE_ROWS, MatchDetail, OddsTick, NewestTick)
KEPT: tuple[type[Row], ...] = (*CHANGES, LiveSpell, MatchRecord, OddsRevision)
OF_THE_PIPELINE = ("pipeline.odds_lists", "pipeline.odds_updates", "pipeline.coverage")


def rows_of(stored: Stored, match_id: str) -> dict[str, list[Values]]:
    """All rows of a match, by table."""
    tables = [*(row.table.name for row in (*PRESENT, *KEPT)), *OF_THE_PIPELINE]
    query = "FROM {} WHERE match_id = ? ORDER BY ALL"
    return {table: records(stored.connection, query.format(table), [match_id]) for table in tables}


#: A value of a key's column by its type, another one for each number.
KEYS: dict[str, Callable[[int], object]] = {
    "VARCHAR": str,
    "INTEGER": int,
    "BIGINT": int,
    "TIMESTAMPTZ": lambda number: BEGAN + timedelta(minutes=number),
}


def two_matches(stored: Stored) -> None:
    """Matches `m1` and `m2` with some rows in each table, of which nothing was replaced or deleted yet."""
    for row in (*PRESENT, *KEPT):
        of_a_match = 1 if row.table.key == ("match_id",) else 3
        types = {column.name: column.type for column in row.table.columns}
        standing = {"seen_at": BEGAN, "replaced_at": None, "deleted_at": None}
        fixed = {name: value for name, value in standing.items() if name in types}
        for match_id in ("m1", "m2"):
            for number in range(of_a_match):
                key = {name: KEYS[types[name]](number) for name in row.table.key}
                stored.add(row, {**key, **fixed, "match_id": match_id})
    for table in OF_THE_PIPELINE:
        stored.connection.execute(f"INSERT INTO {table} BY NAME SELECT unnest(['m1', 'm2']) AS match_id")


def test_deleted_match_leaves_the_present_and_all_of_the_other_stays(stored: Stored) -> None:
    two_matches(stored)
    other, own = rows_of(stored, "m2"), rows_of(stored, "m1")
    assert all(other.values())
    for minutes in (1, 2):
        at = Stamp(BEGAN + timedelta(minutes=minutes), "api")
        stored.learn(Enriched(deleted={"match": {"m1"}, "team": {"m2"}}), stamp=at)
        assert rows_of(stored, "m2") == other
    left = rows_of(stored, "m1")
    assert [name for name, rows in left.items() if not rows] == [
        *(row.table.name for row in PRESENT),
        *OF_THE_PIPELINE,
    ]
    gone = BEGAN + timedelta(minutes=1)
    (record,) = left.pop("match_records")
    assert record["deleted_at"] == gone
    changed = [row for row in left.pop("odds_revisions") if row["replaced_at"] is not None]
    ticks = own["odds_ticks"]
    assert sorted(changed, key=str) == sorted(({**tick, "replaced_at": gone} for tick in ticks), key=str)
    for changes in (*CHANGES, LiveSpell):
        name = changes.table.name
        assert left[name] == [{**row, "replaced_at": gone} for row in own[name]]


def test_live_list_lacks_what_was_deleted_and_nothing_else(stored: Stored) -> None:
    two_matches(stored)
    stored.learn(Enriched(deleted={"match": {"m1"}, "team": {"m2"}}))
    chance = random.Random(1)
    (match, *_) = LIVE_ROWS
    told = [match(**random_row(chance, match, match_id=match_id)) for match_id in ("m1", "m2")]
    store_live(stored.connection, LiveBatch(told, [], [], [], []), BEGAN + timedelta(minutes=1))
    assert stored.column("SELECT match_id FROM live_matches") == ["m2"]


def live(match_id: str, *stats: tuple[int, int]) -> dict[str, list[Any]]:
    """The rows of a match in the live list with these numbers of the home side by statistic."""

    def row(of: type[Row], **given: object) -> Any:
        return of(**random_row(random.Random(2), of, match_id=match_id, **given))

    match, stat, incident, comment = LIVE_ROWS
    return {
        "matches": [row(match)],
        "stats": [row(stat, stat_id=number, home=home) for number, home in stats],
        "incidents": [row(incident, sequence=0)],
        "commentary": [row(comment, sequence=0)],
    }


def test_live_list_is_told_whole_and_each_change_bears_the_moment(stored: Stored) -> None:
    first, then, last = (BEGAN + timedelta(minutes=minutes) for minutes in (1, 2, 3))

    def told(at: datetime, *rows: dict[str, list[Any]]) -> None:
        parts = {part: [row for one in rows for row in one[part]] for part in live("")}
        store_live(stored.connection, LiveBatch(**parts, rejected=[]), at)

    told(first, live("m1", (2, 1), (3, 1)), live("m2", (2, 1)))
    told(then, live("m1", (2, 5)), live("m2"))
    told(last, live("m2"))
    stats = "SELECT match_id, stat_id, home, seen_at, replaced_at FROM match_stat_changes ORDER BY ALL"
    assert stored.connection.execute(stats).fetchall() == [
        ("m1", 2, 1, first, then),
        ("m1", 2, 5, then, None),
        ("m1", 3, 1, first, then),
        ("m2", 2, 1, first, then),
    ]
    spells = "SELECT match_id, seen_at, replaced_at FROM live_spells ORDER BY ALL"
    assert stored.connection.execute(spells).fetchall() == [("m1", first, last), ("m2", first, None)]
    for changes in ("live_match_changes", "match_incident_changes", "match_commentary_changes"):
        moments = f"SELECT match_id, seen_at, replaced_at FROM {changes} ORDER BY ALL"
        assert stored.connection.execute(moments).fetchall() == [("m1", first, None), ("m2", first, None)]
    records = "SELECT match_id, first_seen_at, last_seen_at FROM match_records ORDER BY ALL"
    assert stored.connection.execute(records).fetchall() == [("m1", first, then), ("m2", first, last)]


def test_details_bear_the_moment_and_placeholders_are_no_news(stored: Stored) -> None:
    chance = random.Random(4)
    sources = {"m1": "api", "m2": "mock", "m3": "api", "m4": "mock"}
    rows = {
        id_: MatchDetail(**random_row(chance, MatchDetail, match_id=id_, data_source=source))
        for id_, source in sources.items()
    }
    told = Enriched(other_details={id_: rows[id_] for id_ in ("m3", "m4")}, finals={"m3": False})
    told.of("match_details").update({id_: rows[id_] for id_ in ("m1", "m2")})
    stored.learn(told, "match_details")
    for query in (
        "SELECT match_id, seen_at FROM match_detail_changes ORDER BY ALL",
        "SELECT match_id, first_seen_at FROM match_records ORDER BY ALL",
    ):
        assert stored.connection.execute(query).fetchall() == [("m1", BEGAN), ("m3", BEGAN)]
    asked = stored.connection.execute("SELECT match_id, asked_at FROM pipeline.finals").fetchall()
    assert asked == [("m3", BEGAN)]


def test_result_is_final_where_the_api_says_so_and_after_the_last_attempt(stored: Stored) -> None:
    for match_id in ("m1", "m2", "m3"):
        stored.add(MatchRecord, {"match_id": match_id, "first_seen_at": BEGAN, "is_final": False})
    for attempt in range(1, FINAL_ATTEMPTS + 1):
        enriched = Enriched(finals={"m1": False, "m2": attempt == 2})
        stored.learn(enriched, "match_details", stamp=Stamp(BEGAN + timedelta(minutes=attempt), "api"))
        final = stored.column("SELECT match_id FROM match_records WHERE is_final ORDER BY ALL")
        assert final == (["m1"] if attempt == FINAL_ATTEMPTS else []) + (["m2"] if attempt >= 2 else [])
    attempts = "SELECT attempts FROM pipeline.finals WHERE match_id = 'm1' ORDER BY asked_at"
    assert stored.column(attempts) == list(range(1, FINAL_ATTEMPTS + 1))
