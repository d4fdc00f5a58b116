-- One bookmaker's prices for a match, the oldest first, each with the time until which it held.
-- A price that is not above 0 is none.
SELECT
    market,
    tick_at,
    coalesce(lead(tick_at) OVER following, $until) AS held_until,
    minute,
    CASE WHEN home_or_over > 0 THEN home_or_over END AS home_or_over,
    CASE WHEN market <> 'money_line' OR draw_or_line > 0 THEN draw_or_line END AS draw_or_line,
    CASE WHEN away_or_under > 0 THEN away_or_under END AS away_or_under,
    coalesce(suspended, FALSE) AS suspended
FROM odds_ticks
WHERE match_id = $match_id AND company_id = $company_id
WINDOW following AS (PARTITION BY market ORDER BY tick_at, sequence)
ORDER BY market, tick_at, sequence
