"""What the steps of a run share: the API (`api.py`) and the cycle (`cycle.py`), as long as it lasts."""
