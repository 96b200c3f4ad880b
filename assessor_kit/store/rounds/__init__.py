"""What goes to and fro once a return is judged: notes, rounds, newer versions, queries."""
