"""What a reading of Trakt means: the items of a list or of the watchlist, and the account's limits after a refusal."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from trakt_sync.mirroring.actions import AddItems
from trakt_sync.mirroring.events import drift_found
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.ledger import SET_ASIDE, Entry, EntryState, LedgerChange, mirrored, set_aside
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Limit, Staleness, TraktList
from trakt_sync.mirroring.recognition import Recognition, recognise
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.mirroring.remote import AccountLimits, RemoteItems
from trakt_sync.mirroring.write_ahead import unconfirmed
from watchbuddy_contracts import Title, TitleKey, keys_of, to_items

MIN_DOUBTED: Final = 10
"""Titles that are missing at once, and are more than half of a list, are put back whatever its owner wants."""


def opened(job: Job, remote: RemoteItems, now: datetime) -> Change:
    """Return the change after the watchlist was read, whole. What is on it is its user's own."""
    trakt_list = TraktList(WATCHLIST, made_at=now, foreign_count=remote.foreign_count, proved_at=now)
    drift = replace(job.progress.drift, is_detached=False, left_version=None, is_taken_down=False)
    progress = replace(job.progress, trakt_list=trakt_list, limit=None, drift=drift)
    entries = tuple(entry._replace(is_by_others=True) for entry in remote.entries)
    return Change(progress, LedgerChange(replace=entries))


def asks_for_watched(job: Job, remote: RemoteItems) -> bool:
    """Return whether what a reading means depends on what the user watched: Trakt takes that off the watchlist."""
    is_put_back = job.is_on_watchlist and job.desired.is_present and job.desired.policies.when_removed == "restore"
    return is_put_back and remote.is_complete and bool(_gone(job, _seen(job, remote)))


def read(job: Job, remote: RemoteItems, now: datetime, policy: Policy, *, watched: Collection[Title] = ()) -> Change:
    """Return the change after the Trakt list's items were read.

    A reading that may be older than our last write is the truth only when it shows just what we know to be there. Else
    it tells ids of the entries that it shows, and the items are read again when no reading can be that old.

    Args:
        watched: what the user watched, where `asks_for_watched`.
    """
    seen = _seen(job, remote)
    trakt_list = job.progress.trakt_list
    written_at = None if trakt_list is None else trakt_list.written_at
    fresh_at = now if written_at is None else written_at + policy.stale_window
    if not remote.is_complete:
        return Change(job.progress.stale(now, policy, reads=job.progress.reads + 1))
    if now < fresh_at and (seen.strangers or seen.missing):
        return _told_ids(job, seen, fresh_at)
    if seen.is_ambiguous:
        return Change(job.progress.stale(now, policy, reads=job.progress.reads + 1))
    return _believed(job, seen, remote, keys_of(watched))


def _seen(job: Job, remote: RemoteItems) -> Recognition:
    return recognise(tuple(entry for entry in job.entries if entry.state not in SET_ASIDE), remote.entries)


def _told_ids(job: Job, seen: Recognition, fresh_at: datetime) -> Change:
    staleness = replace(job.progress.staleness or Staleness(None), read_after=fresh_at)
    return Change(
        replace(job.progress, staleness=staleness), LedgerChange(replace=(*seen.known, *set_aside(job.entries)))
    )


def _believed(job: Job, seen: Recognition, remote: RemoteItems, watched: set[TitleKey]) -> Change:
    """Return the change of a reading that is the truth. What is not on it any more was taken off by somebody."""
    before, trakt_list = job.progress, job.progress.trakt_list
    is_order_owed = before.staleness is not None and before.staleness.is_order_owed
    progress = replace(
        before,
        trakt_list=None if trakt_list is None else replace(trakt_list, foreign_count=remote.foreign_count),
        staleness=Staleness(None, before.reads + 1, is_order_owed),  # until the list is found to be as it should
        pending=None,
    )
    gone = _taken_off(job, seen)
    taken_off = _aside(gone, "taken_off")
    seen_since = _aside((one for one in _gone(job, seen) if not watched.isdisjoint(one.title.keys)), "watched")
    ledger = LedgerChange(replace=(*seen.entries, *taken_off, *seen_since, *set_aside(job.entries)))
    if not gone:
        return Change(progress, ledger)
    items = to_items(entry.title for entry in gone)
    progress = replace(progress, drift=replace(progress.drift, left_version=job.version))
    return Change(progress, ledger, (drift_found(job, "items_edited", "kept", removed_items=items),))


def _taken_off(job: Job, seen: Recognition) -> tuple[Entry, ...]:
    """Return the entries that somebody took off on Trakt, where the list's owner wants them off here too.

    Not when most of a list is missing: nobody's list is emptied by an odd reading.
    """
    if job.desired.policies.when_removed != "take_over" or not job.desired.is_present:
        return ()
    gone = _gone(job, seen)
    is_too_much = len(gone) >= MIN_DOUBTED and 2 * len(gone) > len(seen.known)
    return () if is_too_much else gone


def _gone(job: Job, seen: Recognition) -> tuple[Entry, ...]:
    """Return the wanted entries that were there and are not any more."""
    wanted = keys_of(job.desired.items)
    return tuple(
        entry for entry in seen.missing if entry.state == "mirrored" and not wanted.isdisjoint(entry.title.keys)
    )


def _aside(entries: Iterable[Entry], state: EntryState) -> tuple[Entry, ...]:
    return tuple(entry._replace(state=state, row_id=None, list_item_id=None, is_by_others=False) for entry in entries)


def limited(
    before: Job,
    begun: Job,
    action: AddItems,
    limits: AccountLimits,
    shown: int | None,
    now: datetime,
    *,
    lists: int = 0,
) -> Change:
    """Return the change after Trakt refused items for a limit.

    The limits of a list and of the watchlist are published. Another one over all lists of an account is not. When the
    first cannot be the reason, the capacity is found by halves. An account with more lists than it may have takes
    nothing: there, nothing may give way, for what is taken off does not come back.

    Args:
        before: the job before the addition was begun.
        begun: the job with the pending addition.
        shown: the list's size as Trakt shows it after the refusal. Another one than ours means that a part was added
            all the same.
        lists: that the account has, or fewer.
    """
    there = sum(1 for _ in mirrored(before.entries)) + before.progress.foreign_count
    change = Change(before.progress) if shown in (None, there) else unconfirmed(begun, now)
    tried = there + len(action.titles)
    told = limits.watchlist if before.is_on_watchlist else limits.items
    is_list_limit = told is not None and tried > told
    capacity = told if is_list_limit and told is not None else tried - 1
    limit = Limit(max(0, capacity - before.progress.foreign_count), is_upper_bound=not is_list_limit, met_at=now)
    if limits.lists is not None and lists > limits.lists:
        limit = Limit(0, is_upper_bound=False, met_at=now)
    return replace(change, progress=replace(change.progress, limit=limit))
