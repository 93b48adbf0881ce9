"""The HTTP API: a user's Trakt account, the logins to it, and how their lists are on it."""
