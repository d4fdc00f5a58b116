-- Of the matches in play that have prices, those of which some market has a live one, in per cent. With fewer than 10
-- such matches a share says nothing: all is well.
SELECT
    CASE
        WHEN count(*) < 10 THEN 100.0
        ELSE 100.0 * count(*) FILTER ({some_market_live}) / count(*)
    END AS live_price_percent
FROM flattened_matches
WHERE is_in_play(status_id)
    AND bookmaker_id IS NOT NULL
