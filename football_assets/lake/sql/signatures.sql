-- What the file holds of a table by `match_id` (or another part of it): how many rows, which, and up to when; and the
-- same of those that the lake can know already.
CREATE OR REPLACE TEMP TABLE told AS
SELECT
    {part} AS part,
    count(*) AS rows,
    bit_xor({hash}) AS hash,
    max({moment}) AS newest,
    count(*) FILTER ({moment} <= sent.newest) AS rows_before,
    coalesce(bit_xor({hash}) FILTER ({moment} <= sent.newest), 0) AS hash_before
FROM published.{table} AS stored
LEFT JOIN (FROM sent_parts WHERE table_name = '{table}') AS sent ON sent.part = {part}
GROUP BY ALL
