-- All rows of a match are of one day: named here, a reader's day reaches the files, and no other is read.
SELECT history.* EXCLUDE (replaced_at)
FROM odds_history AS history
WHERE replaced_at IS NULL
QUALIFY row_number() OVER (
    PARTITION BY kickoff_day, match_id, company_id, market ORDER BY tick_at, sequence
) = 1
