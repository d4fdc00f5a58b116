-- The bookmakers with prices for a match.
SELECT company_id, coalesce(any_value(company), 'Bookmaker ' || company_id) AS company, count(*) AS ticks
FROM odds_ticks
WHERE match_id = $match_id
GROUP BY company_id
ORDER BY company
