"""Settings of more than one machine: Dagster's record in PostgreSQL, and who works."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from football_assets.settings.kinds import own_words

_SCHEMES = ("postgresql", "postgres")

#: A word of libpq: `name = value`, the value in quotes where it has spaces.
_WORD = re.compile(r"\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))\s*")


class MachinesSettings(BaseSettings):
    """What several machines share. Without these settings a machine needs nothing but its disk."""

    dagster_postgres: SecretStr | None = Field(
        None,
        description="The PostgreSQL database of Dagster's runs, events and ticks. Not set: SQLite files in "
        "the data directory. Needs `football-assets[postgres]`.",
        json_schema_extra=own_words("postgresql://user:password@host/database or host=... dbname=..."),
    )
    standby: bool = Field(
        False,
        description="Whether one of several machines with the same FOOTBALL_DAGSTER_POSTGRES works, and "
        "another takes over when it is gone.",
    )

    @field_validator("dagster_postgres")
    @classmethod
    def _can_be_reached(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _is_address(value.get_secret_value()):
            raise ValueError
        return value


def _is_address(text: str) -> bool:
    if "://" not in text:
        return bool(_words(text))
    try:
        parts = urlsplit(text)
        return parts.scheme in _SCHEMES and bool(parts.path.strip("/")) and parts.port != 0
    except ValueError:
        return False


def _words(text: str) -> dict[str, str] | None:
    """Libpq's words by name; None if the text is something else."""
    words, at = {}, 0
    while at < len(text):
        word = _WORD.match(text, at)
        if word is None:
            return None
        words[word[1]] = re.sub(r"\\(.)", r"\1", word[2] or word[3] or "")
        at = word.end()
    return words
