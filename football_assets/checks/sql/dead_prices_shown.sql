-- Markets that a row of `flattened_matches` calls live though they are not: worked out anew from the ticks and the live
-- list, without the macro that the row was made with.
WITH shown AS (
    SELECT match_id, bookmaker_id AS company_id, 'money_line' AS market FROM flattened_matches WHERE money_line_live
    UNION ALL
    SELECT match_id, bookmaker_id, 'spread' FROM flattened_matches WHERE spread_live
    UNION ALL
    SELECT match_id, bookmaker_id, 'over_under' FROM flattened_matches WHERE over_under_live
    UNION ALL
    SELECT match_id, bookmaker_id, 'corners' FROM flattened_matches WHERE corners_live
),
newest AS (
    SELECT ticks.*
    FROM odds_ticks AS ticks
    JOIN shown USING (match_id, company_id, market)
    QUALIFY row_number() OVER (
        PARTITION BY match_id, company_id, market ORDER BY tick_at DESC, sequence DESC
    ) = 1
),
judged AS (
    SELECT
        newest.match_id,
        newest.company,
        newest.market,
        newest.tick_at,
        CASE
            WHEN live.status_id IN (0, 8, 11, 12) THEN 'the match has ended'
            WHEN newest.suspended IS NOT FALSE THEN 'suspended'
            WHEN least(newest.home_or_over, newest.away_or_under) <= CAST(newest.market = 'money_line' AS INTEGER)
                OR newest.home_or_over IS NULL
                OR newest.away_or_under IS NULL
                OR (newest.market = 'money_line' AND coalesce(newest.draw_or_line, 0) <= 1)
                THEN 'no price'
            WHEN live.status_id NOT BETWEEN 2 AND 7 THEN NULL
            WHEN newest.status_id IS NULL OR newest.status_id NOT BETWEEN 2 AND 7 THEN 'from before the match'
            WHEN newest.market = 'corners' THEN NULL
            WHEN newest.home_score = live.home_score AND newest.away_score = live.away_score THEN NULL
            WHEN live.status_id IN (5, 6, 7)
                AND newest.home_score = live.home_overtime_score
                AND newest.away_score = live.away_overtime_score
                THEN NULL
            ELSE 'at another score'
        END AS reason
    FROM newest
    JOIN live_matches AS live USING (match_id)
)
SELECT match_id, company, market, reason
FROM judged
WHERE reason IS NOT NULL
ORDER BY match_id, market
