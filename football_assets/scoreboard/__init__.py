"""The scoreboard: a web page that reads the published database and the cycles' reports.
Knows nothing of Dagster or the API."""
