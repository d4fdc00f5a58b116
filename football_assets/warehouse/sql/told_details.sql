-- Details that were told of live matches, of matches in the record, and of fixtures that the diary names.
CREATE OR REPLACE TEMP TABLE told_details AS
SELECT *
FROM all_details
QUALIFY row_number() OVER (PARTITION BY match_id ORDER BY updated_at DESC NULLS LAST) = 1
