-- Fresh ticks of matches whose history was read after the window had come, and does not hold them.
DELETE FROM fresh_ticks AS fresh
USING read_matches AS read
WHERE fresh.match_id = read.match_id
  AND read.is_whole
  AND read.is_after_window
  AND fresh.tick_at <= read.lag_from
