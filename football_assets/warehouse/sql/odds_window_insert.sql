INSERT INTO odds_ticks BY NAME
SELECT
    fresh.* REPLACE (
        CAST(coalesce(known.sequence, 0) + row_number() OVER (
            PARTITION BY fresh.match_id, fresh.company_id, fresh.market, fresh.tick_at ORDER BY fresh.sequence
        ) AS INTEGER) AS sequence
    ),
    $seen_at AS seen_at
FROM fresh_ticks AS fresh
LEFT JOIN (
    SELECT match_id, company_id, market, tick_at, max(sequence) AS sequence
    FROM odds_ticks
    SEMI JOIN fresh_ticks USING (match_id, company_id, market, tick_at)
    GROUP BY ALL
) AS known USING (match_id, company_id, market, tick_at)
