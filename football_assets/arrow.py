"""PyArrow, as the cycle uses it: without pandas, and with the schemas of our tables.

PyArrow looks for pandas the first time it makes an array of a Python list, to know its types: 0.28 s and
49 MB of each cycle, which is a process of its own. It looks once, so it is told once that there is none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa

from football_assets.tables.schema import Table

__all__ = ["arrow_schema", "pa"]

_TYPES = {
    "VARCHAR": pa.string(),
    "JSON": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "DATE": pa.date32(),
    "INTEGER[]": pa.list_(pa.int32()),
}


def arrow_schema(table: Table) -> pa.Schema:
    """A table's columns as an Arrow schema."""
    return pa.schema([(column.name, _TYPES[column.type]) for column in table.columns])


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _look_for_pandas_in_vain() -> None:
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


if "pandas" not in sys.modules:
    _look_for_pandas_in_vain()
