-- What is followed, from the tables and the history's files.
CREATE OR REPLACE TEMP VIEW followed_editions AS FROM edition_history;
CREATE OR REPLACE TEMP VIEW followed_spells AS FROM live_spell_history;
CREATE OR REPLACE TEMP VIEW followed_states AS FROM live_match_history;
CREATE OR REPLACE TEMP VIEW followed_incidents AS FROM match_incident_history;
CREATE OR REPLACE TEMP VIEW followed_ticks AS FROM odds_history
