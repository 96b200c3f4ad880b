"""Commands for letters and for the outbox that they wait in."""
