-- Ticks of a window that are not stored yet. One that a history has withdrawn or corrected is no news: the window
-- goes on telling it for up to a minute.
CREATE OR REPLACE TEMP TABLE fresh_ticks AS
WITH known AS (
    SELECT * EXCLUDE (seen_at) FROM odds_ticks
    WHERE tick_at >= (SELECT min(tick_at) FROM incoming_ticks)
    UNION ALL
    SELECT * EXCLUDE (seen_at, replaced_at) FROM odds_revisions
    WHERE tick_at >= (SELECT min(tick_at) FROM incoming_ticks)
)
FROM incoming_ticks AS tick
ANTI JOIN known
   ON known.match_id = tick.match_id
  AND known.company_id = tick.company_id
  AND known.market = tick.market
  AND known.tick_at = tick.tick_at
  AND same_tick(known, tick)
