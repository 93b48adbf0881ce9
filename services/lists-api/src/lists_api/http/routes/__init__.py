"""The HTTP routes: parse, call, status code."""
