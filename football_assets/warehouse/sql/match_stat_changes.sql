INSERT INTO match_stat_changes BY NAME
WITH last AS (
    SELECT match_id, stat_id, home, away
    FROM match_stat_changes
    SEMI JOIN match_stats USING (match_id, stat_id)
    QUALIFY row_number() OVER (PARTITION BY match_id, stat_id ORDER BY observed_at DESC) = 1
)
SELECT stats.*, live.fetched_at AS observed_at
FROM match_stats AS stats
JOIN live_matches AS live USING (match_id)
LEFT JOIN last USING (match_id, stat_id)
WHERE row(stats.home, stats.away) IS DISTINCT FROM row(last.home, last.away)
   OR last.match_id IS NULL
