"""`football-assets backfill`: days of the past that the API still has, beside the cycles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from football_assets.settings import Settings, load_settings
from football_assets.thesports.errors import TheSportsError

if TYPE_CHECKING:
    from football_assets.archive.reading import DayRead

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first day (UTC), YYYY-MM-DD.")
@click.option("--to", "last", type=_DAY, help="The last day; yesterday without it.")
def backfill(first: datetime, last: datetime | None) -> None:
    """Read the matches, results, incidents, statistics and odds of past days.

    \b
    Examples:
      football-assets backfill --from 2026-05-01
      football-assets backfill --from 2026-05-01 --to 2026-05-03
    """
    newest = last.date() if last else datetime.now(UTC).date() - timedelta(days=1)
    if first.date() > newest:
        raise click.ClickException(f"--from {first:%Y-%m-%d} is after {newest}")
    try:
        settings = load_settings()
        days = [
            _read(settings, first.date() + timedelta(days=number))
            for number in range((newest - first.date()).days + 1)
        ]
    except (TheSportsError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if not all(day.is_whole for day in days):
        raise SystemExit(1)


def _read(settings: Settings, day: date) -> DayRead:
    from football_assets.steps.archive import fetch_day

    state = fetch_day(settings, day, seconds=float("inf"))
    click.echo(f"{day}  {state.read} of {state.matches} matches read, {len(state.errors)} failed")
    for error in state.errors[:3]:
        click.echo(f"  {error}", err=True)
    return state
