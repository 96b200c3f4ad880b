"""Who is written to, when and about what; what is counted of it, and what waits for staff."""
