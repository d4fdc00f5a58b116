"""Which matches outside of the live list the API may be asked for, held against a plain model."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from football_assets.enrichment.known import KnownFixture
from football_assets.tables.live import LiveMatch, LiveSpell
from football_assets.tables.matches import MatchRecord
from football_assets.warehouse.knowledge import read_known
from football_assets.warehouse.rows import insert
from football_assets.warehouse.warehouse import Warehouse
from football_assets_tests.warehouse.models import BEGAN, ENDED, Values, random_row, table_of

#: After how many attempts a final result is not asked for any more, and of how many matches at once it is.
ATTEMPTS, AT_ONCE = 5, 20
#: Hours from now to a kick-off; none is so near to a bound that the time of the test itself would tell.
KICKOFFS = (-60, -3, -0.1, 0.2, 20, 47.9, 48.1, 90)


class World:
    """Random matches, with spells in the live list and attempts at final results."""

    def __init__(self, seed: int, matches: int) -> None:
        self.chance = chance = random.Random(seed)
        self.now = datetime.now(UTC)
        ids = [f"m{number:03}" for number in range(matches)]
        self.records = [self._record(match_id) for match_id in ids]
        self.seen_live = [match_id for match_id in ids if chance.random() < 0.7]
        self.live = [match_id for match_id in self.seen_live if chance.random() < 0.2]
        self.asked: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for match_id in ids:
            newest = chance.choice((1, 9, 11, 19, 21, 29, 31, 39, 41, 300))
            for attempt in range(1, chance.randint(0, ATTEMPTS) + 1):
                minutes = newest + chance.choice((0, 0, 15))
                self.asked[match_id].append((self.now - timedelta(minutes=minutes), attempt))

    def _record(self, match_id: str) -> Values:
        chance = self.chance
        kickoff = self.now + timedelta(hours=chance.choice(KICKOFFS))
        return random_row(
            chance,
            MatchRecord,
            match_id=match_id,
            kickoff_at=None if chance.random() < 0.1 else kickoff,
            status_id=None if chance.random() < 0.1 else chance.randint(0, 13),
            deleted_at=self.now if chance.random() < 0.2 else None,
            is_final=chance.random() < 0.3,
            first_seen_at=BEGAN,
            last_seen_at=BEGAN + timedelta(seconds=chance.randint(0, 10**6)),
        )

    def store(self, warehouse: Warehouse) -> None:
        connection = warehouse.open()
        insert(connection, MatchRecord.table.name, table_of(MatchRecord, self.records))
        spells = [random_row(self.chance, LiveSpell, match_id=id_, seen_at=BEGAN) for id_ in self.seen_live]
        insert(connection, LiveSpell.table.name, table_of(LiveSpell, spells))
        live = [random_row(self.chance, LiveMatch, match_id=match_id) for match_id in self.live]
        insert(connection, LiveMatch.table.name, table_of(LiveMatch, live))
        for match_id, asked in self.asked.items():
            for at, attempts in asked:
                connection.execute("INSERT INTO pipeline.finals VALUES (?, ?, ?)", [match_id, at, attempts])

    def expected(self) -> dict[str, KnownFixture]:
        coming = {record["match_id"]: record for record in self.records if self._is_coming(record)}
        over = sorted(filter(self._is_over, self.records), key=lambda record: record["last_seen_at"])
        return {
            match_id: KnownFixture(record["kickoff_at"], has_ended=False)
            for match_id, record in coming.items()
        } | {
            record["match_id"]: KnownFixture(record["kickoff_at"], has_ended=True)
            for record in over[:AT_ONCE]
        }

    def _is_coming(self, record: Values) -> bool:
        return (
            record["kickoff_at"] is not None
            and self.now <= record["kickoff_at"] <= self.now + timedelta(days=2)
            and record["deleted_at"] is None
            and record["status_id"] not in ENDED
        )

    def _is_over(self, record: Values) -> bool:
        match_id = record["match_id"]
        if match_id not in self.seen_live or match_id in self.live:
            return False
        if record["is_final"] or record["deleted_at"] is not None:
            return False
        asked = self.asked.get(match_id)
        if not asked:
            return True
        attempts = max(attempt for _, attempt in asked)
        last = max(at for at, _ in asked)
        return attempts < ATTEMPTS and last < self.now - timedelta(minutes=10) * attempts


@pytest.mark.parametrize("matches", [30, 150])
@pytest.mark.parametrize("seed", range(4))
def test_what_may_be_asked_for_is_what_a_model_asks_for(tmp_path: Path, seed: int, matches: int) -> None:
    world = World(seed, matches)
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    world.store(warehouse)
    found = read_known(warehouse.open()).fixtures
    warehouse.close()
    assert found == world.expected()
    assert {one.has_ended for one in found.values()} == {False, True}
