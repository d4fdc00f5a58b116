WITH prices AS MATERIALIZED (FROM current_prices),
chosen AS (
    -- The first preferred bookmaker with a live price in any market, else the first with any tick.
    SELECT match_id, arg_min(company_id, (NOT is_live, preference)) AS company_id
    FROM prices
    JOIN bookmakers USING (company_id)
    GROUP BY match_id
),
odds AS (
    SELECT
        match_id,
        any_value(company_id) AS bookmaker_id,
        any_value(company) AS bookmaker,
        max(home_or_over) FILTER (market = 'money_line' AND home_or_over > 0) AS money_line_home,
        max(draw_or_line) FILTER (market = 'money_line' AND draw_or_line > 0) AS money_line_draw,
        max(away_or_under) FILTER (market = 'money_line' AND away_or_under > 0) AS money_line_away,
        max(tick_at) FILTER (market = 'money_line') AS money_line_at,
        max(minute) FILTER (market = 'money_line') AS money_line_minute,
        bool_or(suspended) FILTER (market = 'money_line') AS money_line_suspended,
        bool_or(is_live) FILTER (market = 'money_line') AS money_line_live,
        max(home_or_over) FILTER (market = 'spread' AND home_or_over > 0) AS spread_home,
        max(draw_or_line) FILTER (market = 'spread') AS spread_line,
        max(away_or_under) FILTER (market = 'spread' AND away_or_under > 0) AS spread_away,
        max(tick_at) FILTER (market = 'spread') AS spread_at,
        max(minute) FILTER (market = 'spread') AS spread_minute,
        bool_or(suspended) FILTER (market = 'spread') AS spread_suspended,
        bool_or(is_live) FILTER (market = 'spread') AS spread_live,
        max(home_or_over) FILTER (market = 'over_under' AND home_or_over > 0) AS over_under_over,
        max(draw_or_line) FILTER (market = 'over_under') AS over_under_line,
        max(away_or_under) FILTER (market = 'over_under' AND away_or_under > 0) AS over_under_under,
        max(tick_at) FILTER (market = 'over_under') AS over_under_at,
        max(minute) FILTER (market = 'over_under') AS over_under_minute,
        bool_or(suspended) FILTER (market = 'over_under') AS over_under_suspended,
        bool_or(is_live) FILTER (market = 'over_under') AS over_under_live,
        max(home_or_over) FILTER (market = 'corners' AND home_or_over > 0) AS corners_over,
        max(draw_or_line) FILTER (market = 'corners') AS corners_line,
        max(away_or_under) FILTER (market = 'corners' AND away_or_under > 0) AS corners_under,
        max(tick_at) FILTER (market = 'corners') AS corners_at,
        max(minute) FILTER (market = 'corners') AS corners_minute,
        bool_or(suspended) FILTER (market = 'corners') AS corners_suspended,
        bool_or(is_live) FILTER (market = 'corners') AS corners_live,
        max(tick_at) AS odds_at,
        arg_max_null(minute, (tick_at, sequence, market)) AS odds_minute,
        bool_or(suspended) AS odds_suspended,
        bool_and(is_live) AS odds_live
    FROM prices
    SEMI JOIN chosen USING (match_id, company_id)
    GROUP BY match_id
)
SELECT
    live.* EXCLUDE (period_started_at, note, data_source),
    details.competition_id,
    competition.name AS competition,
    coalesce(country.name, competition.host_country, 'International') AS country,
    details.home_team_id,
    home.name AS home_team,
    details.away_team_id,
    away.name AS away_team,
    details.kickoff_at,
    details.home_position,
    details.away_position,
    details.round_num,
    details.venue_id,
    details.weather,
    details.temperature_c,
    details.temperature_c * 9 / 5 + 32 AS temperature_f,
    details.wind_mps,
    details.wind_mps * 3600 / 1609.344 AS wind_mph,
    details.humidity_pct,
    details.pressure_mmhg,
    odds.* EXCLUDE (match_id),
    american_from_decimal(money_line_home) AS money_line_home_american,
    american_from_decimal(money_line_draw) AS money_line_draw_american,
    american_from_decimal(money_line_away) AS money_line_away_american,
    american_from_hong_kong(spread_home) AS spread_home_american,
    american_from_hong_kong(spread_away) AS spread_away_american,
    american_from_hong_kong(over_under_over) AS over_under_over_american,
    american_from_hong_kong(over_under_under) AS over_under_under_american,
    american_from_hong_kong(corners_over) AS corners_over_american,
    american_from_hong_kong(corners_under) AS corners_under_american,
    sources.data_source
FROM live_matches AS live
LEFT JOIN match_details AS details USING (match_id)
LEFT JOIN current_competitions AS competition USING (competition_id)
LEFT JOIN countries AS country USING (country_id)
LEFT JOIN current_teams AS home ON home.team_id = details.home_team_id
LEFT JOIN current_teams AS away ON away.team_id = details.away_team_id
LEFT JOIN odds USING (match_id)
LEFT JOIN row_sources AS sources USING (match_id)
