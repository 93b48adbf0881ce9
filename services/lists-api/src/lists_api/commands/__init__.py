"""The commands of `python -m lists_api` that do more than run a process, one file a command."""
