SELECT DISTINCT match_id
FROM (
    SELECT match_id, company_id, market, tick_at, count(*) AS ticks
    FROM (
        SELECT match_id, company_id, market, tick_at FROM fresh_ticks
        UNION ALL
        SELECT match_id, company_id, market, tick_at
        FROM odds_ticks
        SEMI JOIN fresh_ticks USING (match_id, company_id, market, tick_at)
    )
    GROUP BY ALL
)
SEMI JOIN (
    SELECT * EXCLUDE (sequence) FROM fresh_ticks
    EXCEPT
    SELECT * EXCLUDE (sequence) FROM history_ticks
) AS untold USING (match_id, company_id, market, tick_at)
WHERE ticks > 1
