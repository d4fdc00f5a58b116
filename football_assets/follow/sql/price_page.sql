-- The changes of prices that are wanted, after the number $told of the edition $edition.
SELECT edition, number, kind, change, known_at, unnest(tick), before, stands
FROM price_changes
WHERE (edition > $edition OR (edition = $edition AND number > $told))
  AND kind IN (SELECT unnest($kinds::VARCHAR[]))
  AND ($markets IS NULL OR tick.market IN (SELECT unnest($markets::VARCHAR[])))
  AND ($companies IS NULL OR tick.company_id IN (SELECT unnest($companies::INTEGER[])))
  AND ($matches IS NULL OR tick.match_id IN (SELECT unnest($matches::VARCHAR[])))
ORDER BY edition, number
LIMIT $most
