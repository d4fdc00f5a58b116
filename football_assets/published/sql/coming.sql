-- Matches that have not begun, a day's where one is given, the next ones first.
SELECT * FROM matches
WHERE
    is_before_play(status_id)
    AND deleted_at IS NULL
    AND match_id NOT IN (SELECT match_id FROM in_play_matches)
    AND ($day IS NULL OR CAST(kickoff_at AS DATE) = CAST($day AS DATE))
    AND ($day IS NOT NULL OR kickoff_at >= $since)
ORDER BY country, competition NULLS LAST, competition_id, kickoff_at, match_id
