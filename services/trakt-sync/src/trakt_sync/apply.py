"""Carrying out a planned write: one call to Trakt, and the step that follows from its answer."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from trakt_sync import item_outcomes, outcomes, steps
from trakt_sync.accounts import Permit
from trakt_sync.mirror import Job
from trakt_sync.plan import (
    AddItems,
    CreateList,
    DeleteList,
    RemoveItems,
    ReorderItems,
    UpdateList,
    Write,
)
from trakt_sync.steps import Policy, Step
from trakt_sync.trakt import Trakt


async def apply(
    trakt: Trakt, permit: Permit, job: Job, action: Write, *, now: Callable[[], datetime], policy: Policy
) -> Step:
    """Send the write and return what its answer means.

    Raises:
        LeaseLostError: it was not sent, for the permit had run out.
        TraktError: it failed, or its answer was lost.
    """
    match action:
        case CreateList(details):
            remote = await trakt.create_list(permit, details)
            return outcomes.created(job, remote, is_adopted=False, now=now(), policy=policy)
        case UpdateList(changes):
            await trakt.update_list(permit, list_id_of(job), changes)
            return outcomes.updated(job, action, now(), policy)
        case AddItems(titles):
            answer = await trakt.add_items(permit, list_id_of(job), titles)
            return item_outcomes.added(job, action, answer, now(), policy)
        case RemoveItems(entries):
            answer = await trakt.remove_items(permit, list_id_of(job), [entry.title for entry in entries])
            return item_outcomes.removed(job, action, answer, now(), policy)
        case ReorderItems(order):
            places = [job.entries[place].place_id for place in item_outcomes.places_of(job.entries, order)]
            place_ids = [place for place in places if place is not None]
            skipped = await trakt.reorder_items(permit, list_id_of(job), place_ids)
            return item_outcomes.reordered(job, action, skipped, now(), policy)
        case DeleteList():
            await trakt.delete_list(permit, list_id_of(job))
            return steps.deleted(job)
        case _:
            assert_never(action)


def list_id_of(job: Job) -> int:
    """Return the list's Trakt list."""
    if job.progress.trakt_list_id is None:
        raise AssertionError("planned only for a list that is on Trakt")
    return job.progress.trakt_list_id
