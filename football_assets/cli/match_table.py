"""The in-play matches for people: a table on a terminal, a line a match in a pipe.
How numbers are written is in `published.formatting`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from football_assets.published.formatting import (
    NONE,
    goals,
    legend,
    line,
    market_note,
    market_state,
    number,
    plain,
    prices,
    when,
)
from football_assets.published.reading import Row
from football_assets.published.selection import NO_COUNTRY, by_competition

#: A terminal of fewer columns gets each match on three lines: home, away, whose odds.
LINE_WIDTH = 140

#: Blanks between two columns.
GAP = 2

#: The most that one cell takes: an absurd name or number must not cost the other columns their room.
CELL_WIDTH = 32

#: To this width names are cut where the terminal has no room, and then, at the worst, all else.
SHORT_WIDTH = 10

COLUMNS: dict[str, dict[str, Any]] = {
    "Min": {"justify": "right", "style": "green"},
    "Match": {},
    "Home": {"justify": "right"},
    "Score": {"justify": "center", "style": "bold"},
    "Away": {},
    "Cards": {},
    "Corners": {"justify": "center"},
    "Cor.": {"justify": "center"},
    "1 X 2": {},
    "Spread": {},
    "Over/under": {},
    "Odds by": {"style": "dim"},
}

#: The columns of prices and their markets.
MARKETS_SHOWN = {"1 X 2": "money_line", "Spread": "spread", "Over/under": "over_under"}

#: Columns of names, which yield first where there is no room.
NAMES = ("Match", "Home", "Away", "Odds by")

Cells = dict[str, Text]


@dataclass(frozen=True)
class Layout:
    """What stands between the values of a cell (a line break stacks them), and whether prices that cannot be
    taken are struck, else in brackets."""

    between: str
    struck: bool

    @property
    def stacked(self) -> bool:
        """Whether a match's sides stand above each other."""
        return self.between == "\n"


#: A match on one line, in a pipe.
ONE_LINE = Layout(" ", struck=False)


def show(rows: Sequence[Row], at: datetime | None, *, american: bool, console: Console) -> None:
    """Print the matches, published at that time, as tables that fit into the console's width."""
    struck = console.color_system is not None
    layout = Layout("\n" if console.width < LINE_WIDTH else "  ", struck)
    groups = [
        (country, competition, [_cells(row, at, american, layout) for row in group])
        for country, competition, group in by_competition(rows)
    ]
    widths = _widths([cells for _, _, group in groups for cells in group])
    _narrow(widths, console.width)
    for place, (country, competition, group) in enumerate(groups):
        heading = Text.assemble((country, "bold"), "  ", competition)
        console.print()
        console.print(heading, no_wrap=True, overflow="ellipsis")
        console.print(_table(group, widths, show_header=place == 0))
    if said := explained(rows, "struck" if struck else "bracketed"):
        console.print()
        console.print(Text(said, "dim"))


def explained(rows: Sequence[Row], marked: str) -> str:
    """What it means that prices are so marked; empty where none of these rows has any."""
    states = {market_state(row, market) for row in rows for market in MARKETS_SHOWN.values()}
    return legend(marked) if states & {"suspended", "dead"} else ""


class PipeLines:
    """A self-contained line a match for `grep` and `awk -F'  +'`: two blanks part the columns, one the values
    of a cell, and a cell is never empty. The header comes once."""

    def __init__(self, *, american: bool) -> None:
        self._american = american
        self._begun = False

    def of(self, columns: Sequence[str], rows: Sequence[Row], at: datetime | None) -> Iterator[str]:
        """The lines of an edition that was published at that time."""
        matches = [
            {
                "Country": plain(row["country"] or NO_COUNTRY),
                "Competition": plain(row["competition"]),
                **{name: text.plain for name, text in _cells(row, at, self._american, ONE_LINE).items()},
            }
            for row in rows
        ]
        heads = [] if self._begun or not matches else [{name: name for name in matches[0]}]
        self._begun = self._begun or bool(matches)
        shown = [{name: _cut(cell) for name, cell in row.items()} for row in heads + matches]
        widths = {name: max(cell_len(row[name]) for row in shown) for name in (shown[0] if shown else ())}
        for row in shown:
            padded = (set_cell_size(cell, widths[name]) for name, cell in row.items())
            yield (" " * GAP).join(padded).rstrip()


