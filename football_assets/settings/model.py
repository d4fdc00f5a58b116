"""The settings of a process: all subjects together, what depends on several, and the paths made of them."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import PrivateAttr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from football_assets.names import history_folder
from football_assets.redaction import protect, secrets_of_database, secrets_of_url
from football_assets.settings.errors import SettingsError, one_line
from football_assets.settings.keeping import KeepingSettings
from football_assets.settings.lake import LakeSettings
from football_assets.settings.machines import MachinesSettings
from football_assets.settings.pipeline import PipelineSettings
from football_assets.settings.reporting import ReportingSettings
from football_assets.settings.sources import EnvFile, find_env_files, refuse_unknown

DataSource = Literal["api", "simulated"]

#: Where a relative path is looked for is told by `sources.find_env_files`.
ENV_FILE = Path(".env")


# The fields are in the order of the bases from the last to the first.
class Settings(LakeSettings, MachinesSettings, KeepingSettings, ReportingSettings, PipelineSettings):
    """What a user may set: in the environment, or in `.env`, in the working directory or the project's root.

    Raises `SettingsError` for what is wrong in `.env` and for unknown names, `ValidationError` for a value
    that is not allowed.
    """

    model_config = SettingsConfigDict(
        env_prefix="FOOTBALL_", extra="ignore", populate_by_name=True, frozen=True, allow_inf_nan=False
    )

    _env_files_read: tuple[Path, ...] = PrivateAttr(())

    def __init__(self, _env_file: Path | None = ENV_FILE, **values: Any) -> None:
        refuse_unknown(os.environ, variables())
        files = [] if _env_file is None else find_env_files(_env_file)
        super().__init__(**(_from_files(files) | values))
        self._env_files_read = tuple(file.path for file in files)

    @property
    def env_files_read(self) -> tuple[Path, ...]:
        """The files `.env` that were read; what a later one says counts."""
        return self._env_files_read

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: object, info: ValidationInfo) -> object:
        """Blank is the same as not set where nothing need be set. No value has a control character: it would
        be an accident, such as a `\\r` at the end of a line, or break the line that it is shown in."""
        if not isinstance(value, str):
            return value
        default = cls.model_fields[str(info.field_name)].default
        if not value.strip() and default in (None, ()):
            return default
        if not value.strip() or any(
            one < " " or one == "\x7f" or "\ud800" <= one <= "\udfff" for one in value
        ):
            raise ValueError
        return value

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
    def _standby_has_a_judge(self) -> Self:
        if self.standby and not self.dagster_postgres:
            raise ValueError(
                "FOOTBALL_DAGSTER_POSTGRES is not set: FOOTBALL_STANDBY needs it to tell who works"
            )
        return self

    @model_validator(mode="after")
    def _whole_lake_or_none(self) -> Self:
        if (self.lake_catalog is None) != (self.lake_data is None):
            missing = "CATALOG" if self.lake_catalog is None else "DATA"
            raise ValueError(f"FOOTBALL_LAKE_{missing} is not set: the lake needs its catalog and its data")
        if (self.lake_s3_key is None) != (self.lake_s3_secret is None):
            missing = "KEY" if self.lake_s3_key is None else "SECRET"
            raise ValueError(f"FOOTBALL_LAKE_S3_{missing} is not set: set both the key and its secret")
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
    def data_source(self) -> DataSource:
        """Where the live data come from, as tables and reports say it."""
        return "simulated" if self.simulated else "api"

    @property
    def secrets(self) -> list[str]:
        """What nothing may tell: the secret, the password, and what gives access in the addresses."""
        urls = [self.alert_webhook_url.get_secret_value()] if self.alert_webhook_url else []
        kept = (self.thesports_secret, self.smtp_password, self.lake_s3_secret)
        own = [secret.get_secret_value() for secret in kept if secret]
        own += [part for url in urls for part in secrets_of_url(url)]
        databases = [address for address in (self.lake_catalog, self.dagster_postgres) if address]
        return own + [part for one in databases for part in secrets_of_database(one.get_secret_value())]

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
    def history_path(self) -> Path:
        """Where what is no longer hot is kept as Parquet."""
        return self.data_path / history_folder(simulated=self.simulated)

    @property
    def inbox_path(self) -> Path:
        """Where what was read of past days waits for a cycle to take it over."""
        return self.history_path / "inbox"

    @property
    def reports_path(self) -> Path:
        """Where the cycles' reports are kept."""
        return self.data_path / "cycles"

    @property
    def pulse_path(self) -> Path:
        """Where the report of the newest pulse is kept."""
        return self.data_path / "pulse.json"

    @property
    def pulse_lock_path(self) -> Path:
        """The lock that the process of the pulses holds as long as it lives."""
        return self.data_path / "pulse.lock"

    @property
    def lead_path(self) -> Path:
        """Who works, as a machine of several has seen it last; see `instance.lead`."""
        return self.data_path / "lead.json"

    @property
    def metrics_path(self) -> Path:
        """Where the metrics are kept."""
        return self.data_path / "metrics"

    @property
    def lake_path(self) -> Path:
        """What is known of the lake: its newest commit, and why a later one failed."""
        return self.data_path / "lake.json"

    @property
    def lock_path(self) -> Path:
        """The lock that a run holds on the data directory."""
        return self.data_path / "pipeline.lock"

    def _own(self, name: str, suffix: str = "") -> Path:
        return self.data_path / f"{name}{'-simulated' if self.simulated else ''}{suffix}"


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process, which tells their secrets nowhere from now on.

    Raises `SettingsError`, one line, for the first thing that is not allowed.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(one_line(error, Settings.model_fields, variables())) from None
    protect(settings.secrets)
    return settings


def variables() -> dict[str, str]:
    """Environment variable -> name of its field in `Settings`."""
    return {
        str(field.validation_alias or f"FOOTBALL_{name.upper()}"): name
        for name, field in Settings.model_fields.items()
    }


def _from_files(files: list[EnvFile]) -> dict[str, Any]:
    """The values from the files, by field, that the environment does not set otherwise.

    `dagster dev` reads `.env` as well and sets the environment by it, with `${HOME}` replaced: that is the
    file's value still.
    """
    environment = {name.upper(): value for name, value in os.environ.items()}
    given: dict[str, Any] = {}
    for file in files:
        refuse_unknown(file.values, variables(), f" in {file.path}")
        for name, value in file.values.items():
            if environment.get(name.upper()) in (None, file.expanded[name]):
                given[variables()[name.upper()]] = value
    return given
