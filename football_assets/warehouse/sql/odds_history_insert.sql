INSERT INTO odds_ticks BY NAME
SELECT *
FROM incoming_ticks
SEMI JOIN differing_seconds USING (match_id, company_id, market, tick_at)
