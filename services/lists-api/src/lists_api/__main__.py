"""`python -m lists_api`: see `--help`."""

from chassis.process import main
from lists_api.app import COMMANDS

main("lists_api", "WatchBuddy's lists over HTTP, and their events.", COMMANDS)
