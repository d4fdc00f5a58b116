-- When each goal that stands was scored, by the clock: when the bookmakers' prices first told its score for good.
-- A bookmaker that told a lower score after it had told of a goal that was taken back. The middle one of several
-- bookmakers counts. Where no goals are listed, the scores that the prices tell, up to the present one, stand for them.
WITH told AS (
    SELECT company_id, tick_at, home_score, away_score
    FROM odds_ticks
    WHERE match_id = $match_id AND market <> 'corners' AND is_in_play(status_id)
),
listed AS (
    SELECT sequence, incident, team, minute, added_minute, scorer, home_score, away_score
    FROM goals
    WHERE match_id = $match_id
),
standing AS (
    SELECT * FROM listed
    UNION ALL BY NAME
    SELECT DISTINCT home_score, away_score
    FROM told
    WHERE
        NOT EXISTS (FROM listed)
        AND home_score + away_score > 0
        AND home_score <= $home_score
        AND away_score <= $away_score
),
lower AS (
    SELECT
        goal.home_score,
        goal.away_score,
        told.company_id,
        max(told.tick_at) AS tick_at
    FROM standing AS goal
    JOIN told ON told.home_score < goal.home_score OR told.away_score < goal.away_score
    GROUP BY goal.home_score, goal.away_score, told.company_id
),
reached AS (
    SELECT
        goal.home_score,
        goal.away_score,
        told.company_id,
        min(told.tick_at) AS tick_at
    FROM standing AS goal
    JOIN told ON told.home_score >= goal.home_score AND told.away_score >= goal.away_score
    LEFT JOIN lower
        ON lower.home_score = goal.home_score
        AND lower.away_score = goal.away_score
        AND lower.company_id = told.company_id
    WHERE lower.tick_at IS NULL OR told.tick_at >= lower.tick_at
    GROUP BY goal.home_score, goal.away_score, told.company_id
),
moments AS (
    SELECT home_score, away_score, quantile_disc(tick_at, 0.5) AS scored_at
    FROM reached
    GROUP BY home_score, away_score
)
SELECT goal.*, moments.scored_at
FROM standing AS goal
JOIN moments USING (home_score, away_score)
ORDER BY moments.scored_at, goal.home_score + goal.away_score
