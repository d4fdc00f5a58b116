-- The oldest edition that is known.
SELECT min(edition) AS edition, arg_min(published_at, edition) AS published_at
FROM followed_editions
