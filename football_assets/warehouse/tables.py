"""Every published table and its columns: the one source of the DDL, of the comments in the database,
of the column schemas in the Dagster UI and of `docs/tables.md`. The pipeline's own state is in `state.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its name, its DuckDB type, and what it means."""

    name: str
    type: str
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A published table. `key` are the columns that tell its rows apart."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in their order."""
        return tuple(column.name for column in self.columns)

    def ddl(self) -> str:
        """The statement that makes the table, if it is not there."""
        columns = ",\n".join(f"    {column.name} {column.type}" for column in self.columns)
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n{columns}\n)"

    def comments(self) -> str:
        """The statements that say in the database what the table and its columns mean."""
        on_columns = (
            f";\nCOMMENT ON COLUMN {self.name}.{column.name} IS {_quoted(column.meaning)}"
            for column in self.columns
            if column.meaning
        )
        return f"COMMENT ON TABLE {self.name} IS {_quoted(self.meaning)}{''.join(on_columns)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _c(name: str, type_: str, meaning: str = "") -> Column:
    return Column(name, type_, meaning)


def _sides(*columns: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(
        _c(f"{side}_{name}", type_, f"{meaning}, {side} side" if meaning else "")
        for side in ("home", "away")
        for name, type_, meaning in columns
    )


MATCH_ID = _c("match_id", "VARCHAR", "TheSports' id of the match")
STATUS = (
    _c("status_id", "INTEGER", "match status by TheSports' code; 2 to 7 are in play"),
    _c("status", "VARCHAR", "the status in words"),
)
SEVEN_NUMBERS = _sides(
    ("score", "INTEGER", "goals in regular time"),
    ("half_time_score", "INTEGER", "goals at half-time"),
    ("red_cards", "INTEGER", "red cards"),
    ("yellow_cards", "INTEGER", "yellow cards"),
    ("corners", "INTEGER", "corners, NULL where there is no data"),
    ("overtime_score", "INTEGER", "goals after 120 minutes"),
    ("shootout_score", "INTEGER", "goals in the penalty shoot-out"),
)
MINUTE = _c("minute", "INTEGER", "minute of play at fetched_at, NULL when no period runs")
PROVENANCE = (
    _c("fetched_at", "TIMESTAMPTZ", "when the API gave the row"),
    _c("data_source", "VARCHAR", "api, last_known, mock or simulated"),
)
WEATHER = (
    _c("weather_id", "INTEGER", "weather by TheSports' code"),
    _c("weather", "VARCHAR", "the weather in words"),
    _c("temperature_c", "DOUBLE", "degrees Celsius"),
    _c("wind_mps", "DOUBLE", "metres a second"),
    _c("humidity_pct", "DOUBLE", "relative humidity in per cent"),
    _c("pressure_mmhg", "DOUBLE", "millimetres of mercury"),
)
UPDATED_AT = _c("updated_at", "TIMESTAMPTZ", "when the API last changed the row")

LIVE_MATCHES = Table(
    "live_matches",
    "The matches of the live list, as they stand in the newest cycle.",
    (
        MATCH_ID,
        *STATUS,
        MINUTE,
        *SEVEN_NUMBERS,
        _c("period_started_at", "TIMESTAMPTZ", "kick-off of the present period, NULL outside play"),
        _c("note", "VARCHAR", "the API's remark on the match"),
        *PROVENANCE,
    ),
    ("match_id",),
)

MATCH_STATS = Table(
    "match_stats",
    "The present statistics of the live matches, one row a match and statistic.",
    (
        MATCH_ID,
        _c("stat_id", "INTEGER", "the statistic by TheSports' code"),
        _c("stat", "VARCHAR", "the statistic in words"),
        _c("home", "INTEGER"),
        _c("away", "INTEGER"),
    ),
    ("match_id", "stat_id"),
)

MATCH_INCIDENTS = Table(
    "match_incidents",
    "What happened in the live matches: goals, cards, substitutions, VAR.",
    (
        MATCH_ID,
        _c("sequence", "INTEGER", "its place in the API's list, from 1"),
        _c("incident_id", "INTEGER", "type of the incident by TheSports' code"),
        _c("incident", "VARCHAR", "the type in words"),
        _c("team", "VARCHAR", "home, away or NULL"),
        _c("minute", "INTEGER"),
        _c("added_minute", "INTEGER", "minutes of injury time"),
        _c("second", "INTEGER"),
        _c("player_id", "VARCHAR"),
        _c("player_name", "VARCHAR"),
        _c("assist1_id", "VARCHAR"),
        _c("assist1_name", "VARCHAR"),
        _c("assist2_id", "VARCHAR"),
        _c("assist2_name", "VARCHAR"),
        _c("home_score", "INTEGER"),
        _c("away_score", "INTEGER"),
        _c("in_player_id", "VARCHAR", "who came on"),
        _c("in_player_name", "VARCHAR"),
        _c("out_player_id", "VARCHAR", "who went off"),
        _c("out_player_name", "VARCHAR"),
        _c("var_reason_id", "INTEGER", "why the video assistant was asked, by TheSports' code"),
        _c("var_reason", "VARCHAR"),
        _c("var_result_id", "INTEGER", "what the video assistant found, by TheSports' code"),
        _c("var_result", "VARCHAR"),
        _c("reason_type", "INTEGER", "why a card was given; TheSports does not document the code"),
    ),
    ("match_id", "sequence"),
)

MATCH_COMMENTARY = Table(
    "match_commentary",
    "The commentary on the live matches, as given.",
    (
        MATCH_ID,
        _c("sequence", "INTEGER", "its place in the API's list, from 1"),
        _c("minute", "VARCHAR", "as given"),
        _c("team", "VARCHAR", "home, away or NULL"),
        _c("text", "VARCHAR"),
    ),
    ("match_id", "sequence"),
)

MATCH_DETAILS = Table(
    "match_details",
    "What is known of each live match beyond its state of play.",
    (
        MATCH_ID,
        _c("season_id", "VARCHAR"),
        _c("competition_id", "VARCHAR"),
        _c("home_team_id", "VARCHAR"),
        _c("away_team_id", "VARCHAR"),
        *STATUS,
        _c("kickoff_at", "TIMESTAMPTZ", "scheduled kick-off"),
        _c("venue_id", "VARCHAR"),
        _c("referee_id", "VARCHAR"),
        _c("neutral", "BOOLEAN", "whether played on neutral ground"),
        _c("note", "VARCHAR"),
        *SEVEN_NUMBERS,
        _c("home_position", "INTEGER", "place in the table, home side"),
        _c("away_position", "INTEGER", "place in the table, away side"),
        _c("has_live_animation", "BOOLEAN", "coverage.mlive"),
        _c("has_lineup", "BOOLEAN", "coverage.lineup"),
        _c("has_gif", "BOOLEAN", "coverage.gif"),
        _c("stage_id", "VARCHAR"),
        _c("group_num", "INTEGER"),
        _c("round_num", "INTEGER"),
        _c("related_id", "VARCHAR", "the other leg of the tie"),
        _c("home_aggregate_score", "INTEGER", "score over both legs, home side"),
        _c("away_aggregate_score", "INTEGER", "score over both legs, away side"),
        *WEATHER,
        _c("to_be_determined", "BOOLEAN", "the API's tbd: kick-off not settled"),
        _c("has_overtime", "BOOLEAN"),
        _c("ended_at", "TIMESTAMPTZ", "when the match ended"),
        _c("team_reverse", "BOOLEAN", "whether home and away are swapped"),
        _c("loss", "INTEGER", "the API's loss; TheSports does not document it"),
        UPDATED_AT,
        *PROVENANCE,
    ),
    ("match_id",),
)

ODDS_TICKS = Table(
    "odds_ticks",
    "Each change of a price, once, of every match seen in the live list within the last 24 hours.",
    (
        MATCH_ID,
        _c("company_id", "INTEGER", "bookmaker by TheSports' code"),
        _c("company", "VARCHAR", "the bookmaker's name"),
        _c("market", "VARCHAR", "money_line, spread, over_under or corners"),
        _c("tick_at", "TIMESTAMPTZ", "when the price changed"),
        _c("sequence", "INTEGER", "order of the ticks of one second, from 1, the oldest first"),
        _c("minute", "VARCHAR", "as given: 1 to 45, 45+, midfield, ..., NULL before kick-off"),
        _c("home_or_over", "DOUBLE", "decimal odds in money_line, else Hong Kong odds"),
        _c("draw_or_line", "DOUBLE", "decimal odds of the draw in money_line, else the line"),
        _c("away_or_under", "DOUBLE", "decimal odds in money_line, else Hong Kong odds"),
        _c("status_id", "INTEGER", "match status at the tick"),
        _c("suspended", "BOOLEAN", "whether the market was suspended"),
        _c("home_score", "INTEGER", "goals at the tick; corners in the corners market"),
        _c("away_score", "INTEGER", "goals at the tick; corners in the corners market"),
    ),
    ("match_id", "company_id", "market", "tick_at", "sequence"),
)

_PRICES_OF_A_TICK = (
    "home_or_over",
    "draw_or_line",
    "away_or_under",
    "suspended",
    "home_score",
    "away_score",
)

AGED_ODDS_TICKS = Table(
    "aged_odds_ticks",
    "Ticks of matches not seen for 24 hours, on their way into the history's files.",
    ODDS_TICKS.columns,
    ODDS_TICKS.key,
)

TEAMS = Table(
    "teams",
    "The teams of the matches seen.",
    (
        _c("team_id", "VARCHAR", "TheSports' id of the team"),
        _c("name", "VARCHAR"),
        _c("short_name", "VARCHAR"),
        _c("competition_id", "VARCHAR"),
        _c("country_id", "VARCHAR", "often unknown"),
        _c("logo", "VARCHAR"),
        _c("national", "BOOLEAN", "whether a national team"),
        _c("country_logo", "VARCHAR"),
        _c("foundation_year", "INTEGER"),
        _c("website", "VARCHAR"),
        _c("coach_id", "VARCHAR"),
        _c("venue_id", "VARCHAR"),
        _c("market_value", "BIGINT", "in market_value_currency"),
        _c("market_value_currency", "VARCHAR"),
        _c("total_players", "INTEGER"),
        _c("foreign_players", "INTEGER"),
        _c("national_players", "INTEGER"),
        _c("merged_into", "VARCHAR", "the API's uid: the team that this one became"),
        _c("virtual", "BOOLEAN", "whether a placeholder such as the winner of a match"),
        _c("gender", "INTEGER", "TheSports does not document the code"),
        UPDATED_AT,
        *PROVENANCE,
    ),
    ("team_id",),
)

COMPETITIONS = Table(
    "competitions",
    "The competitions of the matches seen.",
    (
        _c("competition_id", "VARCHAR", "TheSports' id of the competition"),
        _c("category_id", "VARCHAR"),
        _c("country_id", "VARCHAR", "NULL for international competitions"),
        _c("name", "VARCHAR"),
        _c("short_name", "VARCHAR"),
        _c("logo", "VARCHAR"),
        _c("type_id", "INTEGER"),
        _c("type", "VARCHAR", "unknown, league, cup or friendly"),
        _c("season_id", "VARCHAR", "the present season"),
        _c("stage_id", "VARCHAR", "the present stage"),
        _c("round_num", "INTEGER", "the present round"),
        _c("round_count", "INTEGER"),
        _c("title_holder", "JSON", "team id and number of titles"),
        _c("most_titles", "JSON", "team ids and number of titles"),
        _c("newcomers", "JSON", "team ids promoted to it, and relegated to it"),
        _c("divisions", "JSON", "competition ids above it, and below it"),
        _c("host_country", "VARCHAR"),
        _c("host_city", "VARCHAR"),
        _c("primary_color", "VARCHAR"),
        _c("secondary_color", "VARCHAR"),
        _c("gender", "INTEGER", "TheSports does not document the code"),
        _c("merged_into", "VARCHAR", "the API's uid: the competition that this one became"),
        UPDATED_AT,
        *PROVENANCE,
    ),
    ("competition_id",),
)

COUNTRIES = Table(
    "countries",
    "The countries of the API.",
    (
        _c("country_id", "VARCHAR", "TheSports' id of the country"),
        _c("category_id", "VARCHAR"),
        _c("name", "VARCHAR"),
        _c("logo", "VARCHAR"),
        UPDATED_AT,
        *PROVENANCE,
    ),
    ("country_id",),
)


def _priced(columns: tuple[str, ...], odds: str) -> tuple[Column, ...]:
    made: list[Column] = []
    for name in columns:
        if name.endswith("_line"):
            made.append(_c(name, "DOUBLE", "the line"))
        else:
            made += (_c(name, "DOUBLE", odds), _c(f"{name}_american", "INTEGER", "the same as American odds"))
    return tuple(made)


FLATTENED_MATCHES = Table(
    "flattened_matches",
    "One row a live match: names, state of play, weather and the chosen bookmaker's present odds.",
    (
        MATCH_ID,
        _c("competition_id", "VARCHAR"),
        _c("competition", "VARCHAR"),
        _c("country", "VARCHAR", "the competition's country, else its host country, else International"),
        _c("home_team_id", "VARCHAR"),
        _c("home_team", "VARCHAR"),
        _c("away_team_id", "VARCHAR"),
        _c("away_team", "VARCHAR"),
        *STATUS,
        MINUTE,
        *SEVEN_NUMBERS,
        _c("kickoff_at", "TIMESTAMPTZ", "scheduled kick-off"),
        _c("home_position", "INTEGER", "place in the table, home side"),
        _c("away_position", "INTEGER", "place in the table, away side"),
        _c("round_num", "INTEGER"),
        _c("venue_id", "VARCHAR"),
        _c("weather", "VARCHAR"),
        _c("temperature_c", "DOUBLE", "degrees Celsius"),
        _c("temperature_f", "DOUBLE", "degrees Fahrenheit"),
        _c("wind_mps", "DOUBLE", "metres a second"),
        _c("wind_mph", "DOUBLE", "miles an hour"),
        _c("humidity_pct", "DOUBLE", "relative humidity in per cent"),
        _c("pressure_mmhg", "DOUBLE", "millimetres of mercury"),
        _c("bookmaker_id", "INTEGER", "the first bookmaker, by preference, with any tick for the match"),
        _c("bookmaker", "VARCHAR"),
        *_priced(("money_line_home", "money_line_draw", "money_line_away"), "decimal odds"),
        *_priced(("spread_home", "spread_line", "spread_away"), "Hong Kong odds"),
        *_priced(("over_under_over", "over_under_line", "over_under_under"), "Hong Kong odds"),
        *_priced(("corners_over", "corners_line", "corners_under"), "Hong Kong odds"),
        _c("odds_at", "TIMESTAMPTZ", "time of the bookmaker's newest tick in any market"),
        _c("odds_minute", "VARCHAR", "match minute of that tick, as given"),
        _c("odds_suspended", "BOOLEAN", "whether that tick suspended its market"),
        _c("data_source", "VARCHAR", "the worst of the row's parts: api, last_known, simulated, mock"),
        _c("fetched_at", "TIMESTAMPTZ", "when the API gave the state of play"),
    ),
    ("match_id",),
)

CYCLES = Table(
    "cycles",
    "One row a cycle: how long it took, what it asked, what it found.",
    (
        _c("cycle_id", "VARCHAR", "the Dagster run's id"),
        _c("started_at", "TIMESTAMPTZ"),
        _c("finished_at", "TIMESTAMPTZ"),
        _c("status", "VARCHAR", "success or failure"),
        _c("error", "VARCHAR", "what made the cycle fail, in one line"),
        _c("live_fetch_seconds", "DOUBLE"),
        _c("enrichment_seconds", "DOUBLE"),
        _c("flatten_seconds", "DOUBLE"),
        _c("filter_seconds", "DOUBLE"),
        _c("publish_seconds", "DOUBLE", "until just before the replacement of the published file"),
        _c("total_seconds", "DOUBLE", "from the start until just before the replacement"),
        _c("margin_seconds", "DOUBLE", "what was left of the interval"),
        _c("requests", "INTEGER", "requests sent, each attempt counted"),
        _c("requests_failed", "INTEGER", "requests that had no good answer in any attempt"),
        _c("requests_retried", "INTEGER", "attempts after a first one"),
        _c("requests_by_endpoint", "JSON", "requests sent by endpoint"),
        _c("failures_by_cause", "JSON", "failed requests by cause"),
        _c("cache_hits", "INTEGER", "rows that were known and not asked for"),
        _c("bytes_received", "BIGINT"),
        _c("connection_use", "DOUBLE", "share of the connection-seconds used while requests were out"),
        _c("matches_live", "INTEGER"),
        _c("matches_in_play", "INTEGER"),
        _c("odds_ticks_new", "INTEGER"),
        _c("odds_waiting", "INTEGER", "matches whose odds history waits for the quota"),
        _c("rows_rejected", "INTEGER", "rows of the API that could not be read"),
        _c(
            "freshness_seconds", "DOUBLE", "from the sensor's tick (else the start) to just before publishing"
        ),
        _c("upstream_age_seconds", "DOUBLE", "age of the newest upstream change when published"),
        _c("memory_mb", "DOUBLE", "peak resident memory of the run's process"),
        _c("data_source", "VARCHAR", "api or simulated"),
    ),
    ("cycle_id",),
)

BOOKMAKERS = Table(
    "bookmakers",
    "The bookmakers whose odds are preferred, in their order.",
    (
        _c("company_id", "INTEGER", "bookmaker by TheSports' code"),
        _c("company", "VARCHAR", "the bookmaker's name"),
        _c("preference", "INTEGER", "1 is the most preferred"),
    ),
    ("company_id",),
)

LIVE_MATCH_CHANGES = Table(
    "live_match_changes",
    "The state of play each time it changed, of every match seen within the last 24 hours.",
    (MATCH_ID, *STATUS, *SEVEN_NUMBERS, _c("observed_at", "TIMESTAMPTZ", "when first seen so")),
    ("match_id", "observed_at"),
)

MATCH_STAT_CHANGES = Table(
    "match_stat_changes",
    "Each statistic each time it changed, of every match seen within the last 24 hours.",
    (*MATCH_STATS.columns, _c("observed_at", "TIMESTAMPTZ", "when first seen so")),
    ("match_id", "stat_id", "observed_at"),
)

IN_PLAY_MATCHES = Table(
    "in_play_matches",
    "A view: `flattened_matches` with status 2 to 7, ordered by country, competition and kick-off.",
    FLATTENED_MATCHES.columns,
    ("match_id",),
)

EARLY_ODDS = Table(
    "early_odds",
    "A view: for each match and market, the chosen bookmaker's last tick in each of the minutes 2 to 6.",
    (
        MATCH_ID,
        _c("market", "VARCHAR", "money_line, spread, over_under or corners"),
        _c("minute", "INTEGER", "match minute, 2 to 6"),
        _c("bookmaker_id", "INTEGER", "the first bookmaker, by preference, with any tick for the match"),
        _c("bookmaker", "VARCHAR"),
        _c("odds_at", "TIMESTAMPTZ", "when the price changed"),
        *(column for column in ODDS_TICKS.columns if column.name in _PRICES_OF_A_TICK),
    ),
    ("match_id", "market", "minute"),
)

#: The views that are assets, made in the warehouse and published with it.
VIEWS: tuple[Table, ...] = (IN_PLAY_MATCHES, EARLY_ODDS)

PUBLISHED: tuple[Table, ...] = (
    LIVE_MATCHES,
    MATCH_STATS,
    MATCH_INCIDENTS,
    MATCH_COMMENTARY,
    MATCH_DETAILS,
    ODDS_TICKS,
    AGED_ODDS_TICKS,
    TEAMS,
    COMPETITIONS,
    COUNTRIES,
    FLATTENED_MATCHES,
    LIVE_MATCH_CHANGES,
    MATCH_STAT_CHANGES,
    BOOKMAKERS,
    CYCLES,
)

#: The tables that a step fills, by their order in a cycle.
LIVE_TABLES = ("live_matches", "match_stats", "match_incidents", "match_commentary")
ENRICHED_TABLES = ("match_details", "odds_ticks", "teams", "competitions", "countries")
