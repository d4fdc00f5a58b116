-- One live match, in play or not.
SELECT * FROM flattened_matches
WHERE match_id = $match_id
