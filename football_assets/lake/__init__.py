"""The lake: the published tables once more, in a DuckLake, for readers on other machines. No Dagster here.

What it lacks is told from the published file and from what the lake says it holds; there is no queue
between them. So a commit brings it from any state to that of the file, and each row is there once whatever
was killed.
"""
