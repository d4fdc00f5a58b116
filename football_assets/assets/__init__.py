"""The asset graph, in the order of the data: `live.py`, `enrichment.py`, `flattened.py`, `published.py`."""
