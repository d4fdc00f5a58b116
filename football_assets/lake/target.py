"""Where the lake is: what a process needs to reach it, and nothing else of the settings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from football_assets.settings import Settings


@dataclass(frozen=True)
class Target:
    """The lake's catalog and data, the file that it copies, and how long a statement may take."""

    catalog: str
    data: str
    published: str
    history: str
    endpoint: str | None
    region: str
    key: str | None
    secret: str | None
    extensions: str | None
    timeout_seconds: float
    keep_hours: float

    @property
    def is_on_postgres(self) -> bool:
        """Whether the catalog is in PostgreSQL."""
        return self.catalog.startswith("postgres:")

    def to_json(self) -> str:
        """All of it, secrets too: for a pipe, never for a file or a log."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Target:
        """What `to_json` gave."""
        return cls(**json.loads(text))


def target_of(settings: Settings) -> Target | None:
    """The lake of these settings, None where there is none."""
    if settings.lake_catalog is None or settings.lake_data is None:
        return None
    secret = settings.lake_s3_secret
    return Target(
        catalog=settings.lake_catalog.get_secret_value(),
        data=_folder(settings.lake_data),
        published=str(settings.published_path),
        history=str(settings.history_path),
        endpoint=settings.lake_s3_endpoint,
        region=settings.lake_s3_region,
        key=settings.lake_s3_key,
        secret=secret.get_secret_value() if secret else None,
        extensions=str(settings.lake_extensions.expanduser().absolute())
        if settings.lake_extensions
        else None,
        timeout_seconds=settings.lake_timeout_seconds,
        keep_hours=settings.lake_keep_hours,
    )


def _folder(data: str) -> str:
    return data.rstrip("/") + "/" if "://" in data else f"{Path(data).expanduser().absolute()}/"
