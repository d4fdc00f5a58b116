-- When the file was published, by whom, and how much is in it. The newest successful cycle is the one that published.
SELECT
    coalesce(
        (SELECT max(finished_at) FROM cycles WHERE status = 'success'),
        (SELECT max(fetched_at) FROM live_matches)
    ) AS published_at,
    (SELECT count(*) FROM live_matches) AS matches_live,
    coalesce((SELECT arg_max(data_source, finished_at) FROM cycles WHERE status = 'success') = 'simulated', FALSE)
    OR EXISTS (SELECT 1 FROM live_matches WHERE data_source = 'simulated') AS simulated
