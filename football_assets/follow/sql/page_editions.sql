-- The editions that are looked at. One may be in the table and in a file.
CREATE OR REPLACE TEMP TABLE page_editions AS
SELECT edition, any_value(published_at) AS published_at
FROM followed_editions
WHERE edition >= $first AND edition <= $last
GROUP BY edition
ORDER BY edition
