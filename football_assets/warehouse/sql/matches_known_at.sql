-- The rows of flattened_matches as the newest edition not later than a moment told them; names are today's.
CREATE OR REPLACE MACRO matches_known_at(moment) AS TABLE
WITH edition AS MATERIALIZED (
    SELECT published_at, fetched_at, bookmakers AS preferred
    FROM edition_history
    WHERE published_at <= moment
    ORDER BY published_at DESC
    LIMIT 1
),
present AS MATERIALIZED (
    SELECT spell.match_id
    FROM live_spell_history AS spell, edition
    WHERE spell.seen_at <= edition.published_at
      AND (spell.replaced_at IS NULL OR spell.replaced_at > edition.published_at)
),
live_matches AS (
    SELECT
        history.* EXCLUDE (seen_at, replaced_at, observed_at, kickoff_day),
        minute_of_play(history.status_id, history.period_started_at, edition.fetched_at) AS minute,
        NULL AS note,
        edition.fetched_at,
        NULL AS data_source
    FROM live_match_history AS history, edition
    WHERE history.match_id IN (SELECT match_id FROM present)
      AND history.seen_at <= edition.published_at
      AND (history.replaced_at IS NULL OR history.replaced_at > edition.published_at)
),
match_details AS (
    SELECT history.* EXCLUDE (seen_at, replaced_at, kickoff_day)
    FROM match_detail_history AS history, edition
    WHERE history.match_id IN (SELECT match_id FROM present)
      AND history.seen_at <= edition.published_at
      AND (history.replaced_at IS NULL OR history.replaced_at > edition.published_at)
),
newest_ticks AS (
    SELECT unnest(tick)
    FROM (
        SELECT arg_max(history, (history.tick_at, history.sequence)) AS tick
        FROM odds_history AS history, edition
        WHERE history.match_id IN (SELECT match_id FROM present)
          AND history.seen_at <= edition.published_at
          AND (history.replaced_at IS NULL OR history.replaced_at > edition.published_at)
        GROUP BY history.match_id, history.company_id, history.market
    )
),
row_sources AS (
    SELECT history.match_id, history.data_source
    FROM row_source_history AS history, edition
    WHERE history.match_id IN (SELECT match_id FROM present)
      AND history.seen_at <= edition.published_at
      AND (history.replaced_at IS NULL OR history.replaced_at > edition.published_at)
),
bookmakers AS (
    SELECT unnest(preferred) AS company_id, generate_subscripts(preferred, 1) AS preference
    FROM edition
),
editions AS (SELECT published_at FROM edition),
current_prices AS ({current_prices}),
flattened AS ({flattened_matches})
SELECT {columns}
FROM flattened
