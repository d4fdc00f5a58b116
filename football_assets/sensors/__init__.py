"""The sensors: thin shells over decisions that are tested without Dagster."""
