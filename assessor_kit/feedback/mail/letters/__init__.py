"""The letters: their kinds, the templates that staff edit, and what fills them in."""
