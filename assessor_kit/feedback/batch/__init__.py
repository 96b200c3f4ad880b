"""Rendering whatever is stale: the jobs, the workers, and how each document is made."""
