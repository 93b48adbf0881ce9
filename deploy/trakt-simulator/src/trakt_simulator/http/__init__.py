"""Requests, responses and routes of the Trakt API."""
