"""What a run does to its list, and when the next one comes. Pure: no I/O, no clock, no randomness."""
