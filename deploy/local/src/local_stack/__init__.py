"""The whole of WatchBuddy list sync on one machine, without containers."""
