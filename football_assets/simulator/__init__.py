"""A simulated football world that speaks TheSports' protocol: a pure function of a seed and the clock."""
