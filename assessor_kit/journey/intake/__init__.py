"""Import files: each whole or not at all, each only once, with every problem named."""
