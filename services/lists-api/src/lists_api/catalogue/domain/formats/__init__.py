"""The formats of catalogue files: from lines of text to rows. Pure: no I/O, no clock, no randomness."""
