"""Changes for people: a line each, with colours where the terminal has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from football_assets.follow.change import PRICES, Change, Match
from football_assets.published.formatting import clock, goals, line, number, plain, price
from football_assets.published.selection import NO_COUNTRY

#: Widths of the columns: names are cut, so that lines stand below each other.
_MATCH_WIDTH = 40
_CURSOR_WIDTH = 9

_STYLES = {
    "goal": "bold green",
    "score": "bold",
    "card": "yellow",
    "state": "cyan",
    "past_price": "dim",
    "listing": "dim",
}
_MARKETS = {"money_line": "1 X 2", "spread": "spread", "over_under": "over/under", "corners": "corners"}


def people_lines(changes: Sequence[Change]) -> Iterator[tuple[Change, Text]]:
    """A line for each change, with the last change that it tells. Prices of the past of one match that follow
    each other are counted in one line: a history that is read for the first time has thousands."""
    for _, group in groupby(changes, key=_group):
        told = list(group)
        if told[0].kind == "past_price" and len(told) > 1:
            yield told[-1], _line(told[-1], _past_prices(told))
        else:
            yield from ((change, _line(change, _said(change))) for change in told)


def _group(change: Change) -> object:
    if change.kind == "past_price":
        return change.position.edition, change.match.match_id, change.change
    return change.position


def _line(change: Change, said: Text) -> Text:
    mark = f"{change.change.upper()} " if change.change in ("corrected", "withdrawn") else ""
    competition = f"{plain(change.match.country or NO_COUNTRY)}, {plain(change.match.competition)}"
    return Text("  ").join(
        [
            Text(f"{change.published_at:%H:%M:%S}", "dim"),
            Text(str(change.position).ljust(_CURSOR_WIDTH), "dim"),
            Text(_fitted(_teams(change.match), _MATCH_WIDTH)),
            Text.assemble((mark, "bold red"), said),
            Text(competition, "dim"),
        ]
    )


def _teams(match: Match) -> str:
    if match.home_team is None and match.away_team is None:
        return match.match_id
    return f"{plain(match.home_team)} - {plain(match.away_team)}"


def _fitted(text: str, width: int) -> str:
    return set_cell_size(text if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…", width)


def _said(change: Change) -> Text:
    values, before = change.event.values, change.event.before or {}
    if change.kind in PRICES:
        return _price(change, values, before)
    return Text(_WORDS[change.kind](change, values, before), _STYLES.get(change.kind, ""))


def _listing(change: Change, _values: Mapping[str, Any], _before: Mapping[str, Any]) -> str:
    return f"{change.change} the live list"


def _state(_change: Change, values: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    said = plain(values["status"] or f"status {values['status_id']}")
    if "status_id" in before:
        said = f"{plain(before['status'] or before['status_id'])} → {said}"
    elif "period_started_at" in before and values["period_started_at"]:
        said += f" since {values['period_started_at']:%H:%M:%S}"
    return f"{said}, {'-'.join(goals(values))}"


def _score(_change: Change, values: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    return f"score {'-'.join(goals({**values, **before}))} → {'-'.join(goals(values))}"


_COUNTED = {"red_cards": "red cards", "yellow_cards": "yellow cards", "corners": "corners"}


def _numbers(_change: Change, values: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{words} {number(values[f'home_{name}'])}-{number(values[f'away_{name}'])}"
        for name, words in _COUNTED.items()
        if f"home_{name}" in before or f"away_{name}" in before
    )


def _incident(_change: Change, values: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    name = plain(values["incident"] or f"incident {values['incident_id']}")
    parts = [
        clock(values["minute"], values["added_minute"]),
        name.upper() if values["incident"] in ("goal", "penalty", "own goal", "red card") else name,
        _score_after(values),
        plain(values["player_name"]) if values["player_name"] else "",
        _substituted(values),
        ": ".join(plain(one) for one in (values["var_reason"], values["var_result"]) if one),
        f"({plain(values['team'])})" if values["team"] else "",
        f"[was {', '.join(f'{key} {plain(value)}' for key, value in before.items())}]" if before else "",
    ]
    return " ".join(part for part in parts if part)


def _score_after(values: Mapping[str, Any]) -> str:
    if values["home_score"] is None or values["away_score"] is None:
        return ""
    return f"{values['home_score']}-{values['away_score']}"


def _substituted(values: Mapping[str, Any]) -> str:
    if not (values["in_player_name"] or values["out_player_name"]):
        return ""
    return f"{plain(values['in_player_name'])} for {plain(values['out_player_name'])}"


def _price(change: Change, values: Mapping[str, Any], before: Mapping[str, Any]) -> Text:
    market = values["market"]
    said = Text(f"{plain(values['company'] or values['company_id'])} {_MARKETS[market]}  ")
    said.append_text(_prices(market, values, before))
    if market != "money_line" and before and before["draw_or_line"] != values["draw_or_line"]:
        said.append(f"  line was {_line_of(market, before['draw_or_line'])}", "cyan")
    if values["suspended"]:
        said.append("  suspended", "yellow")
    elif before.get("suspended"):
        said.append("  open again", "green")
    said.append(f"  made {values['tick_at']:%H:%M:%S}", "dim")
    if change.change == "withdrawn" and change.kind == "price":
        stands = values["stands"]
        said.append("  none is left" if stands is None else "  now again ")
        said.append_text(Text() if stands is None else _prices(market, stands, {}))
    if change.kind == "past_price":
        said.stylize("dim")
    return said


def _prices(market: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> Text:
    """The prices of a tick as the table of matches shows them, each with how it moved."""
    handicap = values["draw_or_line"]
    labels = {
        "money_line": ("", "", ""),
        "spread": (f"{_line_of('spread', handicap)} ", None, f"{line(handicap, signed=True)} "),
    }.get(market, (f"o{line(handicap)} ", None, f"u{line(handicap)} "))
    columns = ("home_or_over", "draw_or_line", "away_or_under")
    shown = [
        Text.assemble(label, _moved(values[name], before.get(name)))
        for name, label in zip(columns, labels, strict=True)
        if label is not None
    ]
    return Text(" ").join(shown)


def _line_of(market: str, value: float | None) -> str:
    """A line as the home side has it: the API tells how many goals that gives."""
    if market != "spread":
        return line(value)
    return line(None if value is None else -value, signed=True)


def _moved(now: float | None, was: float | None) -> Text:
    if now is None or was is None or now == was:
        return Text(price(now))
    mark, style = ("▲", "green") if now > was else ("▼", "red")
    return Text(f"{price(now)}{mark}", style)


def _past_prices(told: Sequence[Change]) -> Text:
    bookmakers = {change.event.values["company_id"] for change in told}
    first = min(change.event.values["tick_at"] for change in told)
    last = max(change.event.values["tick_at"] for change in told)
    whose = f"{len(bookmakers)} bookmakers" if len(bookmakers) > 1 else "a bookmaker"
    made = f"made {first:%d %b %H:%M} to {last:%d %b %H:%M}"
    return Text(f"{len(told):,} earlier prices of {whose}, {made}", "dim")


_Words = Callable[[Change, Mapping[str, Any], Mapping[str, Any]], str]
_WORDS: Mapping[str, _Words] = {
    "listing": _listing,
    "state": _state,
    "score": _score,
    "numbers": _numbers,
    **dict.fromkeys(("goal", "card", "incident"), _incident),
}
