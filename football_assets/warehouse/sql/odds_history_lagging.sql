-- Seconds in which a history tells only a part of what is stored, so shortly before its answer that it may lag
-- behind a window: they stay as they are.
CREATE OR REPLACE TEMP TABLE lagging_seconds AS
WITH recent AS (
    SELECT match_id, company_id, market, tick_at, count(*) AS ticks
    FROM stored_ticks
    JOIN read_matches USING (match_id)
    WHERE tick_at > lag_from
    GROUP BY match_id, company_id, market, tick_at
),
told AS (
    SELECT match_id, company_id, market, tick_at, count(*) AS told_ticks
    FROM incoming_ticks
    GROUP BY match_id, company_id, market, tick_at
)
SELECT match_id, company_id, market, tick_at
FROM recent
LEFT JOIN told USING (match_id, company_id, market, tick_at)
WHERE ticks > coalesce(told_ticks, 0)
  AND NOT EXISTS (
      FROM incoming_ticks AS told
      WHERE told.match_id = recent.match_id
        AND told.company_id = recent.company_id
        AND told.market = recent.market
        AND told.tick_at = recent.tick_at
        AND NOT EXISTS (
            FROM stored_ticks AS known
            WHERE known.match_id = told.match_id
              AND known.company_id = told.company_id
              AND known.market = told.market
              AND known.tick_at = told.tick_at
              AND same_tick(known, told)
        )
  )
