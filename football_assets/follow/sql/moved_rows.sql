-- The rows of the table or view $followed that came or went with the editions from the moment $since on, to $until;
-- what a backfill brought is of the past.
SELECT *
FROM query_table($followed)
WHERE ((seen_at > $since AND seen_at <= $until) OR (replaced_at > $since AND replaced_at <= $until))
  AND seen_at NOT IN (SELECT seen_at FROM backfilled_matches)
