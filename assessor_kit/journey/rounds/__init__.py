"""What goes to and fro after a judgement: notes, newer versions, a little more, queries."""
