"""Logging in and out at Trakt: what the routes call, and the polling that goes on by itself."""
