"""Commands about what assessors judged."""
