-- What this cycle tells of matches: of live ones the live list's state, of the others that of their details.
MERGE INTO match_records AS record
USING (
    SELECT
        coalesce(live.match_id, details.match_id) AS match_id,
        CASE WHEN live.match_id IS NULL THEN details.status_id ELSE live.status_id END AS status_id,
        CASE WHEN live.match_id IS NULL THEN details.status ELSE live.status END AS status,
        {numbers},
        details.competition_id,
        details.home_team_id,
        details.away_team_id,
        details.venue_id,
        details.season_id,
        details.round_num,
        details.kickoff_at,
        details.loss,
        details.ended_at,
        live.match_id IS NOT NULL AS is_live,
        coalesce(live.data_source, details.data_source) AS data_source
    FROM {states} AS live
    FULL JOIN told_details AS details ON details.match_id = live.match_id
) AS told
ON record.match_id = told.match_id
WHEN MATCHED THEN UPDATE SET
    status_id = coalesce(told.status_id, record.status_id),
    status = CASE WHEN told.status_id IS NULL THEN record.status ELSE told.status END,
    {updates},
    competition_id = coalesce(told.competition_id, record.competition_id),
    home_team_id = coalesce(told.home_team_id, record.home_team_id),
    away_team_id = coalesce(told.away_team_id, record.away_team_id),
    venue_id = coalesce(told.venue_id, record.venue_id),
    season_id = coalesce(told.season_id, record.season_id),
    round_num = coalesce(told.round_num, record.round_num),
    kickoff_at = coalesce(told.kickoff_at, record.kickoff_at),
    loss = coalesce(told.loss, record.loss),
    ended_at = CASE
        WHEN NOT has_ended(coalesce(told.status_id, record.status_id)) THEN NULL
        -- Of a match that had ended when it was first seen nobody saw the end.
        ELSE coalesce(
            told.ended_at, record.ended_at, CASE WHEN NOT coalesce(has_ended(record.status_id), FALSE) THEN $moment END
        )
    END,
    is_final = record.is_final AND has_ended(coalesce(told.status_id, record.status_id)),
    last_seen_at = $moment,
    deleted_at = CASE WHEN told.is_live THEN NULL ELSE record.deleted_at END,
    data_source = told.data_source
WHEN NOT MATCHED THEN INSERT (
    match_id, status_id, status, {columns}, competition_id, home_team_id, away_team_id, venue_id, season_id,
    round_num, kickoff_at, loss, ended_at, is_final, first_seen_at, last_seen_at, data_source
) VALUES (
    told.match_id, told.status_id, told.status, {told}, told.competition_id, told.home_team_id,
    told.away_team_id, told.venue_id, told.season_id, told.round_num, told.kickoff_at, told.loss,
    CASE WHEN has_ended(told.status_id) THEN told.ended_at END,
    NOT told.is_live AND has_ended(told.status_id), $moment, $moment, told.data_source
)
