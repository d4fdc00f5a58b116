INSERT INTO odds_revisions BY NAME SELECT *, $now AS replaced_at FROM gone_ticks;
DELETE FROM odds_ticks AS ticks
USING gone_ticks AS gone
WHERE ticks.match_id = gone.match_id
  AND ticks.company_id = gone.company_id
  AND ticks.market = gone.market
  AND ticks.tick_at = gone.tick_at
  AND ticks.sequence = gone.sequence;
INSERT INTO odds_ticks BY NAME SELECT *, $now AS seen_at FROM new_ticks
