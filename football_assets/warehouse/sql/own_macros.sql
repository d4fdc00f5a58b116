-- The pipeline's own: they are not published.
CREATE OR REPLACE MACRO worst_source(sources) AS CASE
    WHEN list_contains(sources, 'mock') THEN 'mock'
    WHEN list_contains(sources, 'simulated') THEN 'simulated'
    WHEN list_contains(sources, 'last_known') THEN 'last_known'
    ELSE 'api'
END;
CREATE OR REPLACE MACRO missing(id) AS CASE
    WHEN id IS NOT NULL AND id NOT IN (SELECT unknown.id FROM pipeline.unknown_ids AS unknown) THEN 'last_known'
END;
