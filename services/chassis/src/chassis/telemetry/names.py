"""The names of our own spans' attributes and metrics, each declared here before it is used.

All other names are of OpenTelemetry's semantic conventions. An attribute with an id never labels a metric.
"""

from typing import Final

LIST_ID: Final = "watchbuddy.list.id"
LIST_VERSION: Final = "watchbuddy.list.version"
EVENT_TYPE: Final = "watchbuddy.event.type"
PROCESS_ROLE: Final = "watchbuddy.process.role"
"""Of the resource: the command that the process runs, e.g. "relay". The conventions have no name for it."""

DEAD_LETTERS: Final = "watchbuddy.dead_letters"
UNKNOWN_EVENTS: Final = "watchbuddy.events.unknown"
OUTBOX_DELAY: Final = "watchbuddy.outbox.delay"
"""Seconds from an event's cause to the broker's answer."""
