"""TheSports' football API: client, errors, quotas, parsing. Knows nothing of Dagster or DuckDB."""
