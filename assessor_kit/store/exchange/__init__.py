"""Make and read the files that travel to an assessor's laptop and back."""
