-- Stored ticks that the histories tell otherwise or no longer: they were corrected or withdrawn. A list that could
-- not be read in whole withdraws nothing.
CREATE OR REPLACE TEMP TABLE gone_ticks AS
SELECT stored.* EXCLUDE (is_whole)
FROM stored_ticks AS stored
ANTI JOIN lagging_seconds USING (match_id, company_id, market, tick_at)
WHERE stored.is_whole
  AND NOT EXISTS (
    FROM incoming_ticks AS told
    WHERE told.match_id = stored.match_id
      AND told.company_id = stored.company_id
      AND told.market = stored.market
      AND told.tick_at = stored.tick_at
      AND told.sequence = stored.sequence
      AND same_tick(told, stored)
)
