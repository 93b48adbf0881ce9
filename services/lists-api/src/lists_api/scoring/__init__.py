"""Scoring and ranking of candidates. Pure: no I/O, no clock, no randomness."""
