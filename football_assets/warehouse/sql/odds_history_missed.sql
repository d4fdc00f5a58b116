-- Ticks of audited matches that windows should have told and none did.
SELECT count(*)
FROM new_ticks AS new
WHERE match_id IN (SELECT unnest($audited::VARCHAR[]))
  AND epoch(tick_at) < $newest - $lag
  AND NOT EXISTS (
      FROM stored_ticks AS known
      WHERE known.match_id = new.match_id
        AND known.company_id = new.company_id
        AND known.market = new.market
        AND known.tick_at = new.tick_at
  )
