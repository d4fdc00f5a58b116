WITH ended AS (
    SELECT
        match_id,
        home_score AS home_goals,
        away_score AS away_goals,
        home_corners,
        away_corners,
        NOT is_played_out(status_id) OR deleted_at IS NOT NULL OR coalesce(loss, 0) = 1 AS is_void
    FROM match_records
    WHERE has_ended(status_id) OR deleted_at IS NOT NULL
),
outcomes AS (
    SELECT
        closing.*,
        is_void,
        CASE market
            WHEN 'money_line' THEN settle_money_line(home_goals, away_goals, 'home')
            WHEN 'spread' THEN settle_spread(draw_or_line, home_goals, away_goals, 'home')
            WHEN 'over_under' THEN settle_over_under(draw_or_line, home_goals + away_goals, 'over')
            WHEN 'corners' THEN settle_over_under(draw_or_line, home_corners + away_corners, 'over')
        END AS first,
        CASE WHEN market = 'money_line' THEN settle_money_line(home_goals, away_goals, 'draw') END AS second,
        CASE market
            WHEN 'money_line' THEN settle_money_line(home_goals, away_goals, 'away')
            WHEN 'spread' THEN settle_spread(draw_or_line, home_goals, away_goals, 'away')
            WHEN 'over_under' THEN settle_over_under(draw_or_line, home_goals + away_goals, 'under')
            WHEN 'corners' THEN settle_over_under(draw_or_line, home_corners + away_corners, 'under')
        END AS third
    FROM closing_prices AS closing
    JOIN ended USING (match_id)
),
settled AS (
    SELECT
        * EXCLUDE (is_void, first, second, third),
        CASE WHEN is_void THEN 'void' ELSE first END AS home_or_over_outcome,
        CASE WHEN market = 'money_line' THEN CASE WHEN is_void THEN 'void' ELSE second END END AS draw_outcome,
        CASE WHEN is_void THEN 'void' ELSE third END AS away_or_under_outcome
    FROM outcomes
)
SELECT
    *,
    settled_profit(home_or_over_outcome, decimal_odds(market, home_or_over) - 1) AS home_or_over_profit,
    CASE WHEN market = 'money_line'
        THEN settled_profit(draw_outcome, decimal_odds(market, draw_or_line) - 1)
    END AS draw_profit,
    settled_profit(away_or_under_outcome, decimal_odds(market, away_or_under) - 1) AS away_or_under_profit
FROM settled
