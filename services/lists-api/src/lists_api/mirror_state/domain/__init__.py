"""What trakt-sync's words mean. Pure: no I/O, no clock, no randomness."""
