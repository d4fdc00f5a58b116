-- Where each row of the flattened table comes from: the worst of its parts.
WITH parts AS (
    SELECT
        live.match_id,
        [
            live.data_source,
            coalesce(details.data_source, 'last_known'),
            coalesce(competition.data_source, missing(details.competition_id)),
            coalesce(
                country.data_source,
                CASE WHEN competition.country_id IS NOT NULL AND NOT EXISTS (FROM countries) THEN 'last_known' END
            ),
            coalesce(home.data_source, missing(details.home_team_id)),
            coalesce(away.data_source, missing(details.away_team_id)),
            CASE WHEN coverage.is_current IS NOT FALSE THEN NULL ELSE 'last_known' END
        ] AS sources
    FROM live_matches AS live
    LEFT JOIN match_details AS details USING (match_id)
    LEFT JOIN current_competitions AS competition USING (competition_id)
    LEFT JOIN countries AS country USING (country_id)
    LEFT JOIN current_teams AS home ON home.team_id = details.home_team_id
    LEFT JOIN current_teams AS away ON away.team_id = details.away_team_id
    LEFT JOIN pipeline.coverage AS coverage USING (match_id)
)
SELECT match_id, worst_source(sources) AS data_source
FROM parts
