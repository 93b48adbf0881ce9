"""How a WatchBuddy process runs. No word of lists, Trakt or messages in here."""
