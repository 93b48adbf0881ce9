"""The admin API under `/_admin`, and the lists page."""
