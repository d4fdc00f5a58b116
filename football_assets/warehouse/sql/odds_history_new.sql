-- Ticks of the histories that are not stored as they tell them. Of a list that could not be read in whole only
-- those of seconds of which nothing is stored.
CREATE OR REPLACE TEMP TABLE new_ticks AS
SELECT told.*
FROM incoming_ticks AS told
JOIN told_lists AS list USING (match_id, company_id, market)
ANTI JOIN lagging_seconds USING (match_id, company_id, market, tick_at)
WHERE NOT EXISTS (
    FROM stored_ticks AS stored
    WHERE stored.match_id = told.match_id
      AND stored.company_id = told.company_id
      AND stored.market = told.market
      AND stored.tick_at = told.tick_at
      AND (NOT list.is_whole OR (stored.sequence = told.sequence AND same_tick(stored, told)))
)
