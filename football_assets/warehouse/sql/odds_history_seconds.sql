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
UNION
-- Seconds in which more is known than the history tells: a window told one of its ticks otherwise. The
-- history's newest second may have grown since it was read.
SELECT match_id, company_id, market, tick_at
FROM (
    SELECT
        match_id,
        company_id,
        market,
        tick_at,
        count(*) AS ticks,
        max(tick_at) OVER (PARTITION BY match_id, company_id, market) AS newest
    FROM incoming_ticks
    GROUP BY match_id, company_id, market, tick_at
) AS told
JOIN (
    SELECT match_id, company_id, market, tick_at, count(*) AS known_ticks
    FROM odds_ticks
    SEMI JOIN incoming_ticks USING (match_id, company_id, market, tick_at)
    GROUP BY ALL
) AS known USING (match_id, company_id, market, tick_at)
WHERE known_ticks > ticks AND tick_at < newest
