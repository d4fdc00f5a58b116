-- The present statistics of a match: possession and shots first, then attacks, set pieces and cards.
SELECT stat_id, stat, home, away FROM match_stats
WHERE match_id = $match_id AND home IS NOT NULL AND away IS NOT NULL
ORDER BY coalesce(list_position([25, 21, 22, 37, 24, 23, 2, 6, 7, 5, 8, 3, 4], stat_id), 99), stat_id
