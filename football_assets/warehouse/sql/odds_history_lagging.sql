-- Seconds in which a history tells only a part of what is stored, so shortly before its answer that it may lag
-- behind a window: they stay as they are.
CREATE OR REPLACE TEMP TABLE lagging_seconds AS
SELECT stored.match_id, stored.company_id, stored.market, stored.tick_at
FROM stored_ticks AS stored
JOIN read_matches AS read USING (match_id)
WHERE stored.tick_at > read.lag_from
GROUP BY ALL
HAVING count(*) > (
    SELECT count(*)
    FROM incoming_ticks AS told
    WHERE told.match_id = stored.match_id
      AND told.company_id = stored.company_id
      AND told.market = stored.market
      AND told.tick_at = stored.tick_at
)
AND NOT EXISTS (
    FROM incoming_ticks AS told
    WHERE told.match_id = stored.match_id
      AND told.company_id = stored.company_id
      AND told.market = stored.market
      AND told.tick_at = stored.tick_at
      AND NOT EXISTS (
          FROM stored_ticks AS known
          WHERE known.match_id = told.match_id
            AND known.company_id = told.company_id
            AND known.market = told.market
            AND known.tick_at = told.tick_at
            AND same_tick(known, told)
      )
)
