-- What a tick tells.
CREATE OR REPLACE TEMP MACRO price_of(tick) AS {
    tick_at: tick.tick_at,
    minute: tick.minute,
    home_or_over: tick.home_or_over,
    draw_or_line: tick.draw_or_line,
    away_or_under: tick.away_or_under,
    status_id: tick.status_id,
    suspended: tick.suspended,
    home_score: tick.home_score,
    away_score: tick.away_score
}
