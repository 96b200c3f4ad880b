"""Serve members' rights: erasure, access to what is held, and limits on how long."""
