"""Back up and restore the store, and check its health."""
