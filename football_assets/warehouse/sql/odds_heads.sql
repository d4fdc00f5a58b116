WITH newest AS (
    SELECT match_id, company_id, market, max(tick_at) AS tick_at, count(*) AS ticks
    FROM odds_ticks
    GROUP BY match_id, company_id, market
)
SELECT
    match_id,
    company_id,
    market,
    epoch(tick_at)::BIGINT AS newest,
    count(*) AS at_newest,
    any_value(ticks) - count(*) AS older
FROM odds_ticks
JOIN newest USING (match_id, company_id, market, tick_at)
GROUP BY match_id, company_id, market, tick_at
