"""Loads modules without the garbage collector, which would look through what they make again and again."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Within it modules are imported. The collector is off meanwhile, and what is there in the end is never
    looked through again, neither by a later collection nor by the last one, when the process ends.

    Of a cycle's process that saves about a quarter of the processor's time (docs/performance.md). Where no
    module was new, nothing is set aside: a program may come by again and again.
    """
    loaded, was_on = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > loaded:
            gc.freeze()
        if was_on:
            gc.enable()
