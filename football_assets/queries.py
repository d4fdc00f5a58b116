"""The one loader of the package's SQL files. What they mean is said where they are used."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def query(folder: str, name: str) -> str:
    """The text of `football_assets/<folder>/sql/<name>.sql`. Raises `FileNotFoundError`."""
    return files("football_assets").joinpath(folder, "sql", f"{name}.sql").read_text("utf-8")
