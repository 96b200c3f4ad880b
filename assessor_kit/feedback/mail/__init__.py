"""What is sent to members, how it is sent, and what comes back."""
