"""Read single cells: dates, durations, choices, identifiers and text as people write them."""
