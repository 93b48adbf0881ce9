"""The commands of `python -m trakt_sync`, one file a command."""
