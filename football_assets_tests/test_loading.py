"""Modules are loaded without the garbage collector, and it is as it was afterwards."""

import subprocess
import sys

PROGRAM = """
import gc, sys
from football_assets.loading import loading

{before}
try:
    with loading():
        assert not gc.isenabled()
        {within}
except ValueError:
    pass
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def after_loading(within: str, before: str = "") -> list[str]:
    program = PROGRAM.format(within=within, before=before)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_was_loaded_is_set_aside() -> None:
    assert after_loading("import wave") == ["True", "True"]


def test_nothing_is_set_aside_where_nothing_is_new() -> None:
    assert after_loading("import sys") == ["True", "False"]


def test_collector_comes_back_after_an_error() -> None:
    assert after_loading("import wave; raise ValueError") == ["True", "True"]


def test_collector_that_was_off_stays_off() -> None:
    assert after_loading("import wave", before="gc.disable()") == ["False", "True"]
