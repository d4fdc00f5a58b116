-- What a bet comes to. Goals are whole numbers: those of regular time with its injury time (neither extra time nor
-- shoot-outs), or corners in the market of corners. Outcomes: 'win', 'half_win', 'push', 'half_loss', 'loss'; a bet
-- that is called off is 'void', which the caller knows and no score tells.
-- Rules: https://en.wikipedia.org/wiki/Asian_handicap ; with examples: docs/odds.md.

-- Takes by how many goals a bet is ahead of its line (negative: behind) and gives its outcome, NULL if it is NULL or
-- not finite. A line of .25 or .75 is two bets of half the stake, on the lines 0.25 below and above: at +0.25 one of
-- them is won and the other is a push, at -0.25 one is lost. As goals are whole, only such a line gives +-0.25; a line
-- that is no multiple of 0.25 is won or lost by plain comparison.
CREATE OR REPLACE MACRO outcome_of_margin(margin) AS CASE
    WHEN NOT isfinite(CAST(margin AS DOUBLE)) THEN NULL
    WHEN margin = 0.25 THEN 'half_win'
    WHEN margin = -0.25 THEN 'half_loss'
    WHEN margin > 0 THEN 'win'
    WHEN margin < 0 THEN 'loss'
    WHEN margin = 0 THEN 'push'
END;

-- Takes a handicap line in the API's sign (positive: home gives, so home's handicap is -line), the goals at the end
-- and side 'home' or 'away'. Gives the outcome: home's margin is home_goals - away_goals - line, away's is minus that.
-- NULL if an input is NULL or not finite, or for another side.
-- An in-play handicap counts from the score at the bet: give that score as `home_score` and `away_score` (in
-- odds_ticks the columns of these names). Without them the bet counts from 0-0, as before kick-off.
--     settle_spread(-0.25, 2, 1, 'home', home_score := 2, away_score := 0) -> 'loss': 0-1 since the bet
CREATE OR REPLACE MACRO settle_spread(line, home_goals, away_goals, side, home_score := 0, away_score := 0) AS
    outcome_of_margin(
        CASE side WHEN 'home' THEN 1 WHEN 'away' THEN -1 END * (
            (CAST(home_goals AS DOUBLE) - CAST(home_score AS DOUBLE))
            - (CAST(away_goals AS DOUBLE) - CAST(away_score AS DOUBLE))
            - CAST(line AS DOUBLE)
        )
    );

-- Takes a line of goals (or corners), their total at the end and side 'over' or 'under'. Gives the outcome: over's
-- margin is goals_total - line, under's is minus that. NULL if an input is NULL or not finite, or for another side.
-- In play too, the total is that of the whole match: what was scored before the bet counts.
CREATE OR REPLACE MACRO settle_over_under(line, goals_total, side) AS
    outcome_of_margin(
        CASE side WHEN 'over' THEN 1 WHEN 'under' THEN -1 END * (CAST(goals_total AS DOUBLE) - CAST(line AS DOUBLE))
    );

-- Takes the goals at the end and side 'home', 'draw' or 'away'. Gives 'win' or 'loss': whether the match ended so.
-- NULL if an input is NULL or not finite, or for another side. In play too, it is the whole match that counts.
CREATE OR REPLACE MACRO settle_money_line(home_goals, away_goals, side) AS CASE
    WHEN isfinite(CAST(home_goals AS DOUBLE) - CAST(away_goals AS DOUBLE)) AND side IN ('home', 'draw', 'away') THEN
        CASE side
            WHEN CASE
                WHEN home_goals > away_goals THEN 'home'
                WHEN home_goals < away_goals THEN 'away'
                ELSE 'draw'
            END THEN 'win'
            ELSE 'loss'
        END
END;

-- Takes an outcome (those above, or 'void') and Hong Kong odds (of decimal ones: hong_kong_from_decimal(d)). Gives the
-- profit for a stake of 1: win h, half_win h / 2, push and void 0, half_loss -0.5, loss -1. NULL for another outcome,
-- and without a valid price (finite, above 0): there was no bet. A loss counted and a win left out would be a bias.
CREATE OR REPLACE MACRO settled_profit(outcome, price_hong_kong) AS CASE
    WHEN isfinite(CAST(price_hong_kong AS DOUBLE)) AND price_hong_kong > 0 THEN
        CASE outcome
            WHEN 'win' THEN CAST(price_hong_kong AS DOUBLE)
            WHEN 'half_win' THEN CAST(price_hong_kong AS DOUBLE) / 2
            WHEN 'push' THEN 0
            WHEN 'void' THEN 0
            WHEN 'half_loss' THEN -0.5
            WHEN 'loss' THEN -1
        END
END;
