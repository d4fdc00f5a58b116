-- The places in the API's list of a match's goals that stand.
SELECT sequence FROM goals
WHERE match_id = $match_id
