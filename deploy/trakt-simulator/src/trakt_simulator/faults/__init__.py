"""Faults on demand: what they do, and which requests they meet."""
