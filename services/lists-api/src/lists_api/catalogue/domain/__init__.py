"""Titles of the catalogue and filters over them. Pure: no I/O, no clock, no randomness."""
