-- The days (UTC) with matches to come.
SELECT CAST(kickoff_at AS DATE) AS day, count(*) AS matches
FROM match_records
WHERE is_before_play(status_id) AND deleted_at IS NULL AND kickoff_at >= $since
GROUP BY day
ORDER BY day
