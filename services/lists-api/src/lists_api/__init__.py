"""WatchBuddy's lists over HTTP, and their events."""
