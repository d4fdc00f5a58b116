"""Settings of the pipeline: the API, the data directory, the cycles and what they ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from football_assets.settings.kinds import BaseAddress, Splitting, own_words

Fallback = Literal["last_known", "mock", "fail"]

#: Bookmakers in the order in which their odds are preferred; the names are in `codes`.
DEFAULT_BOOKMAKERS = (2, 3, 4, 5, 6, 9, 10, 11, 13, 14, 15, 16, 17, 21, 22, 7, 8, 12, 18, 136)

#: The largest number that a column of type INTEGER holds.
_INTEGER = 2_147_483_647

#: SQLite opens no path of more than 512 bytes. What Dagster keeps in the data directory needs this much less:
#: `/dagster/history/runs/`, a run's id, a process and a thread, `.tmp-journal`.
_LONGEST_PATH = 380
_LONGEST_NAME = 255

#: DuckDB 1.5 looks for the log of `/a?b/x.duckdb` at `/a.wal?b/x.duckdb`, and takes a backslash for a slash.
#: Dagster looks for `dagster.yaml` by a pattern, in which `*` and `[` stand for other names.
_NOT_IN_PATHS = frozenset("?*[\\")


class PipelineSettings(BaseSettings):
    """Where the data come from, where they are kept, and how they are asked for."""

    thesports_user: str | None = Field(
        None,
        validation_alias="THESPORTS_USER",
        description="User name at TheSports. Without user and secret the simulator answers.",
        json_schema_extra=own_words("a user name, set together with THESPORTS_SECRET"),
    )
    thesports_secret: SecretStr | None = Field(
        None,
        validation_alias="THESPORTS_SECRET",
        description="Secret at TheSports.",
        json_schema_extra=own_words("a secret, set together with THESPORTS_USER"),
    )
    thesports_base_url: BaseAddress = Field(
        "https://api.thesports.com/v1/football",
        validation_alias="THESPORTS_BASE_URL",
        description="Where the API is.",
        json_schema_extra=own_words("a http:// or https:// address without user name, query or fragment"),
    )
    data_dir: Path = Field(
        Path("data"),
        description="Where everything is kept; a relative path counts from the working directory.",
        json_schema_extra=own_words(
            f"a directory's path, in full at most {_LONGEST_PATH} bytes, without ? * [ or \\"
        ),
    )
    interval_seconds: int = Field(
        60, ge=10, le=3600, description="Seconds from one cycle's start to the next."
    )
    deadline_seconds: float | None = Field(
        None,
        ge=1,
        description="Seconds after a cycle's start when open requests are given up and count as failed; "
        "without it, three quarters of the interval.",
        json_schema_extra=own_words("a number from {ge} to less than FOOTBALL_INTERVAL_SECONDS"),
    )
    max_connections: int = Field(
        30,
        ge=1,
        le=200,
        description="Connections to the API at once (10-15 conservative, 20-30 balanced, 50+ aggressive).",
    )
    request_timeout_seconds: float = Field(
        30, ge=0.1, le=600, description="Seconds for one attempt at a request."
    )
    max_attempts: int = Field(
        3, ge=1, le=10, description="Attempts at one request, with exponential backoff between them."
    )
    fallback: Fallback = Field(
        "last_known",
        description="For an entity whose requests failed: its last good row, a placeholder, or a failed run.",
    )
    bookmakers: Annotated[tuple[Annotated[int, Field(ge=0, le=_INTEGER)], ...], NoDecode, Splitting] = Field(
        DEFAULT_BOOKMAKERS,
        min_length=1,
        max_length=1000,
        description="Bookmakers by preference, for `flattened_matches`, `early_odds` and ties in "
        "`best_prices`. The prices of all bookmakers are stored in any case.",
        json_schema_extra=own_words(
            f"bookmaker ids, at most {{max_length}} different whole numbers from 0 to {_INTEGER} "
            "separated by commas"
        ),
    )

    # The API's quotas, held over all processes that share the data directory.
    requests_per_minute: int = Field(
        1000,
        ge=60,
        le=10_000_000,
        description="Requests of all kinds that the API allows in any 60 seconds.",
    )
    odds_history_per_minute: int = Field(
        120,
        ge=1,
        le=10_000_000,
        description=(
            "Requests to odds/history that the API allows in any 60 seconds; as many to match/live/history."
        ),
    )
    pulse_seconds: int = Field(
        5,
        ge=0,
        le=50,
        description="Seconds from one renewal of live list and prices between the cycles to the next; "
        "0 for none.",
    )
    pulse_requests_per_minute: int = Field(
        50,
        ge=2,
        le=10_000_000,
        description="Requests that the renewals between the cycles send at most in any 60 seconds.",
    )
    fixture_days: int = Field(
        2, ge=0, le=30, description="Days ahead for which matches to come are kept; 0 for none."
    )
    prematch_hours: float = Field(
        3,
        ge=0,
        le=48,
        description="Hours before kick-off from which price changes of a match are stored; what was before "
        "is read when it enters the live list.",
    )

    # The embedded simulator, which answers where no credentials are set.
    simulator_seed: int = Field(
        1,
        ge=0,
        le=_INTEGER,
        description="Seed of the simulated world: the same seed and time give the same answers.",
    )
    simulator_matches: int = Field(50, ge=0, le=10_000, description="Live matches that the simulator shows.")
    simulator_bad_rows: float = Field(
        0, ge=0, le=1, description="Share of the simulator's rows that cannot be read, or not in whole."
    )

    @field_validator("thesports_base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("data_dir")
    @classmethod
    def _can_be_a_directory(cls, value: Path) -> Path:
        try:
            path = value.expanduser().absolute()
        except (RuntimeError, OSError):  # `~nobody`, or a working directory that is gone
            raise ValueError from None
        is_too_long = len(bytes(path)) > _LONGEST_PATH or any(
            len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts
        )
        if is_too_long or _NOT_IN_PATHS & set(str(path)):
            raise ValueError
        return value

    @field_validator("bookmakers")
    @classmethod
    def _bookmakers_differ(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(value)) != len(value):
            raise ValueError
        return value
