SELECT
    record.match_id,
    record.competition_id,
    competition.name AS competition,
    -- Of some competitions only the name is known.
    coalesce(
        country.name, competition.host_country, CASE WHEN competition.updated_at IS NOT NULL THEN 'International' END
    ) AS country,
    record.home_team_id,
    home.name AS home_team,
    record.away_team_id,
    away.name AS away_team,
    record.venue_id,
    venue.name AS venue,
    record.season_id,
    record.round_num,
    record.kickoff_at,
    record.* EXCLUDE (
        match_id, competition_id, home_team_id, away_team_id, venue_id, season_id, round_num, kickoff_at,
        loss, ended_at, is_final, first_seen_at, last_seen_at, deleted_at, data_source
    ),
    record.ended_at,
    record.is_final,
    record.first_seen_at,
    record.last_seen_at,
    record.deleted_at,
    record.data_source,
    record.loss,
    match_result(record.status_id, record.loss, record.deleted_at, record.home_score, record.away_score) AS result
FROM match_records AS record
LEFT JOIN current_competitions AS competition USING (competition_id)
LEFT JOIN countries AS country USING (country_id)
LEFT JOIN current_teams AS home ON home.team_id = record.home_team_id
LEFT JOIN current_teams AS away ON away.team_id = record.away_team_id
LEFT JOIN venues AS venue ON venue.venue_id = record.venue_id
