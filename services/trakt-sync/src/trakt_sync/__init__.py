"""Mirrors WatchBuddy lists to Trakt."""
