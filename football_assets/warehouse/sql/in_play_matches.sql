SELECT *
FROM flattened_matches
WHERE is_in_play(status_id)
ORDER BY country, competition, kickoff_at, match_id
