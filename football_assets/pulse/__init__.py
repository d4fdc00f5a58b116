"""Pulses: between the cycles the live list and the prices are renewed and published every few seconds, by the
same steps, in a process of their own."""
