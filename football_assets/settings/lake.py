"""Settings of the lake: a copy of the published tables, in a DuckLake, for readers on other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from football_assets.settings.kinds import CHECKED_NETWORK_ADDRESS, own_words

#: Where DuckLake can keep its catalog; anything else before a colon is a mistake.
CATALOGS = ("postgres", "sqlite")


class LakeSettings(BaseSettings):
    """Where the lake is, and how long it is waited for. Without a catalog there is none."""

    lake_catalog: SecretStr | None = Field(
        None,
        description="DuckLake's catalog. Not set: there is no lake.",
        json_schema_extra=own_words(
            "postgres:host=... dbname=..., sqlite:<file> or a DuckDB file's path, set together with "
            "FOOTBALL_LAKE_DATA"
        ),
    )
    lake_data: str | None = Field(
        None,
        description="Where the lake's Parquet files are.",
        json_schema_extra=own_words("s3://bucket/folder or a folder's path"),
    )
    lake_s3_endpoint: Annotated[str, CHECKED_NETWORK_ADDRESS] | None = Field(
        None,
        description="The S3 server; not set: Amazon's.",
        json_schema_extra=own_words("host:port, or http:// or https:// before it; https without either"),
    )
    lake_s3_region: str = Field(
        "us-east-1", description="The S3 server's region.", json_schema_extra=own_words("a region's name")
    )
    lake_s3_key: str | None = Field(
        None, description="The access key of the S3 server.", json_schema_extra=own_words("an access key")
    )
    lake_s3_secret: SecretStr | None = Field(
        None, description="The secret of that key.", json_schema_extra=own_words("a secret")
    )
    lake_timeout_seconds: float = Field(
        5,
        ge=1,
        le=3600,
        description="Seconds that a cycle waits for the lake; what it lacks then goes with the next one.",
    )
    lake_keep_hours: float = Field(
        24, gt=0, le=87_600, description="Hours for which the lake's former snapshots can be read."
    )
    lake_extensions: Path | None = Field(
        None,
        description="A folder of DuckDB's extensions, for machines without internet.",
        json_schema_extra=own_words("a folder's path"),
    )

    @field_validator("lake_catalog")
    @classmethod
    def _known_catalog(cls, value: SecretStr | None) -> SecretStr | None:
        kind, colon, _ = value.get_secret_value().partition(":") if value else ("", "", "")
        if colon and kind not in CATALOGS:
            raise ValueError
        return value
