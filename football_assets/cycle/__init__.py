"""A cycle: its one measurement, its report, and the lock that keeps cycles from overlapping."""
