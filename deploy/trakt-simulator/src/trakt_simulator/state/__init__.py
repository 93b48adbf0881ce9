"""What the simulated Trakt holds: accounts, lists, tokens, limits, the request log."""
