"""PyArrow, as the cycle uses it: without pandas.

PyArrow looks for pandas the first time it makes an array of a Python list, to know its types: 0.28 s and
49 MB of each cycle, which is a process of its own. It looks once, so it is told once that there is none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa

__all__ = ["pa"]


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
