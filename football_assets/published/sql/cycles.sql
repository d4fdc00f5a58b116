-- The newest cycles, the newest first.
SELECT * FROM cycles
ORDER BY started_at DESC
LIMIT $newest
