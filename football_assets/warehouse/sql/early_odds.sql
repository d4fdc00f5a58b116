WITH chosen AS (
    SELECT match_id, arg_min(company_id, preference) AS company_id
    FROM (SELECT DISTINCT match_id, company_id FROM newest_ticks)
    JOIN bookmakers USING (company_id)
    GROUP BY match_id
)
SELECT
    match_id,
    market,
    try_cast(minute AS INTEGER) AS minute,
    company_id AS bookmaker_id,
    company AS bookmaker,
    tick_at AS odds_at,
    CASE WHEN home_or_over > 0 THEN home_or_over END AS home_or_over,
    CASE WHEN market <> 'money_line' OR draw_or_line > 0 THEN draw_or_line END AS draw_or_line,
    CASE WHEN away_or_under > 0 THEN away_or_under END AS away_or_under,
    suspended,
    home_score,
    away_score
FROM odds_ticks
JOIN chosen USING (match_id, company_id)
WHERE minute IN ('2', '3', '4', '5', '6')
QUALIFY row_number() OVER (
    PARTITION BY match_id, market, minute ORDER BY tick_at DESC, sequence DESC
) = 1
ORDER BY match_id, market, minute
