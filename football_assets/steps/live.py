"""The live list in the place of the former one."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

from football_assets.cycle.measure import Measure
from football_assets.thesports.answer import Answer
from football_assets.thesports.parsing.live import parse_live, require_readable
from football_assets.warehouse.history.revival import revive
from football_assets.warehouse.store import store_live
from football_assets.warehouse.warehouse import Warehouse


async def renew_live(
    asked: Awaitable[Answer], warehouse: Warehouse, history: Path, measure: Measure
) -> dict[str, int]:
    """Store the answer to `match/detail_live` that was `asked` for; the warehouse is opened while it is on
    its way. A match whose rows are in the `history` is brought back first. Gives rows by table.

    Raises `TheSportsError` for an answer of which nothing can be read, `WarehouseError`, `OSError` or
    `duckdb.Error`, and leaves the former list.
    """
    warehouse.open()
    answer = await asked
    batch = parse_live(answer.results, fetched_at=answer.received_at, data_source=measure.data_source)
    require_readable(batch, given=len(answer.results))
    revive(warehouse, history, [row.match_id for row in batch.matches])
    with warehouse.transaction() as connection:
        rows = store_live(connection, batch, datetime.now(UTC))
    measure.note_rejected(batch.rejected)
    return rows
