"""Every setting, in one place: its variable, its default, its bounds. Nothing else reads the environment."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[1]

Fallback = Literal["last_known", "mock", "fail"]

#: Bookmakers in the order in which their odds are preferred; the names are in `thesports.codes`.
DEFAULT_BOOKMAKERS = (2, 3, 4, 5, 6, 9, 10, 11, 13, 14, 15, 16, 17, 21, 22, 7, 8, 12, 18, 136)


class SettingsError(ValueError):
    """A setting with a bad value. The message is one line: the variable, the value, what is allowed."""


def _allowed(text: str) -> dict[str, Any]:
    return {"allowed": text}


class Settings(BaseSettings):
    """What a user may set, from the environment or from `.env` in the project's root."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTBALL_",
        env_file=PROJECT_ROOT / ".env",
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    thesports_user: str | None = Field(
        None,
        validation_alias="THESPORTS_USER",
        description="User name at TheSports. Without user and secret the simulator answers.",
        json_schema_extra=_allowed("a user name, set together with THESPORTS_SECRET"),
    )
    thesports_secret: SecretStr | None = Field(
        None,
        validation_alias="THESPORTS_SECRET",
        description="Secret at TheSports.",
        json_schema_extra=_allowed("a secret, set together with THESPORTS_USER"),
    )
    thesports_base_url: str = Field(
        "https://api.thesports.com/v1/football",
        validation_alias="THESPORTS_BASE_URL",
        pattern=r"^https?://[^\s?#]+$",
        description="Where the API is.",
        json_schema_extra=_allowed("a http:// or https:// address without a query"),
    )
    data_dir: Path = Field(
        Path("data"),
        description="Where everything is kept; a relative path counts from the working directory.",
        json_schema_extra=_allowed("a directory's path"),
    )
    interval_seconds: int = Field(
        60,
        ge=10,
        le=3600,
        description="Seconds from one cycle's start to the next.",
        json_schema_extra=_allowed("a whole number from 10 to 3600"),
    )
    deadline_seconds: float | None = Field(
        None,
        ge=1,
        description="What the API has not answered this long after a cycle's start counts as failed; "
        "without it, three quarters of the interval.",
        json_schema_extra=_allowed("a number from 1 to less than FOOTBALL_INTERVAL_SECONDS"),
    )
    max_connections: int = Field(
        30,
        ge=1,
        le=200,
        description="Connections to the API at once (10-15 conservative, 20-30 balanced, 50+ aggressive).",
        json_schema_extra=_allowed("a whole number from 1 to 200"),
    )
    request_timeout_seconds: float = Field(
        30,
        gt=0,
        le=600,
        description="Seconds for one attempt at a request.",
        json_schema_extra=_allowed("a number above 0, at most 600"),
    )
    max_attempts: int = Field(
        3,
        ge=1,
        le=10,
        description="Attempts at one request, with exponential backoff between them.",
        json_schema_extra=_allowed("a whole number from 1 to 10"),
    )
    fallback: Fallback = Field(
        "last_known",
        description="For an entity whose requests failed: its last good row, a placeholder, or a failed run.",
        json_schema_extra=_allowed("last_known, mock or fail"),
    )
    bookmakers: Annotated[tuple[int, ...], NoDecode] = Field(
        DEFAULT_BOOKMAKERS,
        min_length=1,
        description="Ids of the bookmakers, the most preferred first.",
        json_schema_extra=_allowed("bookmaker ids, different whole numbers separated by commas"),
    )

    # Retention: how long things are kept. The scheduled job `retention` removes what is older.
    keep_runs_hours: float = Field(
        2,
        gt=0,
        description="Hours for which every run is kept, with its events.",
        json_schema_extra=_allowed("a number above 0"),
    )
    keep_run_samples_days: float = Field(
        3,
        ge=0,
        description="Days for which a sample of the older runs is kept: Dagster's plots are drawn from them.",
        json_schema_extra=_allowed("a number from 0"),
    )
    keep_run_samples_minutes: float = Field(
        60,
        ge=1,
        description="Minutes from one run of that sample to the next.",
        json_schema_extra=_allowed("a number from 1"),
    )
    keep_ticks_days: float = Field(
        2,
        gt=0,
        description="Days for which the sensors' and schedules' ticks are kept.",
        json_schema_extra=_allowed("a number above 0"),
    )
    keep_reports_days: float = Field(
        7,
        gt=0,
        description="Days for which the cycles' reports are kept.",
        json_schema_extra=_allowed("a number above 0"),
    )
    keep_logs_days: float = Field(
        14,
        gt=0,
        description="Days for which log files are kept.",
        json_schema_extra=_allowed("a number above 0"),
    )
    keep_history_days: float = Field(
        365,
        gt=0,
        description="Days for which the history in Parquet is kept.",
        json_schema_extra=_allowed("a number above 0"),
    )

    @field_validator("thesports_user", "thesports_secret", "deadline_seconds", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("bookmakers", mode="before")
    @classmethod
    def _split_bookmakers(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("bookmakers")
    @classmethod
    def _bookmakers_differ(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(value)) != len(value) or min(value) < 0:
            raise ValueError("a bookmaker stands twice or is negative")
        return value

    @field_validator("thesports_base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _both_credentials_or_none(self) -> Self:
        if (self.thesports_user is None) != (self.thesports_secret is None):
            missing = "THESPORTS_USER" if self.thesports_user is None else "THESPORTS_SECRET"
            raise ValueError(
                f"{missing} is not set: set both it and its partner, or neither to use the simulator"
            )
        return self

    @model_validator(mode="after")
    def _deadline_inside_interval(self) -> Self:
        if self.deadline_seconds is not None and self.deadline_seconds >= self.interval_seconds:
            raise ValueError(
                f"FOOTBALL_DEADLINE_SECONDS={self.deadline_seconds:g} is not allowed: "
                f"a number from 1 to less than FOOTBALL_INTERVAL_SECONDS ({self.interval_seconds})"
            )
        return self

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator answers instead of the API."""
        return self.thesports_user is None

    @property
    def deadline(self) -> float:
        """Seconds from a cycle's start after which the API is waited for no longer."""
        return self.deadline_seconds if self.deadline_seconds is not None else 0.75 * self.interval_seconds

    @cached_property
    def data_path(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.expanduser().absolute()

    @property
    def published_path(self) -> Path:
        """The database that anyone may open."""
        return self.data_path / "football.duckdb"

    @property
    def warehouse_path(self) -> Path:
        """The database that only the pipeline opens: one for real and one for simulated data."""
        return self.data_path / ("warehouse-simulated.duckdb" if self.simulated else "warehouse.duckdb")


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process.

    Raises `SettingsError`, one line, for the first value that is not allowed.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def _one_line(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    if not problem["loc"]:
        return str(problem["msg"]).removeprefix("Value error, ")
    name = str(problem["loc"][0])
    variable, field = next(
        (variable, field)
        for variable, field in variables().items()
        if name.lower() in (variable.lower(), field)
    )
    extra = Settings.model_fields[field].json_schema_extra
    allowed = extra["allowed"] if isinstance(extra, dict) else ""
    value = "***" if "SECRET" in variable else problem["input"]
    if len(problem["loc"]) > 1 or isinstance(value, tuple):
        value = ",".join(map(str, value)) if isinstance(value, tuple) else value
    return f"{variable}={value} is not allowed: {allowed}"


def variables() -> dict[str, str]:
    """Environment variable -> name of its field in `Settings`."""
    return {
        str(field.validation_alias or f"FOOTBALL_{name.upper()}"): name
        for name, field in Settings.model_fields.items()
    }
