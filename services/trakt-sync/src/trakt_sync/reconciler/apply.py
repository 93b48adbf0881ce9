"""Carrying out a planned action: one request to Trakt, or the pages of one reading, and what the response means."""

from collections.abc import Awaitable, Callable, Iterable
from typing import assert_never

from pydantic import SecretStr

from chassis.clock import Clock
from trakt_sync.mirroring import item_responses, list_responses, readings
from trakt_sync.mirroring.actions import (
    AddItems,
    CreateList,
    DeleteList,
    FindList,
    Read,
    RemoveItems,
    ReorderItems,
    UpdateList,
    Write,
)
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.policy import Policy
from trakt_sync.trakt.api import Trakt, WriteLease

Owned = Callable[[Iterable[int]], Awaitable[set[int]]]
"""Returns those of the Trakt lists that are, or were, the mirror of a list."""


async def read(
    trakt: Trakt,
    token: SecretStr,
    job: Job,
    action: Read,
    *,
    owned: Owned,
    now: Clock,
    policy: Policy,
) -> Change:
    """Read what the action asks for and return what it means.

    Raises:
        TraktError: it failed.
    """
    began_at = now()
    if isinstance(action, FindList):
        lists = await trakt.read_lists(token)
        taken = await owned(one.trakt_list_id for one in lists.lists)
        return list_responses.found(job, lists, taken, began_at, policy)
    staleness = job.progress.staleness
    read_after = None if staleness is None else staleness.read_after
    if not action.is_for_ids and read_after is not None and began_at < read_after:
        return Change(job.progress)  # Trakt's answers may still be old
    items = await trakt.read_items(token, job.trakt_list_id)
    return readings.read(job, action, items, now(), policy)


async def write(trakt: Trakt, lease: WriteLease, job: Job, action: Write, *, now: Clock, policy: Policy) -> Change:
    """Send the write and return what its response means.

    Raises:
        LeaseLostError: it was not sent, for the lease had run out.
        TraktError: it failed, or its response was lost.
    """
    match action:
        case CreateList(details):
            remote = await trakt.create_list(lease, details)
            return list_responses.created(job, remote, now=now(), policy=policy)
        case UpdateList(changes):
            await trakt.update_list(lease, job.trakt_list_id, changes)
            return list_responses.updated(job, action)
        case AddItems(titles):
            response = await trakt.add_items(lease, job.trakt_list_id, titles)
            return item_responses.added(job, action, response, now(), policy)
        case RemoveItems(entries):
            response = await trakt.remove_items(lease, job.trakt_list_id, [entry.title for entry in entries])
            return item_responses.removed(job, action, response, now(), policy)
        case ReorderItems(order):
            positions = item_responses.positions_in(job.entries, order)
            item_ids = [
                item_id for position in positions if (item_id := job.entries[position].list_item_id) is not None
            ]
            skipped = await trakt.reorder_items(lease, job.trakt_list_id, item_ids)
            return item_responses.reordered(job, action, skipped, now(), policy)
        case DeleteList():
            await trakt.delete_list(lease, job.trakt_list_id)
            return list_responses.deleted(job)
        case _:
            assert_never(action)
