"""Commands for what goes to and fro after judgements: notes, versions, rounds, queries."""
