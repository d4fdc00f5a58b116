"""Where a figure stands between its three thresholds. Which figures there are is in `figures`."""

from __future__ import annotations

from enum import StrEnum

from football_assets.settings import Thresholds


class State(StrEnum):
    """How a check came out. In the first two it passes."""

    NORMAL = "normal"
    SLOW = "slow"
    WARNING = "warning"
    CRITICAL = "critical"


def judge(value: float, thresholds: Thresholds, *, falling: bool = False) -> State:
    """The state of a figure: normal up to the first threshold, a warning from the second, critical above
    the third, and slow between the first two.

    Where less is worse the thresholds are `falling`: normal from the first, a warning below the second,
    critical below the third.
    """
    normal, warning, critical = thresholds
    if value >= normal if falling else value <= normal:
        return State.NORMAL
    if value < critical if falling else value > critical:
        return State.CRITICAL
    if value < warning if falling else value >= warning:
        return State.WARNING
    return State.SLOW


def bounds(thresholds: Thresholds, *, falling: bool = False) -> str:
    """The thresholds in words, as `judge` reads them."""
    words = ("normal from", "warning below", "critical below")
    if not falling:
        words = ("normal up to", "warning from", "critical above")
    return ", ".join(f"{word} {bound:g}" for word, bound in zip(words, thresholds, strict=True))
