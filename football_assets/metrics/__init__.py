"""Prometheus metrics: what there is (`catalogue`), kept (`state`), written (`record`), shown (`exposition`).

The whole package but `exposition` is free of prometheus_client, so that a cycle imports it only at its end.
"""
