-- The newest price of each bookmaker in each market of a live match, and whether it can be taken.
SELECT
    company_id,
    coalesce(company, 'Bookmaker ' || company_id) AS company,
    market,
    tick_at,
    home_or_over,
    draw_or_line,
    away_or_under,
    coalesce(suspended, FALSE) AS suspended,
    is_live,
    date_diff('second', tick_at, CAST($until AS TIMESTAMPTZ)) AS age_seconds
FROM current_prices
WHERE match_id = $match_id
ORDER BY company, company_id, market
