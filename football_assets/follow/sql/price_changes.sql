-- How prices changed with the editions of the page, numbered within each: first those that are or were the newest of
-- their match, bookmaker and market, then what a history told of the past.
CREATE OR REPLACE TEMP TABLE price_changes AS
WITH touched AS MATERIALIZED (
    SELECT DISTINCT match_id, company_id, market, edition
    FROM (SELECT match_id, company_id, market, unnest([came, went]) AS edition FROM moved_ticks)
    WHERE edition IS NOT NULL
),
-- The newest tick of each of these lists that neither comes nor goes with the page.
resting AS MATERIALIZED (
    SELECT
        match_id,
        company_id,
        market,
        max(epoch_us(tick_at) + sequence) AS place,
        arg_max(price_of(tick), epoch_us(tick_at) + sequence) AS price
    FROM followed_ticks AS tick
    SEMI JOIN touched USING (match_id, company_id, market)
    WHERE seen_at <= $since AND (replaced_at IS NULL OR replaced_at > $until)
    GROUP BY ALL
),
moving AS MATERIALIZED (
    SELECT
        touched.match_id,
        touched.company_id,
        touched.market,
        touched.edition,
        max(place) FILTER (stood_before) AS told_place,
        arg_max(price_of(moved), place) FILTER (stood_before) AS told_price,
        max(place) FILTER (stands_then) AS newest_place,
        arg_max(price_of(moved), place) FILTER (stands_then) AS newest_price
    FROM touched
    JOIN (
        SELECT *, coalesce(came, 0) AS from_edition, coalesce(went, 9_000_000_000_000_000_000) AS until_edition
        FROM moved_ticks
    ) AS moved USING (match_id, company_id, market),
        LATERAL (
            SELECT
                from_edition < touched.edition AND until_edition >= touched.edition AS stood_before,
                from_edition <= touched.edition AND until_edition > touched.edition AS stands_then
        )
    GROUP BY ALL
),
-- The newest tick of each list before and with an edition.
lists AS MATERIALIZED (
    SELECT
        moving.match_id,
        moving.company_id,
        moving.market,
        moving.edition,
        greatest(resting.place, told_place) AS told_place,
        CASE WHEN told_place > coalesce(resting.place, 0) THEN told_price ELSE resting.price END AS told_price,
        greatest(resting.place, newest_place) AS newest_place,
        CASE WHEN newest_place > coalesce(resting.place, 0) THEN newest_price ELSE resting.price END AS newest_price
    FROM moving
    LEFT JOIN resting USING (match_id, company_id, market)
),
changes AS (
    SELECT
        coalesce(new.came, old.went) AS edition,
        coalesce(new.place, old.place) AS place,
        CASE WHEN old.place IS NULL THEN 'new' WHEN new.place IS NULL THEN 'withdrawn' ELSE 'corrected' END AS change,
        CASE WHEN new.place IS NULL THEN old.replaced_at ELSE new.seen_at END AS known_at,
        CASE WHEN new.place IS NULL THEN old ELSE new END AS tick,
        CASE WHEN old.place IS NOT NULL AND new.place IS NOT NULL THEN price_of(old) END AS corrected
    FROM (FROM moved_ticks WHERE came IS NOT NULL) AS new
    FULL JOIN (FROM moved_ticks WHERE went IS NOT NULL) AS old
        ON new.match_id = old.match_id
        AND new.company_id = old.company_id
        AND new.market = old.market
        AND new.place = old.place
        AND new.came = old.went
    WHERE new.place IS NULL OR old.place IS NULL OR price_of(new) IS DISTINCT FROM price_of(old)
),
judged AS (
    SELECT
        changes.*,
        coalesce(changes.place >= told_place, FALSE) OR coalesce(changes.place = newest_place, FALSE) AS is_present,
        told_price,
        newest_price
    FROM changes
    JOIN lists
        ON lists.match_id = tick.match_id
        AND lists.company_id = tick.company_id
        AND lists.market = tick.market
        AND lists.edition = changes.edition
)
SELECT
    edition,
    CAST(row_number() OVER (
        PARTITION BY edition
        ORDER BY NOT is_present, tick.match_id, tick.company_id, tick.market, place
    ) AS INTEGER) AS number,
    CASE WHEN is_present THEN 'price' ELSE 'past_price' END AS kind,
    change,
    known_at,
    tick,
    CASE
        WHEN change = 'corrected' THEN corrected
        WHEN change = 'new' AND is_present THEN coalesce(
            lag(CASE WHEN change <> 'withdrawn' THEN price_of(tick) END) OVER (
                PARTITION BY tick.match_id, tick.company_id, tick.market, edition, is_present ORDER BY place
            ),
            told_price
        )
    END AS before,
    CASE WHEN change = 'withdrawn' AND is_present THEN newest_price END AS stands
FROM judged
