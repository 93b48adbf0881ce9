"""The commands of `python -m local_stack`, one a file."""
