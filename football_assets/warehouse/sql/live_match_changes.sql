INSERT INTO live_match_changes BY NAME
WITH last AS (
    SELECT *
    FROM live_match_changes
    SEMI JOIN live_matches USING (match_id)
    QUALIFY row_number() OVER (PARTITION BY match_id ORDER BY observed_at DESC) = 1
)
SELECT
    live.* EXCLUDE (minute, period_started_at, note, fetched_at, data_source),
    live.fetched_at AS observed_at
FROM live_matches AS live
LEFT JOIN last USING (match_id)
WHERE last.match_id IS NULL
   OR row(live.status_id, live.home_score, live.away_score, live.home_half_time_score, live.away_half_time_score,
          live.home_red_cards, live.away_red_cards, live.home_yellow_cards, live.away_yellow_cards,
          live.home_corners, live.away_corners, live.home_overtime_score, live.away_overtime_score,
          live.home_shootout_score, live.away_shootout_score)
      IS DISTINCT FROM
      row(last.status_id, last.home_score, last.away_score, last.home_half_time_score, last.away_half_time_score,
          last.home_red_cards, last.away_red_cards, last.home_yellow_cards, last.away_yellow_cards,
          last.home_corners, last.away_corners, last.home_overtime_score, last.away_overtime_score,
          last.home_shootout_score, last.away_shootout_score)
