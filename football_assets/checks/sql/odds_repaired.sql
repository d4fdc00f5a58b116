-- Ticks that the API corrected or withdrew, as the newest cycle took it in. The former ticks are in `odds_revisions`.
SELECT arg_max(odds_repaired, started_at) AS odds_repaired
FROM cycles
WHERE status = 'success'
