"""How near a cycle comes to what is possible: network time, processing, memory, scale, completeness.

    python benchmarks/engine.py [--replay FOLDER] [--sections network,process,...] [--repeats 5]

`--replay` names a folder with a program that serves a real capture (`replay.py`); without it the simulator
serves, and the sections that need a clock to be moved are left out. Each row comes from one run of this
command: compare rows of one run, by their ratios, and let nothing else run beside it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from decoding import decoding
from moving import real_cadence, to_the_end
from network import network
from own_process import own_process
from scale import scale
from servers import replay, simulator

MATCHES = (49, 100, 250, 500, 1000)
USUAL_LATENCY = 0.35
#: Where only requests are counted, not seconds.
SHORT_LATENCY = 0.05


def main() -> None:
    options = _options()
    for name, section in _sections(options).items():
        if name in options.sections:
            print(f"{name} ...; load average {os.getloadavg()[0]:.1f}", flush=True)
            section()


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--replay", type=Path, help="the folder of replay.py; without it the simulator serves"
    )
    arguments.add_argument("--sections", type=_several(str), default=list(SECTIONS), help=", ".join(SECTIONS))
    arguments.add_argument("--repeats", type=int, default=5, help="runs whose median is shown")
    arguments.add_argument("--latencies", type=_several(int), default=[50, 350, 1000], help="milliseconds")
    arguments.add_argument("--connections", type=_several(int), default=[10, 30, 60])
    arguments.add_argument("--matches", type=_several(int), default=list(MATCHES), help="of the simulator")
    arguments.add_argument("--clock", type=int, default=3600, help="seconds that the moving clock moves")
    arguments.add_argument("--speed", type=int, default=10, help="how many times as fast")
    arguments.add_argument("--cycles", type=int, default=6, help="cycles at the real cadence")
    options = arguments.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        arguments.error(f"unknown sections: {', '.join(sorted(unknown))}")
    return options


SECTIONS = ("network", "scale", "process", "decoding", "moving", "cadence")


def _sections(options: argparse.Namespace) -> dict[str, Callable[[], None]]:
    folder = options.replay
    serve = partial(replay, folder) if folder else partial(simulator, MATCHES[0])
    latencies = [milliseconds / 1000 for milliseconds in options.latencies]
    sections: dict[str, Callable[[], None]] = {
        "network": partial(
            network, serve, latencies, options.connections, options.repeats, moving=bool(folder)
        ),
        "scale": partial(scale, options.matches, USUAL_LATENCY),
        "process": partial(own_process, serve, USUAL_LATENCY, options.repeats),
        "decoding": partial(decoding, serve, options.repeats),
    }
    if folder:
        sections["moving"] = partial(
            to_the_end, folder, SHORT_LATENCY, seconds=options.clock, speed=options.speed
        )
        sections["cadence"] = partial(real_cadence, folder, USUAL_LATENCY, options.cycles)
    return sections


def _several(kind: Callable[[str], object]) -> Callable[[str], list[object]]:
    return lambda text: [kind(part.strip()) for part in text.split(",")]


if __name__ == "__main__":
    main()
