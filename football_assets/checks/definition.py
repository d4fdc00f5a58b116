"""The checks as Dagster knows them: one step that runs after publishing. What they judge is elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    MetadataValue,
    multi_asset_check,
)

from football_assets.checks.evaluation import evaluate
from football_assets.checks.figures import CYCLE_FIGURES, PUBLISHED_AGE
from football_assets.checks.outcome import Check, Outcome
from football_assets.checks.prices import PRICE_FIGURES
from football_assets.checks.quality import QUALITY_CHECKS
from football_assets.names import PUBLISHED_ASSET
from football_assets.settings import Settings

CHECKS: tuple[Check, ...] = (
    *(figure.check for figure, _ in CYCLE_FIGURES),
    PUBLISHED_AGE.check,
    *(figure.check for figure in PRICE_FIGURES),
    *(one.check for one in QUALITY_CHECKS),
)


def build_checks(settings: Settings) -> AssetChecksDefinition:
    """The checks, for the data directory and the thresholds of `settings`."""

    @multi_asset_check(
        name="cycle_checks",
        specs=[_spec(check) for check in CHECKS],
        can_subset=True,
        description="Whether the cycle was quick enough, and whether what it published can be relied on.",
    )
    def cycle_checks(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        for check, outcome in evaluate(settings, context.run.run_id, datetime.now(UTC)):
            yield _result(check, outcome)

    return cycle_checks


def _spec(check: Check) -> AssetCheckSpec:
    after = [] if check.asset == PUBLISHED_ASSET else [PUBLISHED_ASSET]
    shown = {"sql": MetadataValue.md(f"```sql\n{check.sql}```")} if check.sql else {}
    return AssetCheckSpec(
        check.name,
        asset=check.asset,
        description=check.description,
        additional_deps=after,
        metadata=shown,
    )


def _result(check: Check, outcome: Outcome) -> AssetCheckResult:
    advice = {} if outcome.passed else {"what_to_do": check.advice}
    return AssetCheckResult(
        asset_key=check.asset,
        check_name=check.name,
        passed=outcome.passed,
        severity=AssetCheckSeverity.ERROR if outcome.critical else AssetCheckSeverity.WARN,
        description=outcome.description,
        metadata={"state": str(outcome.state), **outcome.metadata, **advice},
    )
