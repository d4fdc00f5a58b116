-- The in-play matches, in the view's order.
SELECT * FROM in_play_matches
ORDER BY country, competition, kickoff_at, match_id
