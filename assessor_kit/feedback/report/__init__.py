"""What a report says: blocks of safe HTML for a member, everybody and the board."""
