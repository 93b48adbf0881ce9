"""For tests: events in one line, fakes of Trakt, and the reconciler without Kafka."""

from trakt_sync.testing.events import import_of, movies, shows, synced_by_hand, to_watch, unwanted, wanted
from trakt_sync.testing.harness import CLIENT, KEY, QUICK, Harness, harness, make_settings

__all__ = [
    "CLIENT",
    "KEY",
    "QUICK",
    "Harness",
    "harness",
    "import_of",
    "make_settings",
    "movies",
    "shows",
    "synced_by_hand",
    "to_watch",
    "unwanted",
    "wanted",
]
