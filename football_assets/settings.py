"""Every setting, in one place: its variable, its default, its bounds. Nothing else reads the environment."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from football_assets.redaction import protect, secrets_of_url

PROJECT_ROOT = Path(__file__).resolve().parents[1]

Fallback = Literal["last_known", "mock", "fail"]

#: Bookmakers in the order in which their odds are preferred; the names are in `thesports.codes`.
DEFAULT_BOOKMAKERS = (2, 3, 4, 5, 6, 9, 10, 11, 13, 14, 15, 16, 17, 21, 22, 7, 8, 12, 18, 136)


#: A figure's bounds: normal up to the first, a warning from the second, critical above the third. Where the
#: three fall, as for the margin, it is normal from the first, a warning below the second and so on.
Thresholds = Annotated[tuple[float, float, float], NoDecode]


_THRESHOLDS = (
    "threshold_total_seconds",
    "threshold_enrichment_seconds",
    "threshold_error_percent",
    "threshold_margin_seconds",
    "threshold_memory_mb",
    "threshold_age_seconds",
)


class SettingsError(ValueError):
    """A setting with a bad value. The message is one line: the variable, the value, what is allowed."""


def _allowed(text: str) -> dict[str, Any]:
    return {"allowed": text}


def _thresholds(
    normal: float, warning: float, critical: float, description: str, *, by_interval: bool = False
) -> Any:
    """A setting of three bounds; those `by_interval` are for 60 seconds and grow and shrink with it."""
    order = "rising" if normal < critical else "falling"

    def default(given: dict[str, Any]) -> tuple[float, ...]:
        share = given.get("interval_seconds", 60) / 60 if by_interval else 1
        return tuple(share * bound for bound in (normal, warning, critical))

    return Field(
        default_factory=default,
        description=f"{description}: normal, warning, critical.",
        json_schema_extra={**_allowed(f"three {order} numbers separated by commas"), "order": order},
    )


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

    # The API's quotas, held over all processes that share the data directory.
    requests_per_minute: int = Field(
        1000,
        ge=60,
        description="Requests of all kinds that the API allows in any 60 seconds.",
        json_schema_extra=_allowed("a whole number from 60"),
    )
    odds_history_per_minute: int = Field(
        120,
        ge=1,
        description=(
            "Requests to odds/history that the API allows in any 60 seconds; as many to match/live/history."
        ),
        json_schema_extra=_allowed("a whole number from 1"),
    )
    odds_feed_seconds: int = Field(
        20,
        ge=0,
        le=50,
        description="Seconds from one reading of odds/live between the cycles to the next; 0 for none.",
        json_schema_extra=_allowed("a whole number from 0 to 50"),
    )

    # The embedded simulator, which answers where no credentials are set.
    simulator_seed: int = Field(
        1,
        ge=0,
        description="Seed of the simulated world: the same seed and time give the same answers.",
        json_schema_extra=_allowed("a whole number from 0"),
    )
    simulator_matches: int = Field(
        50,
        ge=0,
        le=10_000,
        description="Live matches that the simulator shows.",
        json_schema_extra=_allowed("a whole number from 0 to 10000"),
    )

    # Thresholds of the asset checks.
    threshold_total_seconds: Thresholds = _thresholds(10, 15, 45, "Seconds of a cycle")
    threshold_enrichment_seconds: Thresholds = _thresholds(5, 8, 30, "Seconds of a cycle's enrichment")
    threshold_error_percent: Thresholds = _thresholds(1, 5, 20, "Requests that failed, in per cent")
    threshold_margin_seconds: Thresholds = _thresholds(
        50, 45, 15, "Seconds left of the interval", by_interval=True
    )
    threshold_memory_mb: Thresholds = _thresholds(350, 500, 1000, "Megabytes of a run's process")
    threshold_age_seconds: Thresholds = _thresholds(
        90, 150, 300, "Seconds since publishing", by_interval=True
    )

    # Alerts: where they are sent, beside the log.
    alert_webhook_url: SecretStr | None = Field(
        None,
        description="A webhook that is sent each alert.",
        json_schema_extra=_allowed("a http:// or https:// address"),
    )
    alert_webhook_format: Literal["slack", "json"] = Field(
        "slack",
        description="What the webhook is sent: a Slack message or plain JSON.",
        json_schema_extra=_allowed("slack or json"),
    )
    alert_email_to: str | None = Field(
        None,
        description="Addresses that are sent each alert, separated by commas.",
        json_schema_extra=_allowed("e-mail addresses separated by commas, set together with SMTP_HOST"),
    )
    alert_email_from: str = Field(
        "football-assets@localhost",
        description="The sender of the alerts.",
        json_schema_extra=_allowed("an e-mail address"),
    )
    smtp_host: str | None = Field(
        None, description="The mail server.", json_schema_extra=_allowed("a host's name")
    )
    smtp_port: int = Field(
        587,
        ge=1,
        le=65535,
        description="The mail server's port; 465 is spoken to in TLS from the start.",
        json_schema_extra=_allowed("a port, 1 to 65535"),
    )
    smtp_starttls: bool = Field(
        True,
        description="Whether to go over to TLS (STARTTLS) before anything else is said.",
        json_schema_extra=_allowed("true or false"),
    )
    smtp_user: str | None = Field(
        None, description="User name at the mail server.", json_schema_extra=_allowed("a user name")
    )
    smtp_password: SecretStr | None = Field(
        None, description="Password at the mail server.", json_schema_extra=_allowed("a password")
    )

    log_requests: bool = Field(
        False,
        description="Whether the log has a line for each request to the API.",
        json_schema_extra=_allowed("true or false"),
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
        2,
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

    @field_validator(
        "thesports_user",
        "thesports_secret",
        "deadline_seconds",
        "alert_webhook_url",
        "alert_email_to",
        "smtp_host",
        "smtp_user",
        "smtp_password",
        mode="before",
    )
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("bookmakers", *_THRESHOLDS, mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("bookmakers")
    @classmethod
    def _bookmakers_differ(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(value)) != len(value) or min(value) < 0:
            raise ValueError("a bookmaker stands twice or is negative")
        return value

    @field_validator(*_THRESHOLDS)
    @classmethod
    def _in_order(cls, value: Thresholds, info: ValidationInfo) -> Thresholds:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        falling = isinstance(extra, dict) and extra["order"] == "falling"
        if list(value) != sorted(value, reverse=falling):
            raise ValueError("the three are not in order")
        return value

    @field_validator("alert_webhook_url")
    @classmethod
    def _web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("no web address")
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
    def _mail_has_a_server(self) -> Self:
        if self.alert_email_to and not self.smtp_host:
            raise ValueError("FOOTBALL_SMTP_HOST is not set: FOOTBALL_ALERT_EMAIL_TO needs it")
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
    def secrets(self) -> list[str]:
        """What nothing may tell: the secret, the password, and what gives access in the addresses."""
        urls = [self.thesports_base_url]
        urls += [self.alert_webhook_url.get_secret_value()] if self.alert_webhook_url else []
        own = [secret.get_secret_value() for secret in (self.thesports_secret, self.smtp_password) if secret]
        return own + [part for url in urls for part in secrets_of_url(url)]

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
        return self._own("warehouse", ".duckdb")

    @property
    def quota_path(self) -> Path:
        """Where the requests of the last minute are written down."""
        return self._own("quota", ".db")

    @property
    def odds_feed_path(self) -> Path:
        """Where the answers of `odds/live` from between the cycles wait for the next one."""
        return self._own("odds_feed")

    @property
    def history_path(self) -> Path:
        """Where what is no longer hot is kept as Parquet."""
        return self._own("history")

    @property
    def reports_path(self) -> Path:
        """Where the cycles' reports are kept."""
        return self.data_path / "cycles"

    @property
    def metrics_path(self) -> Path:
        """Where the metrics are kept."""
        return self.data_path / "metrics"

    @property
    def lock_path(self) -> Path:
        """The lock that a run holds on the data directory."""
        return self.data_path / "pipeline.lock"

    def _own(self, name: str, suffix: str = "") -> Path:
        return self.data_path / f"{name}{'-simulated' if self.simulated else ''}{suffix}"


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process, which tells their secrets nowhere from now on.

    Raises `SettingsError`, one line, for the first value that is not allowed.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    protect(settings.secrets)
    return settings


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
    value = problem["input"]
    if Settings.model_fields[field].annotation == SecretStr | None:
        value = "***"
    elif isinstance(value, tuple):
        value = ",".join(map(str, value))
    elif field == "thesports_base_url" and not {"?", "@"}.isdisjoint(str(value)):
        value = "(an address with credentials)"
    return f"{variable}={value} is not allowed: {allowed}"


def variables() -> dict[str, str]:
    """Environment variable -> name of its field in `Settings`."""
    return {
        str(field.validation_alias or f"FOOTBALL_{name.upper()}"): name
        for name, field in Settings.model_fields.items()
    }
