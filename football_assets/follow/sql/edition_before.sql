-- The newest edition not later than a moment.
SELECT max(edition) AS edition
FROM followed_editions
WHERE published_at <= $moment
