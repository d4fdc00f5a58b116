-- The matches of a day (UTC, of the kick-off) that are over, however they ended.
SELECT * FROM matches
WHERE
    has_ended(status_id)
    AND CAST(coalesce(kickoff_at, first_seen_at) AS DATE) = CAST($day AS DATE)
ORDER BY country, competition NULLS LAST, competition_id, kickoff_at, match_id
