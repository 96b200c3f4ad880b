"""Decide what an assessor may read: masked copies, earlier advice, and peer position."""
