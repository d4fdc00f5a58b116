"""The table of contents: every asset, check, job, sensor, schedule and resource of the project."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagster import (
    AssetSelection,
    Definitions,
    InitResourceContext,
    define_asset_job,
    in_process_executor,
    resource,
)

from football_assets.alerts.sensor import build_alert_sensor
from football_assets.assets.archive import GROUP, build_archive
from football_assets.assets.enrichment import enrichment
from football_assets.assets.flattened import flattened_matches, views
from football_assets.assets.live import live_matches
from football_assets.assets.published import build_published
from football_assets.checks.definition import build_checks
from football_assets.names import CYCLE_JOB, TIME_LIMIT_TAG
from football_assets.resources.api import ApiSession, api_session
from football_assets.resources.cycle import Cycle, running_cycle
from football_assets.retention.job import build_retention
from football_assets.sensors.cycle_sensor import build_cycle_sensor, time_limit
from football_assets.sensors.pulse_sensor import build_pulse_sensor
from football_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from football_assets.assets.lake_upkeep import LakeDefinitions


def build_definitions(settings: Settings) -> Definitions:
    """All definitions for these settings, made anew: tests run the real graph on settings of their own."""

    @resource(description="TheSports' API: one client and one session for the whole run.")
    def api(_: InitResourceContext) -> Iterator[ApiSession]:
        with api_session(settings) as session:
            yield session

    @resource(
        required_resource_keys={"api"},
        description="The data directory's lock, the warehouse, and the measurements of the run.",
    )
    def cycle(context: InitResourceContext) -> Iterator[Cycle]:
        assert context.run is not None, "the cycle belongs to a run"
        with running_cycle(settings, context.run, context.resources.api) as running:
            yield running

    cycle_job = define_asset_job(
        CYCLE_JOB,
        selection=AssetSelection.all() - AssetSelection.groups(GROUP),
        executor_def=in_process_executor,
        config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        tags={TIME_LIMIT_TAG: f"{time_limit(settings):g}"},
        description="One cycle: from the live list to the published database.",
    )
    lake = _lake(settings)
    retention_job, retention_schedule = build_retention(settings)
    return Definitions(
        assets=[
            live_matches,
            enrichment,
            flattened_matches,
            views,
            build_published(settings),
            build_archive(settings),
            *([lake.asset] if lake else []),
        ],
        asset_checks=[build_checks(settings)],
        jobs=[cycle_job, retention_job, *([lake.maintenance] if lake else [])],
        sensors=[
            build_cycle_sensor(settings),
            build_pulse_sensor(settings),
            build_alert_sensor(settings),
        ],
        schedules=[retention_schedule, *([lake.schedule] if lake else [])],
        resources={"api": api, "cycle": cycle, **({"lake": lake.resource} if lake else {})},
        executor=in_process_executor,
    )


def _lake(settings: Settings) -> "LakeDefinitions | None":
    """The lake's definitions; without a lake nothing of it is imported."""
    if settings.lake_catalog is None:
        return None
    from football_assets.assets.lake_upkeep import lake_definitions

    return lake_definitions(settings)


definitions = build_definitions(load_settings())
