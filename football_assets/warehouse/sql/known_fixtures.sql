-- Matches that are not in the live list and that the API may be asked for: fixtures of the next two days, and ended
-- matches that were in the live list and have not been told again since, after ever longer pauses.
SELECT record.match_id, record.kickoff_at, FALSE AS has_ended
FROM match_records AS record
WHERE record.kickoff_at BETWEEN now() AND now() + INTERVAL 2 DAY
  AND record.deleted_at IS NULL
  AND NOT has_ended(record.status_id)
UNION ALL
(
    SELECT record.match_id, record.kickoff_at, TRUE
    FROM match_records AS record
    SEMI JOIN live_spells USING (match_id)
    ANTI JOIN live_matches USING (match_id)
    LEFT JOIN (
        SELECT match_id, max(asked_at) AS asked_at, max(attempts) AS attempts
        FROM pipeline.finals
        GROUP BY match_id
    ) AS final USING (match_id)
    WHERE NOT record.is_final
      AND record.deleted_at IS NULL
      AND coalesce(final.attempts, 0) < $attempts
      AND (final.asked_at IS NULL OR final.asked_at < now() - INTERVAL 10 MINUTE * final.attempts)
    ORDER BY record.last_seen_at
    LIMIT 20
)
