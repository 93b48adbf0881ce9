"""The decisions of mirroring. Pure: no I/O, no clock, no randomness."""
