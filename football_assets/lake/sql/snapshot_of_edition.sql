-- The last snapshot before that of the next edition: that of the edition's commit, or a later one of maintenance or of
-- a change by hand.
WITH snapshots AS (
    SELECT snapshot_id, TRY_CAST(commit_extra_info AS JSON)->>'edition' AS edition
    FROM ducklake_snapshots('lake')
),
of_edition AS (SELECT max(snapshot_id) AS committed FROM snapshots WHERE edition = $edition),
following AS (
    SELECT min(snapshot_id) AS committed
    FROM snapshots, of_edition
    WHERE edition IS NOT NULL AND snapshot_id > of_edition.committed
)
SELECT max(snapshot_id)
FROM snapshots, of_edition, following
WHERE snapshot_id >= of_edition.committed AND (following.committed IS NULL OR snapshot_id < following.committed)
