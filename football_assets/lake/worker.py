"""The process that does the work: it has the lake open when it is asked to commit, and can be killed.

    python -m football_assets.lake.worker

It reads the lake's target (JSON) from the first line of its input, opens the lake, and at the second line
does what that says: `commit`, `maintain` or `verify`. It answers with one line of JSON, `{"done": {...}}` or
`{"error": "..."}`, and ends.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from football_assets.lake.target import Target
from football_assets.redaction import error_line

if TYPE_CHECKING:
    import duckdb


def main() -> None:
    """Answer one request."""
    import duckdb

    from football_assets.lake.commit import LakeAhead, read_state
    from football_assets.lake.connection import attach_lake, new_connection
    from football_assets.lake.delta import read_ahead
    from football_assets.lake.verify import NotInLake

    target = Target.from_json(sys.stdin.readline())
    answer: dict[str, Any]
    try:
        connection = new_connection(target)
        attach_lake(connection, target)
        # While the cycle asks the API: at the first look DuckLake reads its catalog.
        read_state(connection)
        read_ahead(connection)
        asked = sys.stdin.readline().strip()
        if not asked:
            return
        answer = {"done": _do(asked, connection, target)}
    except (duckdb.Error, LakeAhead, NotInLake, OSError) as error:
        answer = {"error": error_line(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _do(asked: str, connection: duckdb.DuckDBPyConnection, target: Target) -> dict[str, Any]:
    """Do what is asked. Gives its figures."""
    from football_assets.lake.commit import commit
    from football_assets.lake.maintenance import maintain
    from football_assets.lake.verify import LATE, PATIENCE_SECONDS, verify

    if asked == "maintain":
        return asdict(maintain(connection, target.keep_hours))
    if asked == "verify":
        since = datetime.now(UTC) - LATE
        return asdict(verify(connection, target, since=since, patience=PATIENCE_SECONDS))
    if asked == "commit":
        return asdict(commit(connection, target))
    raise ValueError(f"asked to {asked!r}: to commit, maintain or verify would be right")


if __name__ == "__main__":
    main()
