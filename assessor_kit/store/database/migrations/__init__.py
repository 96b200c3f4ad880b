"""Upgrade a database of an earlier revision to the newest, keeping everything in it."""
