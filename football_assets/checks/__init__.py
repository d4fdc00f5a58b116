"""Asset checks: whether a cycle was quick enough, and whether what it published can be relied on."""
