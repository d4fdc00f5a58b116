"""TheSports' football API: client, errors, quotas, codes, parsing. Knows nothing of Dagster or DuckDB."""
