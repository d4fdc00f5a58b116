-- The days (UTC, of the kick-off) with matches that are over, the newest first.
SELECT CAST(coalesce(kickoff_at, first_seen_at) AS DATE) AS day, count(*) AS matches
FROM match_records
WHERE has_ended(status_id)
GROUP BY day
ORDER BY day DESC
