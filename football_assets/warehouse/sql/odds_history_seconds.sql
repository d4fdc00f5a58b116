CREATE OR REPLACE TEMP TABLE differing_seconds AS
SELECT DISTINCT match_id, company_id, market, tick_at
FROM incoming_ticks AS tick
WHERE NOT EXISTS (
    FROM odds_ticks AS known
    WHERE known.match_id = tick.match_id
      AND known.company_id = tick.company_id
      AND known.market = tick.market
      AND known.tick_at = tick.tick_at
      AND known.sequence = tick.sequence
      AND known.home_or_over IS NOT DISTINCT FROM tick.home_or_over
      AND known.draw_or_line IS NOT DISTINCT FROM tick.draw_or_line
      AND known.away_or_under IS NOT DISTINCT FROM tick.away_or_under
      AND known.status_id IS NOT DISTINCT FROM tick.status_id
      AND known.suspended IS NOT DISTINCT FROM tick.suspended
      AND known.home_score IS NOT DISTINCT FROM tick.home_score
      AND known.away_score IS NOT DISTINCT FROM tick.away_score
      AND known.minute IS NOT DISTINCT FROM tick.minute
)
