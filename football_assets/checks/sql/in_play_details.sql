SELECT
    live.match_id,
    details.match_id IS NOT NULL AS has_details
FROM live_matches AS live
LEFT JOIN match_details AS details USING (match_id)
WHERE is_in_play(live.status_id)
ORDER BY live.match_id
