"""TheSports' live football as tables, renewed every 60 seconds by Dagster. Nothing is wired here."""
