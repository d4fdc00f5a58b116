"""The live scoreboard: a Streamlit app that reads only the published database.
Knows nothing of Dagster or the API."""
