"""A user's taste. Pure: no I/O, no clock, no randomness."""
