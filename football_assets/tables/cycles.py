"""The pipeline's own record: cycles, editions of the published file, versions of its tables."""

from datetime import datetime
from typing import Annotated

from football_assets.tables.schema import BigInt, Json, Row, stored


@stored("cycles", key=("cycle_id",))
class Cycle(Row):
    """One row a cycle: how long it took, what it asked, what it found."""

    cycle_id: Annotated[str, "the Dagster run's id"]
    started_at: Annotated[datetime, "when the cycle started"]
    finished_at: Annotated[
        datetime | None, "when it ended: just before the replacement of the published file"
    ]
    status: Annotated[str, "success or failure"]
    error: Annotated[str | None, "what made the cycle fail, in one line"]
    live_fetch_seconds: Annotated[float | None, "asking for and storing the live list"]
    enrichment_seconds: Annotated[float | None, "asking for and storing details, odds and reference data"]
    flatten_seconds: Annotated[float | None, "joining the flattened table"]
    filter_seconds: Annotated[float | None, "making the views"]
    publish_seconds: Annotated[float | None, "until just before the replacement of the published file"]
    total_seconds: Annotated[float | None, "from the start until just before the replacement"]
    margin_seconds: Annotated[float | None, "what was left of the interval"]
    requests: Annotated[int | None, "requests sent, each attempt counted"]
    requests_failed: Annotated[int | None, "requests that had no good answer in any attempt"]
    requests_retried: Annotated[int | None, "attempts after a first one"]
    requests_by_endpoint: Annotated[Json | None, "requests sent by endpoint"]
    failures_by_cause: Annotated[Json | None, "failed requests by cause"]
    cache_hits: Annotated[int | None, "rows that were known and not asked for"]
    bytes_received: Annotated[BigInt | None, "bytes of decoded answers"]
    connection_use: Annotated[float | None, "share of the connection-seconds used while requests were out"]
    matches_live: Annotated[int | None, "matches in the live list"]
    matches_in_play: Annotated[int | None, "matches in play: status 2 to 7"]
    odds_ticks_new: Annotated[int | None, "new odds ticks"]
    odds_waiting: Annotated[int | None, "matches whose odds history waits for the quota"]
    odds_repaired: Annotated[int | None, "ticks that the API corrected or withdrew"]
    odds_set_aside: Annotated[int | None, "ticks that could not be read or were dated in the future"]
    rows_rejected: Annotated[int | None, "rows and values of the API that could not be read"]
    freshness_seconds: Annotated[
        float | None, "from the sensor's tick (else the start) to just before publishing"
    ]
    upstream_age_seconds: Annotated[float | None, "age of the newest upstream change when published"]
    memory_mb: Annotated[float | None, "peak resident memory of the run's process"]
    data_source: Annotated[str, "api or simulated"]


@stored("editions", key=("edition",))
class Edition(Row):
    """One row for each replacement of the published file."""

    edition: Annotated[BigInt, "1, 2, ...: the number of the edition"]
    published_at: Annotated[
        datetime, "when the file was replaced: odds_known_at and matches_known_at compare with it"
    ]
    cycle_id: Annotated[str | None, "the cycle that published it; NULL for a pulse between the cycles"]
    seconds: Annotated[float | None, "from the start of the cycle or pulse to just before the replacement"]
    requests: Annotated[int | None, "requests sent for it, each attempt counted"]
    fetched_at: Annotated[datetime | None, "when the API gave the live list that it shows"]
    bookmakers: Annotated[list[int] | None, "ids of the bookmakers by preference, as set at that time"]
    in_files_until: Annotated[
        datetime | None,
        "rows of matches that were seen or replaced after this moment are all in the tables; older ones may "
        "be in the history's files only",
    ]


@stored("schema_version", key=("version",))
class SchemaVersion(Row):
    """The versions of the published tables: the newest is this file's."""

    version: Annotated[int, "the number of the version"]
    since: Annotated[str, "the day that it came with, ISO 8601"]
    changed: Annotated[str, "what changed"]
