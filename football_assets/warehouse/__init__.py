"""DuckDB: the tables, the pipeline's own warehouse, and the published database. Knows nothing of the API."""
