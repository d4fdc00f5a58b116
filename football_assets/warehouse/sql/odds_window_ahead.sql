-- Matches whose whole history was read after the window had come, and does not hold a fresh tick of it: it lags
-- behind the window, or has withdrawn the tick just now. Reading it once more tells which.
SELECT DISTINCT match_id
FROM fresh_ticks
SEMI JOIN (FROM read_matches WHERE is_whole AND is_after_window) AS read USING (match_id)
