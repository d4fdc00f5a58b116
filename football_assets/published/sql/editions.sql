-- The newest editions, the newest first.
SELECT edition, published_at, cycle_id, seconds, requests, fetched_at FROM editions
ORDER BY edition DESC
LIMIT $newest
