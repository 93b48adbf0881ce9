"""Which titles exist."""
