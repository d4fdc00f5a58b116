SELECT count(*)
FROM differing_seconds AS second
WHERE match_id IN (SELECT unnest($1::VARCHAR[]))
  AND epoch(tick_at) < $2 - 10
  AND NOT EXISTS (
      FROM odds_ticks AS known
      WHERE known.match_id = second.match_id
        AND known.company_id = second.company_id
        AND known.market = second.market
        AND known.tick_at = second.tick_at
  )
