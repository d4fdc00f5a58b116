-- The last price of each bookmaker in each market of a match that is not in the live list, and whether it can be taken.
SELECT
    company_id,
    coalesce(company, 'Bookmaker ' || company_id) AS company,
    market,
    tick_at,
    home_or_over,
    draw_or_line,
    away_or_under,
    coalesce(suspended, FALSE) AS suspended,
    is_live_price(
        CAST($status_id AS INTEGER),
        market,
        suspended,
        is_priced(market, home_or_over, draw_or_line, away_or_under),
        is_in_play(status_id),
        FALSE
    ) AS is_live,
    date_diff('second', tick_at, CAST($until AS TIMESTAMPTZ)) AS age_seconds
FROM odds_ticks
WHERE match_id = $match_id
QUALIFY row_number() OVER (PARTITION BY company_id, market ORDER BY tick_at DESC, sequence DESC) = 1
ORDER BY company, company_id, market
