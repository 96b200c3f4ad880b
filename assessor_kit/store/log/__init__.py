"""Keep the judgement log and the other records of who did what; none is ever changed."""
