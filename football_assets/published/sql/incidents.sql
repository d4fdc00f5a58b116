-- What happened in a match, the newest first.
SELECT * FROM match_incidents
WHERE match_id = $match_id
ORDER BY sequence DESC
