WITH judged AS (
    SELECT
        ticks.*,
        live.status_id AS match_status_id,
        ticks.home_score = present_goals(
            live.status_id, live.home_score, live.home_overtime_score, live.away_overtime_score
        )
        AND ticks.away_score = present_goals(
            live.status_id, live.away_score, live.away_overtime_score, live.home_overtime_score
        ) AS is_same_score,
        is_in_play(ticks.status_id) AS is_in_play_tick,
        is_priced(market, home_or_over, draw_or_line, away_or_under) AS has_prices,
        1 / decimal_odds(market, home_or_over) AS first,
        CASE WHEN market = 'money_line' THEN 1 / decimal_odds(market, draw_or_line) ELSE 0 END AS second,
        1 / decimal_odds(market, away_or_under) AS third
    FROM newest_ticks AS ticks
    JOIN live_matches AS live USING (match_id)
)
SELECT
    match_id,
    company_id,
    company,
    market,
    tick_at,
    sequence,
    minute,
    home_or_over,
    draw_or_line,
    away_or_under,
    status_id,
    suspended,
    home_score,
    away_score,
    seen_at,
    CAST(date_diff('second', tick_at, (SELECT max(published_at) FROM editions)) AS INTEGER) AS age_seconds,
    CASE WHEN market <> 'corners' THEN is_same_score END AS same_score,
    is_in_play_tick AS made_in_play,
    is_live_price(match_status_id, market, suspended, has_prices, is_in_play_tick, is_same_score) AS is_live,
    first + second + third - 1 AS overround,
    CASE WHEN market = 'money_line' THEN first / (first + second + third) END AS fair_home,
    CASE WHEN market = 'money_line' THEN second / (first + second + third) END AS fair_draw,
    CASE WHEN market = 'money_line' THEN third / (first + second + third) END AS fair_away,
    CASE WHEN market <> 'money_line' THEN first / (first + third) END AS fair_home_or_over,
    CASE WHEN market <> 'money_line' THEN third / (first + third) END AS fair_away_or_under
FROM judged
