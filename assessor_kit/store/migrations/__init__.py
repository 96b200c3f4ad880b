"""How a database of an earlier revision becomes one of the newest, with everything that is in it."""
