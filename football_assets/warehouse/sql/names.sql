-- Teams and competitions by any id of theirs, with the names and all else of what they were merged into.
CREATE OR REPLACE VIEW current_teams AS
SELECT team.team_id, coalesce(last.name, team.name) AS name, team.data_source
FROM teams AS team
LEFT JOIN merged_teams AS successor ON successor.team_id = team.team_id
LEFT JOIN teams AS last ON last.team_id = successor.successor_id;
CREATE OR REPLACE VIEW current_competitions AS
SELECT
    competition.competition_id,
    coalesce(last.name, competition.name) AS name,
    CASE WHEN last.competition_id IS NULL THEN competition.country_id ELSE last.country_id END AS country_id,
    CASE WHEN last.competition_id IS NULL THEN competition.host_country ELSE last.host_country END AS host_country,
    CASE WHEN last.competition_id IS NULL THEN competition.updated_at ELSE last.updated_at END AS updated_at,
    competition.data_source
FROM competitions AS competition
LEFT JOIN merged_competitions AS successor ON successor.competition_id = competition.competition_id
LEFT JOIN competitions AS last ON last.competition_id = successor.successor_id;

-- The result by regular time of a match that was played to its end; NULL for what has none.
CREATE OR REPLACE MACRO match_result(status_id, loss, deleted_at, home_score, away_score) AS CASE
    WHEN NOT is_played_out(status_id) OR deleted_at IS NOT NULL THEN NULL
    WHEN home_score > away_score THEN 'home'
    WHEN home_score < away_score THEN 'away'
    WHEN home_score = away_score THEN 'draw'
END;
