"""The sensor that reads `odds/live` between the cycles, so that no price is missed from one to the next."""

from __future__ import annotations

import asyncio

from dagster import DefaultSensorStatus, SensorDefinition, SensorEvaluationContext, SkipReason, sensor

from football_assets.settings import Settings

SENSOR_NAME = "odds_feed_sensor"
#: Dagster's sensor loop turns every five seconds: a tick comes with the first turn after its time.
_LOOP_SECONDS = 5
#: A reading that takes longer is given up: the next one is due.
_PATIENCE_SECONDS = 10.0


def build_odds_feed_sensor(settings: Settings) -> SensorDefinition:
    """The sensor, on from the start unless `FOOTBALL_ODDS_FEED_SECONDS` is 0."""

    @sensor(
        name=SENSOR_NAME,
        minimum_interval_seconds=max(settings.odds_feed_seconds - 1, _LOOP_SECONDS - 1),
        default_status=DefaultSensorStatus.RUNNING
        if settings.odds_feed_seconds
        else DefaultSensorStatus.STOPPED,
        target=None,
        description="Reads the odds of the last 60 seconds between the cycles and keeps them for the next: "
        "windows that overlap prove that no price was missed. It starts no run.",
    )
    def odds_feed_sensor(_: SensorEvaluationContext) -> SkipReason:
        return SkipReason(asyncio.run(read_window(settings)))

    return odds_feed_sensor


async def read_window(settings: Settings) -> str:
    """Read the window and keep it. Tells what came of it in one line."""
    from football_assets.enrichment.waiting_windows import WaitingWindows
    from football_assets.resources.api import api_session
    from football_assets.thesports.errors import TheSportsError

    try:
        with api_session(settings, seconds=_PATIENCE_SECONDS) as api:
            answer = await api.ask(lambda thesports: thesports.odds_live())
        WaitingWindows(settings.odds_feed_path).add(answer)
    except (TheSportsError, OSError) as error:
        return f"Not read: {error}"
    ticks = sum(len(entries) for entries in answer.results.values() if isinstance(entries, list))
    return f"Kept {ticks} ticks for the next cycle"
