"""Lists: what can be done with them."""
