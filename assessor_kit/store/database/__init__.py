"""Connect to the database: its schema and revisions, and whose turn it is to write."""
