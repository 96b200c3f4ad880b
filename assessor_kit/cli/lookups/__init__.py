"""What a command looks up first: who is meant, what there is, and what is missing."""
