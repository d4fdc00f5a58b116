"""What to ask the API in a cycle, and in which order. Knows neither Dagster nor DuckDB."""
