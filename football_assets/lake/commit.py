"""One commit: the lake becomes what the published file is, whatever it was before, or stays as it was."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import duckdb

from football_assets.lake.connection import FILE, LAKE, attached_file
from football_assets.lake.delta import (
    LARGE,
    SMALL,
    digests,
    find_revised,
    read_parts,
    replace_small,
    send_large,
    write_parts,
)
from football_assets.lake.past import ROWS_A_COMMIT, send_files
from football_assets.lake.structure import make_structure, wanted_structure
from football_assets.lake.target import Target
from football_assets.tables.schema import quoted
from football_assets.warehouse.history.named import PastFile, files_of_edition
from football_assets.warehouse.rows import scalar
from football_assets.warehouse.warehouse import in_transaction

AUTHOR = "football-assets"


class LakeAhead(Exception):
    """The lake holds a later edition than this machine's published file: another machine works on it."""


@dataclass(frozen=True)
class Committed:
    """What a commit came to. `rows` were sent or taken out; `files` of the past wait for the next one."""

    edition: int
    published_at: str
    cycle_id: str | None
    snapshot: int
    rows: int
    files_waiting: int
    seconds: float


def commit(connection: duckdb.DuckDBPyConnection, target: Target, *, whole: bool = False) -> Committed:
    """Bring the lake to the edition of the published file in one snapshot; `whole` with all of the past.

    Raises `LakeAhead` or `duckdb.Error`, and leaves the lake as it was.
    """
    started = time.monotonic()
    with attached_file(connection, target.published):
        edition = _edition(connection)
        structure, past = wanted_structure(), files_of_edition(target.published)
        if read_state(connection).get("structure") != structure:
            with in_transaction(connection):
                make_structure(connection)
        with in_transaction(connection):
            state = read_state(connection)
            _check_order(state, edition)
            sent: dict[str, str | None] = {"structure": structure, **edition}
            rows = _send_tables(connection, state, sent)
            more, waiting = _send_past(connection, target, past, state, sent, whole=whole)
            _write_state(connection, sent | {"files_waiting": str(waiting)})
            _say(connection, edition)
    snapshot = int(scalar(connection, f"SELECT id FROM {LAKE}.last_committed_snapshot()"))
    return Committed(
        edition=int(edition["edition"] or 0),
        published_at=str(edition["published_at"]),
        cycle_id=edition["cycle_id"],
        snapshot=snapshot,
        rows=rows + more,
        files_waiting=waiting,
        seconds=time.monotonic() - started,
    )


def _send_tables(
    connection: duckdb.DuckDBPyConnection, state: dict[str, str | None], sent: dict[str, str | None]
) -> int:
    """Send what the file's tables hold otherwise, and note it in `sent`. Gives the rows."""
    read_parts(connection)
    find_revised(connection, state.get("published_at"))
    rows = sum(send_large(connection, large) for large in LARGE)
    if rows:
        write_parts(connection)
    found = digests(connection)
    for table in SMALL:
        count, digest = found[table.name]
        if state.get(f"table {table.name}") != digest:
            replace_small(connection, table)
            rows += count
        sent[f"table {table.name}"] = digest
    return rows


def _send_past(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    past: set[PastFile],
    state: dict[str, str | None],
    sent: dict[str, str | None],
    *,
    whole: bool,
) -> tuple[int, int]:
    """Send the files that the edition names, if the lake has others. Gives the rows, and how many wait."""
    names = sha256("".join(sorted(map(str, past))).encode()).hexdigest()
    if state.get("files") == names and state.get("files_waiting") == "0":
        sent["files"] = names
        return 0, 0
    sent["files"] = names
    return send_files(connection, target.history, past, None if whole else ROWS_A_COMMIT)


def read_state(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """What the lake knows of its newest commit; empty where there was none."""
    try:
        return dict(connection.execute(f"SELECT name, value FROM {LAKE}.pipeline.state").fetchall())
    except duckdb.CatalogException:
        return {}


def _edition(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    # Times as text: the first one that becomes a `datetime` costs the process 0.1 s of imports.
    row = connection.execute(
        "SELECT CAST(edition AS VARCHAR), strftime(published_at, '%Y-%m-%dT%H:%M:%S.%f+00:00'), cycle_id "
        f"FROM {FILE}.editions ORDER BY edition DESC LIMIT 1"
    ).fetchall()[0]
    return dict(zip(("edition", "published_at", "cycle_id"), row, strict=True))


def _check_order(state: dict[str, str | None], edition: dict[str, str | None]) -> None:
    there, here = _moment(state.get("published_at")), _moment(edition["published_at"])
    if there and here and there > here:
        raise LakeAhead(f"the lake holds an edition of {there:%Y-%m-%d %H:%M:%S} UTC, the file is older")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _write_state(connection: duckdb.DuckDBPyConnection, state: dict[str, str | None]) -> None:
    connection.execute(f"DELETE FROM {LAKE}.pipeline.state")
    values = ", ".join(f"({quoted(k)}, {'NULL' if v is None else quoted(v)})" for k, v in state.items())
    connection.execute(f"INSERT INTO {LAKE}.pipeline.state VALUES {values}")


def _say(connection: duckdb.DuckDBPyConnection, edition: dict[str, str | None]) -> None:
    """Name the snapshot, so that a reader finds that of a cycle or an edition."""
    message = f"edition {edition['edition']}"
    connection.execute(
        f"CALL {LAKE}.set_commit_message({quoted(AUTHOR)}, {quoted(message)}, "
        f"extra_info => {quoted(json.dumps(edition))})"
    )
