-- The names of matches.
SELECT
    match_id, country, competition_id, competition, home_team_id, home_team, away_team_id, away_team, kickoff_at
FROM matches
WHERE match_id IN (SELECT unnest($matches::VARCHAR[]))
