-- Bring newest_ticks up to what was stored at a moment. Lists of which a tick was corrected or withdrawn are looked
-- through again; of the others the newest is the former one or among the new ones.
CREATE OR REPLACE TEMP TABLE lists_with_gone AS
SELECT DISTINCT match_id, company_id, market
FROM odds_revisions
WHERE replaced_at = $moment;
CREATE OR REPLACE TEMP TABLE touched_lists AS
SELECT DISTINCT match_id, company_id, market
FROM odds_ticks
WHERE seen_at = $moment
UNION
SELECT * FROM lists_with_gone;
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT * FROM newest_ticks
SEMI JOIN touched_lists USING (match_id, company_id, market)
ANTI JOIN lists_with_gone USING (match_id, company_id, market)
UNION ALL
SELECT * FROM odds_ticks
ANTI JOIN lists_with_gone USING (match_id, company_id, market)
WHERE seen_at = $moment
UNION ALL
SELECT * FROM odds_ticks
SEMI JOIN lists_with_gone USING (match_id, company_id, market);
DELETE FROM newest_ticks AS newest
USING touched_lists AS touched
WHERE newest.match_id = touched.match_id
  AND newest.company_id = touched.company_id
  AND newest.market = touched.market;
INSERT INTO newest_ticks BY NAME
SELECT unnest(tick)
FROM (
    SELECT arg_max(candidates, (tick_at, sequence)) AS tick
    FROM candidates
    GROUP BY match_id, company_id, market
)
