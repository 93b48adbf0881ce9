"""How each list stands on Trakt, as trakt-sync reports it."""
