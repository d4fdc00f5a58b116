-- A tick that comes after its list was read up to a later second: the list is to be compared as a whole next time.
DELETE FROM pipeline.odds_lists AS list
USING fresh_ticks AS fresh
WHERE list.match_id = fresh.match_id
  AND list.company_id = fresh.company_id
  AND list.market = fresh.market
  AND epoch(fresh.tick_at) <= list.until
