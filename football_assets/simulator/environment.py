"""The weather at a match, in the units that the API writes: mostly metric ones, now and then others."""

from __future__ import annotations

from random import Random
from typing import Any

from football_assets.simulator.chance import dice
from football_assets.simulator.fixtures import Fixture

_SHARE = 0.75
_ODD_UNITS_SHARE = 0.1
_MISSING_SHARE = 0.05


def environment(fixture: Fixture) -> dict[str, Any]:
    """The fields of `environment`; empty for one match in four. Now and then a field is missing, or a unit is
    another one than usual: "61°F", "14km/h", "1013hPa", "62,5%"."""
    lots = dice(fixture.key, "weather")
    if lots.random() >= _SHARE:
        return {}
    written = {"weather": lots.randrange(1, 14), **_usual(lots)}
    if lots.random() < _ODD_UNITS_SHARE:
        written |= _odd(lots)
    if lots.random() < _MISSING_SHARE:
        del written[lots.choice(sorted(written))]
    return written


def _usual(lots: Random) -> dict[str, str]:
    wind = lots.randrange(0, 140) / 10
    return {
        "pressure": f"{lots.randrange(735, 772)}mmHg",
        "temperature": f"{lots.randrange(-4, 34)}°C",
        "wind": f"{int(wind)}.m/s" if wind >= 10 else f"{wind}m/s",  # the API's own way to write 11.0
        "humidity": f"{lots.randrange(25, 99)}%",
    }


def _odd(lots: Random) -> dict[str, str]:
    """One or more fields in another unit."""
    odd = {
        "temperature": f"{lots.randrange(25, 93)}°F",
        "wind": f"{lots.randrange(0, 50)}km/h",
        "pressure": f"{lots.randrange(980, 1030)}hPa",
        "humidity": f"{lots.randrange(25, 98)},5%",
    }
    return {name: odd[name] for name in lots.sample(sorted(odd), lots.randrange(1, 5))}
