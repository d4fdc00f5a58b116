-- Ticks that the lake has and that were corrected or withdrawn since.
CREATE OR REPLACE TEMP TABLE revised AS
SELECT stored.*, {hash} AS hash
FROM published.odds_revisions AS stored
JOIN (FROM sent_parts WHERE table_name = 'odds_ticks') AS sent ON sent.part = stored.match_id
WHERE stored.replaced_at > TIMESTAMPTZ {since} AND stored.seen_at <= sent.newest
