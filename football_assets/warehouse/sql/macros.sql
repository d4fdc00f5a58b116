CREATE OR REPLACE MACRO worst_source(sources) AS CASE
    WHEN list_contains(sources, 'mock') THEN 'mock'
    WHEN list_contains(sources, 'simulated') THEN 'simulated'
    WHEN list_contains(sources, 'last_known') THEN 'last_known'
    ELSE 'api'
END
;
CREATE OR REPLACE MACRO missing(id) AS
    if(id IS NULL OR id IN (SELECT unknown.id FROM pipeline.unknown_ids AS unknown), NULL, 'last_known')
