-- What is followed, from the tables: they hold all that is new.
CREATE OR REPLACE TEMP VIEW followed_editions AS FROM editions;
CREATE OR REPLACE TEMP VIEW followed_spells AS FROM live_spells;
CREATE OR REPLACE TEMP VIEW followed_states AS FROM live_match_changes;
CREATE OR REPLACE TEMP VIEW followed_incidents AS FROM match_incident_changes;
CREATE OR REPLACE TEMP VIEW followed_ticks AS
SELECT *, NULL::TIMESTAMPTZ AS replaced_at FROM odds_ticks
UNION ALL BY NAME
FROM odds_revisions
UNION ALL BY NAME
FROM aged_odds_ticks
