-- A goal is taken back where a decision of the video assistant says so after it, but never more goals of a side than
-- the list holds beyond its present score: the API mostly removes such a goal from the list itself.
WITH listed AS (
    SELECT * FROM match_incidents WHERE is_goal(incident_id)
),
decisions AS (
    SELECT match_id, sequence, team
    FROM match_incidents
    WHERE is_goal_cancelled(incident_id, var_result_id)
),
doubted AS (
    SELECT listed.match_id, listed.team, max(listed.sequence) AS sequence
    FROM decisions
    JOIN listed
        ON listed.match_id = decisions.match_id
        AND listed.sequence < decisions.sequence
        AND (decisions.team IS NULL OR listed.team = decisions.team)
    GROUP BY decisions.match_id, decisions.sequence, listed.match_id, listed.team
    QUALIFY row_number() OVER (PARTITION BY decisions.match_id, decisions.sequence ORDER BY max(listed.sequence) DESC) = 1
),
surplus AS (
    SELECT
        listed.match_id,
        listed.team,
        count(*) - coalesce(any_value(CASE listed.team
            WHEN 'home' THEN greatest(live.home_score, coalesce(live.home_overtime_score, 0))
            WHEN 'away' THEN greatest(live.away_score, coalesce(live.away_overtime_score, 0))
        END), 0) AS goals
    FROM listed
    JOIN live_matches AS live USING (match_id)
    GROUP BY listed.match_id, listed.team
),
taken_back AS (
    SELECT doubted.match_id, doubted.sequence
    FROM (SELECT DISTINCT match_id, team, sequence FROM doubted) AS doubted
    JOIN surplus ON surplus.match_id = doubted.match_id AND surplus.team IS NOT DISTINCT FROM doubted.team
    QUALIFY row_number() OVER (PARTITION BY doubted.match_id, doubted.team ORDER BY doubted.sequence DESC)
        <= surplus.goals
)
SELECT
    match_id,
    sequence,
    incident,
    team,
    minute,
    added_minute,
    player_id AS scorer_id,
    player_name AS scorer,
    home_score,
    away_score
FROM listed
ANTI JOIN taken_back USING (match_id, sequence)
ORDER BY match_id, sequence
