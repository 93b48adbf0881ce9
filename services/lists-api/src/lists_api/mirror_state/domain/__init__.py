"""The state of mirrors and Trakt accounts. Pure: no I/O, no clock, no randomness."""
