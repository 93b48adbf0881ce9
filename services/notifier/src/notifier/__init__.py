"""Turns events into messages for users."""
