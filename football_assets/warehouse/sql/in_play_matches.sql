CREATE OR REPLACE VIEW in_play_matches AS
SELECT *
FROM flattened_matches
WHERE status_id BETWEEN 2 AND 7
ORDER BY country, competition, kickoff_at, match_id
