-- What is to be done with each part of a table: nothing, add what is new, take out what was corrected as well, or
-- put all of it in the place of what the lake has.
CREATE OR REPLACE TEMP TABLE plan AS
SELECT
    coalesce(sent.part, told.part) AS part,
    sent.newest,
    CASE
        WHEN sent.part IS NULL THEN 'new'
        WHEN told.part IS NULL THEN 'gone'
        WHEN told.rows = sent.rows AND told.hash = sent.hash THEN 'same'
        WHEN told.rows_before = sent.rows AND told.hash_before = sent.hash THEN 'longer'
        WHEN told.rows_before + revised.rows = sent.rows AND xor(told.hash_before, revised.hash) = sent.hash
            THEN 'corrected'
        ELSE 'changed'
    END AS kind
FROM told
FULL JOIN (FROM sent_parts WHERE table_name = '{table}') AS sent ON sent.part = told.part
LEFT JOIN (
    SELECT match_id, count(*) AS rows, bit_xor(hash) AS hash
    FROM revised
    GROUP BY match_id
) AS revised ON revised.match_id = sent.part AND '{table}' = 'odds_ticks'
