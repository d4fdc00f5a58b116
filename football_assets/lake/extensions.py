"""Loading DuckDB's extensions: from a folder, from packages of Python, or from DuckDB's own server."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb

from football_assets.tables.schema import quoted


def load_extensions(connection: duckdb.DuckDBPyConnection, names: list[str], folder: str | None) -> None:
    """Load the extensions, each from the first place that has it for this DuckDB.

    Raises `duckdb.Error` with one line that says what would help.
    """
    for name in names:
        found = next(_files(name, folder), None)
        if found is not None:
            connection.execute(f"LOAD {quoted(found)}")
            continue
        try:
            connection.execute(f"INSTALL {name}; LOAD {name}")
        except duckdb.Error as error:
            raise duckdb.IOException(
                f"DuckDB {duckdb.__version__} has no extension {name!r}: install football-assets[lake], "
                f"or put {name}.duckdb_extension into the folder of FOOTBALL_LAKE_EXTENSIONS "
                f"({str(error).splitlines()[0][:200]})"
            ) from None


def _files(name: str, folder: str | None) -> Iterator[Path]:
    """Files of the extension for this DuckDB: in a folder, as it is or by version, or in a package."""
    version = f"v{duckdb.__version__}"
    if folder:
        yield from sorted(Path(folder).glob(f"{name}.duckdb_extension"))
        yield from sorted(Path(folder).glob(f"**/{version}/**/{name}.duckdb_extension"))
    package = find_spec(f"duckdb_extension_{name}")
    for place in (package.submodule_search_locations or ()) if package else ():
        yield from Path(place).glob(f"extensions/{version}/{name}.duckdb_extension")
