"""The process of the pulses.

    python -m football_assets.pulse

Whoever started it writes a byte to its standard input now and then: as long as it does, pulses go on. Where
the input ends, the process ends. It writes a byte to its standard output at least every second but within a
pulse, so that one that hangs is found.
"""

from __future__ import annotations

import signal
import sys

from football_assets.loading import loading


def main() -> None:
    """Beat until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal
    with loading():
        from football_assets.pulse.loop import Loop
        from football_assets.pulse.pipes import Pipes
        from football_assets.settings import load_settings

    Loop(load_settings(), Pipes(sys.stdin.fileno(), sys.stdout.fileno())).run()


if __name__ == "__main__":
    main()
