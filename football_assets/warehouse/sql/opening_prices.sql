SELECT history.* EXCLUDE (replaced_at)
FROM odds_history AS history
WHERE replaced_at IS NULL
QUALIFY row_number() OVER (
    PARTITION BY match_id, company_id, market ORDER BY tick_at, sequence
) = 1
