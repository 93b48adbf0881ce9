"""Carrying out a planned action: one request to Trakt, or the pages of one reading, and what the response means."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final, assert_never

from pydantic import SecretStr

from chassis.clock import Clock
from trakt_sync.errors import ListGoneError, TraktUnavailableError
from trakt_sync.mirroring import item_responses, list_responses, readings
from trakt_sync.mirroring.actions import (
    AddItems,
    CheckList,
    CreateList,
    DeleteList,
    DeleteTwin,
    FindList,
    LeaveWatchlist,
    OpenWatchlist,
    Read,
    RemoveItems,
    ReorderItems,
    UpdateList,
    Write,
)
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.mirroring.write_ahead import proved
from trakt_sync.trakt.api import Trakt, WriteLease
from watchbuddy_contracts import Title

Owned = Callable[[Iterable[int]], Awaitable[set[int]]]
"""Returns those of the Trakt lists that are, or were, the mirror of a list."""
MISCOUNTED: Final = "Trakt answered with fewer or more entries than it counts"


async def read(
    trakt: Trakt,
    token: SecretStr,
    job: Job,
    action: Read,
    *,
    owned: Owned,
    now: Clock,
    policy: Policy,
    jitter: Callable[[], float],
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
    if isinstance(action, CheckList):
        return await check_list(trakt, token, job, now=now, policy=policy, jitter=jitter)
    if isinstance(action, LeaveWatchlist):
        return list_responses.deleted(job)
    if isinstance(action, OpenWatchlist):
        shown = await trakt.read_items(token, WATCHLIST)
        if not shown.is_complete:
            raise TraktUnavailableError(MISCOUNTED)
        return readings.opened(job, shown, began_at)
    staleness = job.progress.staleness
    read_after = None if staleness is None else staleness.read_after
    if not action.is_for_ids and read_after is not None and began_at < read_after:
        return Change(job.progress)  # Trakt's answers may still be old
    items = await trakt.read_items(token, job.trakt_list_id)
    watched: tuple[Title, ...] = ()
    if readings.asks_for_watched(job, items):
        found, is_complete = await trakt.read_watched(token)
        if not is_complete:
            raise TraktUnavailableError(MISCOUNTED)
        watched = tuple(one.title for one in found)
    return readings.read(job, items, began_at, policy, watched=watched)


async def check_list(
    trakt: Trakt, token: SecretStr, job: Job, *, now: Clock, policy: Policy, jitter: Callable[[], float]
) -> Change:
    """Look for a list of which Trakt said that it is not there: by its number, then among the account's lists.

    Raises:
        TraktError: a request failed.
    """
    began_at = now()
    try:
        return list_responses.there(job, await trakt.show_list(token, job.trakt_list_number), began_at, policy)
    except ListGoneError:
        lists = await trakt.read_lists(token)
    return list_responses.missed(job, lists, began_at, policy, jitter=jitter())


async def write(  # noqa: PLR0911 - one a kind of write
    trakt: Trakt, lease: WriteLease, job: Job, action: Write, *, now: Clock, policy: Policy
) -> Change:
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
            remote = await trakt.update_list(lease, job.trakt_list_number, changes)
            return proved(list_responses.updated(job, action), now(), remote.updated_at)
        case AddItems(titles):
            response = await trakt.add_items(lease, job.trakt_list_id, titles)
            change = item_responses.added(job, action, response, now(), policy)
            return proved(change, now(), response.updated_at)
        case RemoveItems(entries):
            response = await trakt.remove_items(lease, job.trakt_list_id, [entry.title for entry in entries])
            change = item_responses.removed(job, action, response, now(), policy)
            return proved(change, now(), response.updated_at)
        case ReorderItems(order):
            positions = item_responses.positions_in(job.entries, order)
            item_ids = [
                item_id for position in positions if (item_id := job.entries[position].list_item_id) is not None
            ]
            answer = await trakt.reorder_items(lease, job.trakt_list_id, item_ids)
            change = item_responses.reordered(job, action, answer.skipped, now(), policy)
            return proved(change, now(), answer.updated_at)
        case DeleteList():
            await trakt.delete_list(lease, job.trakt_list_number)
            return list_responses.deleted(job)
        case DeleteTwin(trakt_list_id):
            with suppress(ListGoneError):
                await trakt.delete_list(lease, trakt_list_id)
            return list_responses.twin_deleted(job, action)
        case _:
            assert_never(action)
