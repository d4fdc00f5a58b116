"""How fresh the published database must be, for Dagster's own freshness display."""

from __future__ import annotations

from datetime import timedelta

from dagster import FreshnessPolicy

from football_assets.settings import Settings

#: Dagster accepts no shorter window.
SHORTEST_WINDOW_SECONDS = 60.0


def published_freshness(settings: Settings) -> FreshnessPolicy:
    """A policy for `football_db` by the thresholds of the published file's age: it warns from the second
    one and fails above the third."""
    _, warning, critical = (max(bound, SHORTEST_WINDOW_SECONDS) for bound in settings.threshold_age_seconds)
    return FreshnessPolicy.time_window(
        fail_window=timedelta(seconds=critical),
        warn_window=timedelta(seconds=warning) if warning < critical else None,
    )
