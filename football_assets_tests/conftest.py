"""What holds for all tests."""

from __future__ import annotations

import gc
import signal


def pytest_configure() -> None:
    """Heed the signals that the tests send to programs which they start: whatever started the tests, such as
    `nohup` or a script in the background, may have had them ignored, which children inherit."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Set aside what is loaded by now: it stays to the end, and no collection need look through it."""
    gc.freeze()
