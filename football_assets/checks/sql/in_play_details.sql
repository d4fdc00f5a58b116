SELECT
    live.match_id,
    details.match_id IS NOT NULL AS has_details
FROM live_matches AS live
LEFT JOIN match_details AS details USING (match_id)
WHERE live.status_id BETWEEN 2 AND 7
ORDER BY live.match_id
