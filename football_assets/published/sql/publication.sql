-- How much is in the published file, and whether a simulator made it.
SELECT
    (SELECT count(*) FROM live_matches) AS matches_live,
    coalesce((SELECT arg_max(data_source, finished_at) FROM cycles WHERE status = 'success') = 'simulated', FALSE)
    OR EXISTS (SELECT 1 FROM live_matches WHERE data_source = 'simulated') AS simulated
