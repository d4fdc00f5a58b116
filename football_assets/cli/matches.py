"""`football-assets matches`: the in-play matches for people and for programs.
How a match is written for people is in `match_table`, for programs in `records`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.text import Text

from football_assets.cli.match_table import PipeLines, explained, show
from football_assets.cli.records import CsvRecords, JsonRecords, Records
from football_assets.published.freshness import freshness, published_age
from football_assets.published.notices import Notice, Publication, notices, publication
from football_assets.published.reading import (
    NotPublished,
    Row,
    Unreadable,
    file_version,
    reading,
)
from football_assets.published.selection import Wanted
from football_assets.settings import Settings, load_settings

NOTICE_STYLES = {
    "simulated": "magenta",
    "late": "bold yellow",
    "dead": "bold red",
    "partial": "yellow",
    "empty": "dim",
}

#: Seconds between two looks at whether a new edition is there.
WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Look:
    """What one reading of the published file gave."""

    publication: Publication
    columns: list[str]
    rows: list[Row]
    notices: list[Notice]

    @property
    def legend(self) -> str:
        """What the brackets mean, empty where there are none."""
        return explained(self.rows, "bracketed")


@click.command()
@click.option("--american", is_flag=True, help="American odds instead of decimal and Hong Kong odds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a match, with all columns.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with all columns.")
@click.option("--country", metavar="TEXT", help="Only countries whose name has this in it.")
@click.option("--competition", metavar="TEXT", help="Only competitions whose name has this in it.")
@click.option("--team", metavar="TEXT", help="Only matches of a team whose name has this in it.")
@click.option("--status", metavar="TEXT", help="Only a status that has this in it, such as half-time.")
@click.option("--watch", is_flag=True, help="Show each new edition as it is published, until Ctrl-C.")
def matches(
    american: bool,
    as_json: bool,
    as_csv: bool,
    country: str | None,
    competition: str | None,
    team: str | None,
    status: str | None,
    watch: bool,
) -> None:
    """Show the matches in play: a table on a terminal, a line a match in a pipe.

    Upper and lower case are the same to the filters. All of them must fit.

    \b
    Examples:
      football-assets matches --country brazil --watch
      football-assets matches --status "second half" --american
      football-assets matches | grep -i arsenal
      football-assets matches --json | jq -r 'select(.minute > 80) | .home_team'
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    settings = load_settings()
    wanted = Wanted(country, competition, team, status)
    records = JsonRecords() if as_json else CsvRecords() if as_csv else None
    console = Console(highlight=False)
    on_screen = records is None and console.is_terminal

    def draw() -> None:
        look = _look(settings, wanted)
        if on_screen:
            if watch:
                console.clear()
            for notice in look.notices:
                console.print(Text(notice.text, NOTICE_STYLES[notice.kind]))
            show(look.rows, look.publication.published_at, american=american, console=console)
        else:
            for notice in look.notices:
                click.echo(notice.text, err=True)
            if records is None and look.legend:
                click.echo(look.legend, err=True)
            _write(look, records or lines)

    lines = PipeLines(american=american)
    if watch:
        follow(settings, draw, with_age=on_screen)
        return
    try:
        draw()
    except (NotPublished, Unreadable) as error:
        raise click.ClickException(str(error)) from error


def _look(settings: Settings, wanted: Wanted) -> Look:
    with reading(settings.published_path) as source:
        read, (columns, rows) = publication(source), source.table("in_play")
    said = notices(read, rows, datetime.now(UTC), settings)
    fitting = wanted.of(rows)
    if rows and not fitting:
        said.append(Notice("empty", f"None of the {len(rows)} matches in play fits the filters."))
    return Look(read, columns, fitting, said)


def _write(look: Look, records: Records) -> None:
    for record in records.of(look.columns, look.rows, look.publication.published_at):
        click.echo(record)


def follow(
    settings: Settings,
    draw: Callable[[], None],
    *,
    with_age: bool,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Draw now and whenever another edition is there, until Ctrl-C; `with_age`, also when the data become
    late or dead."""
    drawn: object = None
    try:
        while True:
            path = settings.published_path
            age = published_age(path, now())
            seen = file_version(path), with_age and freshness(age, settings.threshold_age_seconds)
            if seen != drawn:
                drawn = seen
                try:
                    draw()
                except (NotPublished, Unreadable) as error:
                    click.echo(f"{error}", err=True)
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        return
