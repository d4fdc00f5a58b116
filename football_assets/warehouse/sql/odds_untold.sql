-- Matches with several ticks in one second, of which a fresh one is among: their order is not told.
SELECT DISTINCT match_id
FROM (
    SELECT match_id, company_id, market, tick_at FROM fresh_ticks
    UNION ALL
    SELECT match_id, company_id, market, tick_at
    FROM odds_ticks
    SEMI JOIN fresh_ticks USING (match_id, company_id, market, tick_at)
)
GROUP BY match_id, company_id, market, tick_at
HAVING count(*) > 1
