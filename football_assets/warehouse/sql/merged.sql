-- The teams and competitions that others were merged into, followed to the end of the chain. One whose successor is
-- not known ends it; a ring ends at its smallest id.
CREATE OR REPLACE VIEW team_successors AS
WITH RECURSIVE
steps AS (
    SELECT team_id AS id, merged_into AS successor
    FROM teams
    WHERE merged_into IN (SELECT team_id FROM teams)
),
chain(id, last, ids) AS (
    SELECT id, successor, [id, successor] FROM steps
    UNION ALL
    SELECT chain.id, steps.successor, list_append(chain.ids, steps.successor)
    FROM chain
    JOIN steps ON steps.id = chain.last
    WHERE NOT list_contains(chain.ids, steps.successor)
),
ends AS (
    SELECT id, arg_max(last, len(ids)) AS last, arg_max(ids, len(ids)) AS ids
    FROM chain
    GROUP BY id
)
SELECT
    ends.id AS team_id,
    CASE
        WHEN steps.successor IS NULL THEN ends.last
        ELSE list_min(ends.ids[list_position(ends.ids, steps.successor):])
    END AS successor_id
FROM ends
LEFT JOIN steps ON steps.id = ends.last;
CREATE OR REPLACE VIEW competition_successors AS
WITH RECURSIVE
steps AS (
    SELECT competition_id AS id, merged_into AS successor
    FROM competitions
    WHERE merged_into IN (SELECT competition_id FROM competitions)
),
chain(id, last, ids) AS (
    SELECT id, successor, [id, successor] FROM steps
    UNION ALL
    SELECT chain.id, steps.successor, list_append(chain.ids, steps.successor)
    FROM chain
    JOIN steps ON steps.id = chain.last
    WHERE NOT list_contains(chain.ids, steps.successor)
),
ends AS (
    SELECT id, arg_max(last, len(ids)) AS last, arg_max(ids, len(ids)) AS ids
    FROM chain
    GROUP BY id
)
SELECT
    ends.id AS competition_id,
    CASE
        WHEN steps.successor IS NULL THEN ends.last
        ELSE list_min(ends.ids[list_position(ends.ids, steps.successor):])
    END AS successor_id
FROM ends
LEFT JOIN steps ON steps.id = ends.last;
