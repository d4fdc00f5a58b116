"""Alerts: told when a cycle fails, a check turns critical or the data goes stale, and when it is over."""
