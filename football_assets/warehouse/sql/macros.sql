CREATE OR REPLACE MACRO american_from_decimal(d) AS try_cast(CASE
    WHEN d <= 1 THEN NULL
    WHEN d >= 2 THEN round((d - 1) * 100)
    ELSE round(-100 / (d - 1))
END AS INTEGER);
CREATE OR REPLACE MACRO american_from_hong_kong(h) AS try_cast(CASE
    WHEN h <= 0 THEN NULL
    WHEN h >= 1 THEN round(h * 100)
    ELSE round(-100 / h)
END AS INTEGER);
CREATE OR REPLACE MACRO worst_source(sources) AS CASE
    WHEN list_contains(sources, 'mock') THEN 'mock'
    WHEN list_contains(sources, 'simulated') THEN 'simulated'
    WHEN list_contains(sources, 'last_known') THEN 'last_known'
    ELSE 'api'
END
;
CREATE OR REPLACE MACRO missing(id) AS
    if(id IS NULL OR id IN (SELECT unknown.id FROM pipeline.unknown_ids AS unknown), NULL, 'last_known')
