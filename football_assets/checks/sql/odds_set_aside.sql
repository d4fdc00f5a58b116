-- Ticks of the newest cycle that could not be read or were dated in the future.
SELECT arg_max(odds_set_aside, started_at) AS odds_set_aside
FROM cycles
WHERE status = 'success'
