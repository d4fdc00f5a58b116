"""Removal of what is old: Dagster's runs, ticks and empty space, reports, logs, history."""
