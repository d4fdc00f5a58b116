-- The goals that a price is made at: those after 120 minutes where the match is in overtime or a shoot-out and they
-- are told, else those of regular time.
CREATE OR REPLACE MACRO present_goals(status_id, regular, overtime, overtime_of_the_other) AS CASE
    WHEN is_in_extra_time(status_id) AND (coalesce(overtime, 0) <> 0 OR coalesce(overtime_of_the_other, 0) <> 0)
        THEN overtime
    ELSE regular
END;

-- Whether all three prices of a tick could be paid: decimal odds above 1, Hong Kong odds above 0.
CREATE OR REPLACE MACRO is_priced(market, home_or_over, draw_or_line, away_or_under) AS coalesce(CASE
    WHEN market = 'money_line' THEN home_or_over > 1 AND draw_or_line > 1 AND away_or_under > 1
    ELSE home_or_over > 0 AND away_or_under > 0
END, FALSE);

-- Whether the newest tick of a match, bookmaker and market is a price that can be taken. This is the one rule of
-- live prices: the flattened table, the views, the page, the terminal and the checks show its result.
CREATE OR REPLACE MACRO is_live_price(match_status_id, market, suspended, is_priced, made_in_play, same_score) AS (
    NOT has_ended(match_status_id)
    AND NOT coalesce(suspended, TRUE)
    AND is_priced
    AND (NOT is_in_play(match_status_id) OR (made_in_play AND (market = 'corners' OR coalesce(same_score, FALSE))))
);

-- Decimal odds of any market's price: Hong Kong odds are the profit of a stake of 1.
CREATE OR REPLACE MACRO decimal_odds(market, price) AS CASE
    WHEN market = 'money_line' AND price > 1 THEN price
    WHEN market <> 'money_line' AND price > 0 THEN price + 1
END;
