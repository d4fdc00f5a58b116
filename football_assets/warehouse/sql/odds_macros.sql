-- Whether two ticks of one bookmaker, market and second tell the same.
CREATE OR REPLACE MACRO same_tick(one, other) AS (
    one.home_or_over IS NOT DISTINCT FROM other.home_or_over
    AND one.draw_or_line IS NOT DISTINCT FROM other.draw_or_line
    AND one.away_or_under IS NOT DISTINCT FROM other.away_or_under
    AND one.status_id IS NOT DISTINCT FROM other.status_id
    AND one.suspended IS NOT DISTINCT FROM other.suspended
    AND one.home_score IS NOT DISTINCT FROM other.home_score
    AND one.away_score IS NOT DISTINCT FROM other.away_score
    AND one.minute IS NOT DISTINCT FROM other.minute
)
