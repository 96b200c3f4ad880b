"""Where a moderator settles what two assessors judged, and staff answer what assessors raise."""
