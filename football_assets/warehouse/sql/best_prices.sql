WITH live AS (
    SELECT *, CASE WHEN market <> 'money_line' THEN draw_or_line END AS line
    FROM current_prices
    WHERE is_live
),
preferred AS (
    SELECT live.*, coalesce(preference, 1000000 + company_id) AS place
    FROM live
    LEFT JOIN bookmakers USING (company_id)
),
best AS (
    SELECT
        match_id,
        market,
        line,
        max(home_or_over) AS home_or_over,
        arg_max_null(company, (home_or_over, -place)) AS home_or_over_company,
        max(draw_or_line) AS draw_or_line,
        CASE WHEN market = 'money_line' THEN arg_max_null(company, (draw_or_line, -place)) END AS draw_company,
        max(away_or_under) AS away_or_under,
        arg_max_null(company, (away_or_under, -place)) AS away_or_under_company,
        CAST(count(*) AS INTEGER) AS bookmakers
    FROM preferred
    GROUP BY match_id, market, line
)
SELECT
    match_id,
    market,
    line,
    home_or_over,
    home_or_over_company,
    draw_or_line,
    draw_company,
    away_or_under,
    away_or_under_company,
    bookmakers,
    1 / decimal_odds(market, home_or_over)
    + CASE WHEN market = 'money_line' THEN 1 / decimal_odds(market, draw_or_line) ELSE 0 END
    + 1 / decimal_odds(market, away_or_under) - 1 AS overround
FROM best
ORDER BY match_id, market, line
