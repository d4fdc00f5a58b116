"""Reading the published file, and how its contents are told to people: formatting, notices, freshness."""
