"""Everything about a year's draws: the frame, commitments, draws, their checks and reserves."""
