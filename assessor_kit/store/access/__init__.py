"""Establish who somebody is, and what they may see and do."""
