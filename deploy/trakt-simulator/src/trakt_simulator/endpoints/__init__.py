"""Trakt's endpoints, a module per section of its API; `table.py` puts them on one screen."""