def _cut(text: str) -> str:
    """A cell on one line with single blanks, not wider than `CELL_WIDTH` and never empty."""
    text = " ".join(text.split())
    if cell_len(text) <= CELL_WIDTH:
        return text or NONE
    return set_cell_size(text, CELL_WIDTH - 1).rstrip() + "…"


def _table(group: list[Cells], widths: Mapping[str, int], *, show_header: bool) -> Table:
    table = Table(
        box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0), show_header=show_header
    )
    for name, width in widths.items():
        table.add_column(name, width=width, no_wrap=True, overflow="ellipsis", **COLUMNS[name])
    for cells in group:
        table.add_row(*(cells[name] for name in widths))
    return table


def _widths(matches: Sequence[Cells]) -> dict[str, int]:
    """The width of each column of all the tables."""
    return {
        name: min(
            CELL_WIDTH,
            max(
                cell_len(name),
                *(cell_len(text) for cells in matches for text in cells[name].plain.split("\n")),
            ),
        )
        for name in (matches[0] if matches else ())
    }


def _narrow(widths: dict[str, int], available: int) -> None:
    """Make the columns fit. The names yield first, then whatever is widest: an absurd number."""
    missing = sum(widths.values()) + GAP * (len(widths) - 1) - available
    for yielding in ([name for name in NAMES if name in widths], list(widths)):
        while missing > 0 and any(widths[name] > SHORT_WIDTH for name in yielding):
            widths[max(yielding, key=lambda name: widths[name])] -= 1
            missing -= 1


def _cells(row: Row, at: datetime | None, american: bool, layout: Layout) -> Cells:
    """What each column shows of a match."""
    between, stacked = layout.between, layout.stacked
    handicap, total = row["spread_line"], line(row["over_under_line"])
    given = line(None if handicap is None else -handicap, signed=True)
    labels = {"spread": (given, line(handicap, signed=True)), "over_under": (f"o{total}", f"u{total}")}
    odds = {}
    for name, market in MARKETS_SHOWN.items():
        values = _joined(between, prices(row, market, as_american=american), labels.get(market, ()))
        odds[name] = _noted(values, market_note(row, market, at), layout)
    home, away = Text(plain(row["home_team"])), Text(plain(row["away_team"]))
    given_by = plain(row["bookmaker"])
    # The three prices of 1 X 2 leave a line free below the names.
    match = Text("\n").join((home, away, Text(given_by, "dim")) if row["bookmaker"] else (home, away))
    teams = {"Match": match} if stacked else {"Home": home}
    dash = "\n" if stacked else "-"
    corners = number(row["home_corners"]), number(row["away_corners"])
    return {
        "Min": Text(when(row)),
        **teams,
        "Score": Text(dash.join(goals(row))),
        **({} if stacked else {"Away": away}),
        "Cards": Text("\n" if stacked else " ").join(_cards(row, side) for side in ("home", "away")),
        "Cor." if stacked else "Corners": Text(_joined(dash, corners, ())),
        **odds,
        **({} if stacked else {"Odds by": Text(given_by)}),
    }


def _noted(values: str, note: str, layout: Layout) -> Text:
    """Prices, marked and with the reason where they cannot be taken: below them, so that the column stays as
    wide as its prices."""
    if not note:
        return Text(values)
    marked = [Text(line, "dim strike") if layout.struck else Text(f"[{line}]") for line in values.split("\n")]
    return Text(" " if layout == ONE_LINE else "\n").join([*marked, Text(note, "yellow")])


def _joined(separator: str, values: tuple[str, ...], labels: tuple[str, ...]) -> str:
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
