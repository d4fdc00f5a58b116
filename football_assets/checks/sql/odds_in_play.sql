-- The matches some minutes into a first or second half that show open prices: whether their bookmaker has priced
-- them since kick-off at all, and whether the newest price is from before the half or has long stood still.
WITH running AS (
    SELECT
        shown.match_id,
        shown.home_team,
        shown.away_team,
        shown.bookmaker_id,
        shown.bookmaker,
        shown.odds_at,
        live.period_started_at,
        live.fetched_at
    FROM flattened_matches AS shown
    JOIN live_matches AS live USING (match_id)
    WHERE live.status_id IN (2, 4)
        AND shown.bookmaker_id IS NOT NULL
        AND shown.odds_suspended IS NOT TRUE
        AND live.fetched_at >= live.period_started_at + $reopening::INTERVAL
)
SELECT
    match_id,
    home_team,
    away_team,
    bookmaker,
    date_diff('second', odds_at, fetched_at) AS seconds_old,
    EXISTS (
        SELECT 1
        FROM odds_ticks AS ticks
        WHERE ticks.match_id = running.match_id
            AND ticks.company_id = running.bookmaker_id
            AND ticks.minute IS NOT NULL
    ) AS priced_in_play,
    odds_at < period_started_at OR odds_at < fetched_at - $silence::INTERVAL AS old
FROM running
ORDER BY odds_at, match_id
