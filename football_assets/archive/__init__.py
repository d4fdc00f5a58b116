"""Days of the past that the API still has, read beside the cycles into an inbox that the cycles empty."""
