SELECT
    (SELECT arg_max(data_source, finished_at) FROM cycles WHERE status = 'success') AS cycle_source,
    data_source,
    count(*) AS matches
FROM flattened_matches
GROUP BY data_source
ORDER BY data_source
