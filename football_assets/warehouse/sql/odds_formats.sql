-- Odds in six formats. h is the profit for each unit staked (Hong Kong odds), d = h + 1 the decimal odds.
-- Each macro takes one price, a number of any type, and gives one. It is NULL for what is not a valid price of its
-- format (NULL, NaN, infinity and what its comment names), and where the result would be too near to decimal 1, or
-- too large, for its type. All but the two American ones give a DOUBLE and round nothing.
-- Formulas: https://en.wikipedia.org/wiki/Fixed-odds_betting ; in words and with examples: docs/odds.md.

-- Takes decimal odds (the return for each unit staked, the stake included) and gives them if they are valid:
-- finite and above 1. Every other macro that gives or takes decimal odds lets them through here.
CREATE OR REPLACE MACRO valid_decimal(d) AS
    CASE WHEN isfinite(CAST(d AS DOUBLE)) AND CAST(d AS DOUBLE) > 1 THEN CAST(d AS DOUBLE) END;

-- Takes Hong Kong odds (above 0), gives decimal odds: d = h + 1. 0.95 -> 1.95.
CREATE OR REPLACE MACRO decimal_from_hong_kong(h) AS valid_decimal(CAST(h AS DOUBLE) + 1);

-- Takes decimal odds (above 1), gives Hong Kong odds: h = d - 1. 1.95 -> 0.95.
CREATE OR REPLACE MACRO hong_kong_from_decimal(d) AS valid_decimal(d) - 1;

-- Takes decimal odds (above 1), gives American odds as an INTEGER (the profit on 100, or minus the stake that wins
-- 100): (d - 1) * 100 if d >= 2, else -100 / (d - 1), rounded half away from zero. 2.5 -> 150, 1.5 -> -200.
CREATE OR REPLACE MACRO american_from_decimal(d) AS try_cast(CASE
    WHEN d <= 1 THEN NULL
    WHEN d >= 2 THEN round((d - 1) * 100)
    ELSE round(-100 / (d - 1))
END AS INTEGER);

-- Takes Hong Kong odds (above 0), gives American odds as an INTEGER: h * 100 if h >= 1, else -100 / h, rounded half
-- away from zero. 1.5 -> 150, 0.5 -> -200. Not by way of decimal odds: 0.32 is -312.5, so -313, but 1.32 - 1 in
-- DOUBLE gives -312.
CREATE OR REPLACE MACRO american_from_hong_kong(h) AS try_cast(CASE
    WHEN h <= 0 THEN NULL
    WHEN h >= 1 THEN round(h * 100)
    ELSE round(-100 / h)
END AS INTEGER);

-- Takes American odds (at least 100, or at most -100), gives decimal odds: 1 + a / 100 if a >= 100, else 1 - 100 / a.
-- 150 -> 2.5, -200 -> 1.5.
CREATE OR REPLACE MACRO decimal_from_american(a) AS valid_decimal(CASE
    WHEN a >= 100 THEN 1 + CAST(a AS DOUBLE) / 100
    WHEN a <= -100 THEN 1 - 100 / CAST(a AS DOUBLE)
END);

-- Takes decimal odds (above 1), gives Malay odds, in [-1, 1] without 0: h if h <= 1, else -1 / h. 1.8 -> 0.8, 3 -> -0.5.
-- Even money is 1; -1 means the same and is only read.
CREATE OR REPLACE MACRO malay_from_decimal(d) AS CASE
    WHEN valid_decimal(d) <= 2 THEN valid_decimal(d) - 1
    ELSE -1 / (valid_decimal(d) - 1)
END;

-- Takes Malay odds (in [-1, 1] without 0), gives decimal odds: 1 + m if m > 0, else 1 - 1 / m. 0.8 -> 1.8, -0.5 -> 3.
CREATE OR REPLACE MACRO decimal_from_malay(m) AS valid_decimal(CASE
    WHEN m > 0 AND m <= 1 THEN 1 + CAST(m AS DOUBLE)
    WHEN m < 0 AND m >= -1 THEN 1 - 1 / CAST(m AS DOUBLE)
END);

-- Takes decimal odds (above 1), gives Indonesian odds (American odds / 100, unrounded): h if h >= 1, else -1 / h.
-- 2.5 -> 1.5, 1.5 -> -2. Even money is 1; -1 means the same and is only read.
CREATE OR REPLACE MACRO indonesian_from_decimal(d) AS CASE
    WHEN valid_decimal(d) >= 2 THEN valid_decimal(d) - 1
    ELSE -1 / (valid_decimal(d) - 1)
END;

-- Takes Indonesian odds (at least 1, or at most -1), gives decimal odds: 1 + i if i >= 1, else 1 - 1 / i.
-- 1.5 -> 2.5, -2 -> 1.5.
CREATE OR REPLACE MACRO decimal_from_indonesian(i) AS valid_decimal(CASE
    WHEN i >= 1 THEN 1 + CAST(i AS DOUBLE)
    WHEN i <= -1 THEN 1 - 1 / CAST(i AS DOUBLE)
END);

-- Takes decimal odds (above 1), gives the implied probability, the bookmaker's margin included: 1 / d. 1.25 -> 0.8.
CREATE OR REPLACE MACRO probability_from_decimal(d) AS 1 / valid_decimal(d);

-- Takes a probability (above 0 and below 1), gives the decimal odds without a margin: 1 / p. 0.8 -> 1.25.
CREATE OR REPLACE MACRO decimal_from_probability(p) AS
    valid_decimal(CASE WHEN p > 0 AND p < 1 THEN 1 / CAST(p AS DOUBLE) END);
