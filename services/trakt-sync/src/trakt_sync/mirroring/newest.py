"""Which of several events of the lists count: of each list the newest, and nothing after its deletion."""

from collections.abc import Iterable
from typing import TypeAlias

from watchbuddy_contracts import ListDeleted, ListState

Trace: TypeAlias = str | None
"""The trace in which an event was written, as text."""
State: TypeAlias = tuple[ListState, Trace]
Deletion: TypeAlias = tuple[ListDeleted, Trace]


def newest(events: Iterable[tuple[ListState | ListDeleted, Trace]]) -> tuple[list[State], list[Deletion]]:
    """Return the states and deletions that are left when events are recorded in their order: at most one a list.

    An event that is as old as the list's last one, or follows its deletion, adds nothing: the guards of `desired_lists`
    say the same of what is recorded already.
    """
    states: dict[int, State] = {}
    deletions: dict[int, Deletion] = {}
    for event, trace in events:
        known = states.get(event.list_id)
        if event.list_id in deletions or (known is not None and event.version <= known[0].version):
            continue
        states.pop(event.list_id, None)
        if isinstance(event, ListDeleted):
            deletions[event.list_id] = (event, trace)
        else:
            states[event.list_id] = (event, trace)
    return list(states.values()), list(deletions.values())
