-- When each score of a match was first seen in any bookmaker's prices: the goals by the clock.
-- In the corners market the numbers are corners. A goal that did not stand is above the present score.
SELECT home_score, away_score, min(tick_at) AS scored_at
FROM odds_ticks
WHERE
    match_id = $match_id
    AND market <> 'corners'
    AND home_score + away_score > 0
    AND home_score <= $home_score
    AND away_score <= $away_score
GROUP BY home_score, away_score
ORDER BY scored_at
