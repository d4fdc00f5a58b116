-- The newest commentary on a match.
SELECT minute, team, text FROM match_commentary
WHERE match_id = $match_id
ORDER BY sequence DESC
LIMIT 200
