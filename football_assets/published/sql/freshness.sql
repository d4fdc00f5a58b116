-- How new what a reader sees is: the newest price, the live list, the editions of the last hour.
SELECT
    (SELECT max(tick_at) FROM newest_ticks) AS newest_tick_at,
    (SELECT max(fetched_at) FROM live_matches) AS live_list_at,
    (SELECT max(edition) FROM editions) AS edition,
    (SELECT count(*) FROM editions WHERE published_at > $since) AS editions,
    (SELECT count(*) FROM editions WHERE published_at > $since AND cycle_id IS NULL) AS pulses,
    (SELECT median(seconds) FROM editions WHERE published_at > $since AND cycle_id IS NULL) AS pulse_seconds,
    (SELECT sum(requests) FROM editions WHERE published_at > $since AND cycle_id IS NULL) AS pulse_requests,
    (
        SELECT median(gap)
        FROM (
            SELECT epoch(published_at - lag(published_at) OVER (ORDER BY edition)) AS gap
            FROM editions
            WHERE published_at > $since
        )
    ) AS gap_seconds
