DELETE FROM odds_ticks AS known
USING differing_seconds AS second
WHERE known.match_id = second.match_id
  AND known.company_id = second.company_id
  AND known.market = second.market
  AND known.tick_at = second.tick_at
