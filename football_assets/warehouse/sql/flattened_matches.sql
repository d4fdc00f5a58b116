INSERT INTO flattened_matches BY NAME
WITH chosen AS (
    SELECT match_id, arg_min(company_id, preference) AS company_id
    FROM odds_ticks
    SEMI JOIN live_matches USING (match_id)
    JOIN bookmakers USING (company_id)
    GROUP BY match_id
),
newest AS (
    SELECT match_id, market, arg_max(ticks, (tick_at, sequence)) AS tick
    FROM odds_ticks AS ticks
    SEMI JOIN chosen USING (match_id, company_id)
    GROUP BY match_id, market
),
newest_ticks AS (
    SELECT unnest(tick)
    FROM newest
),
odds AS (
    SELECT
        match_id,
        any_value(company_id) AS bookmaker_id,
        any_value(company) AS bookmaker,
        max(home_or_over) FILTER (market = 'money_line' AND home_or_over > 0) AS money_line_home,
        max(draw_or_line) FILTER (market = 'money_line' AND draw_or_line > 0) AS money_line_draw,
        max(away_or_under) FILTER (market = 'money_line' AND away_or_under > 0) AS money_line_away,
        max(home_or_over) FILTER (market = 'spread' AND home_or_over > 0) AS spread_home,
        max(draw_or_line) FILTER (market = 'spread') AS spread_line,
        max(away_or_under) FILTER (market = 'spread' AND away_or_under > 0) AS spread_away,
        max(home_or_over) FILTER (market = 'over_under' AND home_or_over > 0) AS over_under_over,
        max(draw_or_line) FILTER (market = 'over_under') AS over_under_line,
        max(away_or_under) FILTER (market = 'over_under' AND away_or_under > 0) AS over_under_under,
        max(home_or_over) FILTER (market = 'corners' AND home_or_over > 0) AS corners_over,
        max(draw_or_line) FILTER (market = 'corners') AS corners_line,
        max(away_or_under) FILTER (market = 'corners' AND away_or_under > 0) AS corners_under,
        max(tick_at) AS odds_at,
        arg_max(minute, tick_at) AS odds_minute,
        arg_max(suspended, tick_at) AS odds_suspended
    FROM newest_ticks
    GROUP BY match_id
),
current_names AS (
    SELECT team.team_id, coalesce(successor.name, team.name) AS name, team.data_source
    FROM teams AS team
    LEFT JOIN teams AS successor ON successor.team_id = team.merged_into
),
joined AS (
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
        [
            live.data_source,
            coalesce(details.data_source, 'last_known'),
            coalesce(competition.data_source, missing(details.competition_id)),
            coalesce(
                country.data_source,
                if(competition.country_id IS NOT NULL AND NOT EXISTS (FROM countries), 'last_known', NULL)
            ),
            coalesce(home.data_source, missing(details.home_team_id)),
            coalesce(away.data_source, missing(details.away_team_id)),
            if(odds_state.is_current, NULL, 'last_known')
        ] AS sources
    FROM live_matches AS live
    LEFT JOIN match_details AS details USING (match_id)
    LEFT JOIN competitions AS competition USING (competition_id)
    LEFT JOIN countries AS country USING (country_id)
    LEFT JOIN current_names AS home ON home.team_id = details.home_team_id
    LEFT JOIN current_names AS away ON away.team_id = details.away_team_id
    LEFT JOIN odds USING (match_id)
    LEFT JOIN pipeline.odds_matches AS odds_state USING (match_id)
)
SELECT * EXCLUDE (sources), worst_source(sources) AS data_source
FROM joined
