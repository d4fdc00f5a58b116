-- What the file holds: its first and newest edition, and until when rows may be in the history's files only.
SELECT
    min(edition) AS oldest,
    arg_min(published_at, edition) AS oldest_at,
    max(edition) AS newest,
    arg_max(published_at, edition) AS newest_at,
    arg_max(in_files_until, edition) AS in_files_until
FROM editions
