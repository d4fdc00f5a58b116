-- The ticks that came or went with the editions of the page. A tick's place in its list is its second and its place
-- within that.
CREATE OR REPLACE TEMP TABLE moved_ticks AS
SELECT
    tick.*,
    epoch_us(tick.tick_at) + tick.sequence AS place,
    CASE WHEN tick.seen_at > $since THEN first.edition END AS came,
    last.edition AS went
FROM followed_ticks AS tick
ASOF LEFT JOIN page_editions AS first ON tick.seen_at <= first.published_at
ASOF LEFT JOIN page_editions AS last ON tick.replaced_at <= last.published_at
WHERE ((tick.seen_at > $since AND tick.seen_at <= $until) OR (tick.replaced_at > $since AND tick.replaced_at <= $until))
  AND tick.seen_at NOT IN (SELECT seen_at FROM backfilled_matches)
  AND came IS DISTINCT FROM went
