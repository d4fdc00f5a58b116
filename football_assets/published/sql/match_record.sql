-- What is known of a match, live or not.
SELECT * FROM matches
WHERE match_id = $match_id
