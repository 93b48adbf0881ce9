"""The Trakt API, one file for each kind of thing."""
