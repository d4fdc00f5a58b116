"""`football-assets matches`: the in-play matches as a table for people.
What is said of the data is in `scoreboard.views`, how numbers are written in `scoreboard.formatting`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from football_assets.published.formatting import NONE, goals, line, number, plain, prices, when
from football_assets.published.notices import Notice, notices, publication
from football_assets.published.reading import NotPublished, Row, Unreadable, reading
from football_assets.published.selection import by_competition
from football_assets.settings import SettingsError, load_settings

NOTICE_STYLES = {
    "simulated": "magenta",
    "late": "bold yellow",
    "dead": "bold red",
    "partial": "yellow",
    "empty": "dim",
}

#: Without a terminal there is no width to fit into: a line a match, whole, for grep and awk.
PLAIN_WIDTH = 250

#: A terminal of fewer columns gets each match on three lines: home, away, whose odds.
LINE_WIDTH = 140

#: Blanks between two columns.
GAP = 2

COLUMNS: dict[str, dict[str, Any]] = {
    "Min": {"justify": "right", "style": "green"},
    "Match": {},
    "Home": {"justify": "right"},
    "Score": {"justify": "center", "style": "bold"},
    "Away": {},
    "Cards": {},
    "Corners": {"justify": "center"},
    "1 X 2": {},
    "Spread": {},
    "Over/under": {},
    "Odds by": {"style": "dim"},
}


@click.command()
@click.option("--american", is_flag=True, help="American odds instead of decimal and Hong Kong odds.")
def matches(american: bool) -> None:
    """Show the matches in play, grouped by country and competition."""
    try:
        settings = load_settings()
        with reading(settings.published_path) as source:
            read, rows = publication(source), source.rows("in_play")
    except (NotPublished, Unreadable, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    show(rows, notices(read, rows, datetime.now(UTC), settings), american=american)


def show(rows: list[Row], said: list[Notice], *, american: bool, console: Console | None = None) -> None:
    """Print the matches and what is to be known of them; without colours where nobody sees them."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, file=console.file, width=PLAIN_WIDTH, no_color=True)
    for notice in said:
        console.print(Text(notice.text, style=NOTICE_STYLES[notice.kind]))
    stacked = console.is_terminal and console.width < LINE_WIDTH
    groups = [
        (country, competition, [_cells(row, american=american, stacked=stacked) for row in group])
        for country, competition, group in by_competition(rows)
    ]
    widths = _widths([cells for _, _, group in groups for cells in group], console.width)
    for place, (country, competition, group) in enumerate(groups):
        console.print(Text.assemble("\n", (country, "bold"), "  ", competition))
        console.print(_table(group, widths, show_header=place == 0))


def _table(group: list[dict[str, Text]], widths: Mapping[str, int], *, show_header: bool) -> Table:
    table = Table(
        box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0), show_header=show_header
    )
    for name, width in widths.items():
        table.add_column(name, width=width, no_wrap=True, overflow="ellipsis", **COLUMNS[name])
    for cells in group:
        table.add_row(*(cells[name] for name in widths))
    return table


def _widths(matches: list[dict[str, Text]], available: int) -> dict[str, int]:
    """One width for each column of all the tables; the teams' names yield where room is short."""
    names = list(matches[0]) if matches else []
    widths = {
        name: max(
            cell_len(name), *(cell_len(text) for cells in matches for text in cells[name].plain.split("\n"))
        )
        for name in names
    }
    missing = sum(widths.values()) + GAP * len(widths) - available
    teams = [name for name in ("Match", "Home", "Away") if name in widths]
    while missing > 0 and any(widths[name] > 10 for name in teams):
        widths[max(teams, key=lambda name: widths[name])] -= 1
        missing -= 1
    return widths


def _cells(row: Row, *, american: bool, stacked: bool) -> dict[str, Text]:
    """What each column shows of a match: on one line, or stacked with home above away."""
    money_line, spread, totals = (
        prices(row, market, as_american=american) for market in ("money_line", "spread", "over_under")
    )
    handicap, total = row["spread_line"], line(row["over_under_line"])
    given = line(None if handicap is None else -handicap, signed=True)
    home, away = Text(plain(row["home_team"])), Text(plain(row["away_team"]))
    suspended = "suspended" if row["odds_suspended"] else ""
    style = "dim" if suspended else ""
    given_by = f"{plain(row['bookmaker'])}{'  ' if suspended else ''}{suspended}"
    # The three prices of 1 X 2 leave a line free below the names.
    match = Text("\n").join((home, away, Text(given_by, "dim")) if row["bookmaker"] else (home, away))
    teams = {"Match": match} if stacked else {"Home": home}
    joined = "\n" if stacked else "  "
    dash = "\n" if stacked else "-"
    return {
        "Min": Text(when(row)),
        **teams,
        "Score": Text(dash.join(goals(row))),
        **({} if stacked else {"Away": away}),
        "Cards": Text("\n" if stacked else " ").join(_cards(row, side) for side in ("home", "away")),
        "Corners": Text(_joined(dash, (number(row["home_corners"]), number(row["away_corners"])))),
        "1 X 2": Text(_joined(joined, money_line), style),
        "Spread": Text(_joined(joined, spread, (given, line(handicap, signed=True))), style),
        "Over/under": Text(_joined(joined, totals, (f"o{total}", f"u{total}")), style),
        **({} if stacked else {"Odds by": Text(given_by)}),
    }


def _joined(separator: str, values: tuple[str, ...], labels: tuple[str, ...] = ()) -> str:
    """The values, each after its label; one dash where none is known."""
    if set(values) == {NONE}:
        return NONE
    return (
        separator.join(f"{label} {value}" for label, value in zip(labels, values, strict=True))
        if labels
        else separator.join(values)
    )


def _cards(row: Row, side: str) -> Text:
    """One side's cards, such as `2Y+1R`; a dot where it has none."""
    yellow, red = row[f"{side}_yellow_cards"] or 0, row[f"{side}_red_cards"] or 0
    shown = [Text(f"{yellow}Y", "yellow")] if yellow else []
    shown += [Text(f"{red}R", "bold red")] if red else []
    return Text("+").join(shown) if shown else Text("·", "dim")
