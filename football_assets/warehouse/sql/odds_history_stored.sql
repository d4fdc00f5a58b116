-- What is stored of the seconds that the histories tell all of: of a list that a whole history does not hold, all.
CREATE OR REPLACE TEMP TABLE stored_ticks AS
SELECT ticks.*, told.is_whole
FROM odds_ticks AS ticks
JOIN told_lists AS told USING (match_id, company_id, market)
WHERE ticks.tick_at > told.since
UNION ALL
SELECT ticks.*, TRUE
FROM odds_ticks AS ticks
SEMI JOIN (FROM read_matches WHERE is_whole AND is_compared) AS read USING (match_id)
ANTI JOIN told_lists USING (match_id, company_id, market)
