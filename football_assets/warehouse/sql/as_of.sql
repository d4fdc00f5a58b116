-- The newest edition of the published file not later than a moment.
CREATE OR REPLACE MACRO edition_at(moment) AS TABLE
SELECT *
FROM edition_history
WHERE published_at <= moment
ORDER BY published_at DESC
LIMIT 1;

-- All ticks, as the newest edition not later than a moment told them.
CREATE OR REPLACE MACRO odds_known_at(moment) AS TABLE
SELECT history.* EXCLUDE (replaced_at)
FROM odds_history AS history
WHERE history.seen_at <= (SELECT max(published_at) FROM edition_history WHERE published_at <= moment)
  AND (
      history.replaced_at IS NULL
      OR history.replaced_at > (SELECT max(published_at) FROM edition_history WHERE published_at <= moment)
  )
