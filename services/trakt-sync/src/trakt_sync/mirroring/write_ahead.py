"""What is saved before a write is sent, and what that leaves when the response is lost."""

from dataclasses import replace
from datetime import datetime

from trakt_sync.mirroring.actions import (
    Action,
    AddItems,
    CreateList,
    DeleteList,
    DeleteTwin,
    RemoveItems,
    ReorderItems,
    UpdateList,
    Write,
)
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.ledger import SET_ASIDE, Entry, LedgerChange, mirrored, positions_of, rows_in, rows_of
from trakt_sync.mirroring.progress import Intent, Pending, Progress, Staleness
from watchbuddy_contracts import Title


def taken_down(job: Job, action: Write, now: datetime) -> Job:
    """Return the job as it stands whatever Trakt answers: the list of one that is for the watchlist now may be gone.

    Its owner may want it back. That it is gone is then no edit by hand.
    """
    trakt_list = job.progress.trakt_list
    if not isinstance(action, DeleteList) or trakt_list is None or not job.desired.is_present:
        return job
    drift = replace(job.progress.drift, is_taken_down=True)
    return replace(job, progress=replace(job.progress, trakt_list=replace(trakt_list, written_at=now), drift=drift))


def begun(job: Job, action: Write, now: datetime) -> Progress:
    """Return the progress to save before the action is sent, so that no loss of its response is forgotten."""
    if isinstance(action, CreateList):
        return replace(job.progress, intent=Intent(now, action.details.name, action.details.description))
    if isinstance(action, DeleteTwin):
        return replace(job.progress, pending=Pending("delete_twin"))
    trakt_list = job.progress.trakt_list
    if trakt_list is not None:
        has_rows = any(entry.state not in SET_ASIDE for entry in job.entries)  # that somebody may have changed
        is_unverified = trakt_list.is_unverified or has_rows
        trakt_list = replace(trakt_list, written_at=now, updated_at=None, is_unverified=is_unverified)
    return replace(job.progress, trakt_list=trakt_list, pending=_pending(action))


def proved(change: Change, now: datetime, updated_at: datetime | None) -> Change:
    """Return the change after Trakt did what we asked: its list was surely there.

    Args:
        updated_at: Trakt's stamp of the list; None: it did not say.
    """
    trakt_list = change.progress.trakt_list
    if trakt_list is None:
        return change
    trakt_list = replace(trakt_list, proved_at=now, updated_at=updated_at)
    return replace(change, progress=replace(change.progress.succeeded(), trakt_list=trakt_list))


def _pending(action: UpdateList | AddItems | RemoveItems | ReorderItems | DeleteList) -> Pending:
    match action:
        case UpdateList():
            return Pending("update")
        case AddItems(titles):
            return Pending("add", titles=titles)
        case RemoveItems(entries):
            return Pending("remove", row_ids=rows_in(entries))
        case ReorderItems():
            return Pending("reorder")
        case DeleteList():
            return Pending("delete")


def unconfirmed(job: Job, now: datetime) -> Change:
    """Return what a begun write leaves when its response is lost: nothing is believed that it may have changed."""
    pending, intent = job.progress.pending, job.progress.intent
    if intent is not None and intent.unanswered_since is None:
        intent = replace(intent, unanswered_since=now)
    progress = replace(job.progress, pending=None, intent=intent)
    if pending is None or pending.kind in ("delete", "delete_twin"):
        return Change(progress)
    if pending.kind == "update":
        trakt_list = progress.trakt_list
        return Change(replace(progress, trakt_list=None if trakt_list is None else replace(trakt_list, details=None)))
    if pending.kind == "reorder":  # which order it has is looked at, and the order is sent again
        staleness = progress.staleness or Staleness(None)
        return Change(replace(progress, staleness=replace(staleness, read_after=now)))
    if pending.kind == "remove":
        return _unconfirmed_removal(job, progress, pending.row_ids)
    return Change(progress, _unconfirmed_addition(job, pending.titles))


def doubted(change: Change, begun: Job, action: Action, now: datetime) -> Change:
    """Return the change after a refusal, with what Trakt may have done all the same: refused writes were carried out.

    A removal needs none of it: it is sent again, or its title is added again. Nor does a list that is gone.
    """
    shown, lost = change.progress.trakt_list, unconfirmed(begun, now)
    known = lost.progress.trakt_list
    if not isinstance(action, UpdateList | AddItems | ReorderItems) or shown is None or known is None:
        return change
    shown = replace(shown, details=known.details, written_at=known.written_at, updated_at=known.updated_at)
    progress = replace(change.progress, trakt_list=shown, staleness=lost.progress.staleness)
    return replace(change, progress=progress, ledger=lost.ledger)


def _unconfirmed_removal(job: Job, progress: Progress, row_ids: tuple[int, ...]) -> Change:
    """Count the removals here, where the entries are known to be there: the next request meets unconfirmed ones."""
    there = sum(1 for entry in mirrored(job.entries) if entry.row_id in set(row_ids))
    tally = replace(progress.tally, removed=progress.tally.removed + there)
    return Change(replace(progress, tally=tally), LedgerChange(unconfirm=row_ids))


def _unconfirmed_addition(job: Job, titles: tuple[Title, ...]) -> LedgerChange:
    positions = positions_of(job.entries)
    new = tuple(
        Entry(title, "unconfirmed")
        for title in titles
        if not any(key in positions and job.entries[positions[key]].state == "mirrored" for key in title.keys)
    )
    return LedgerChange(append=new, drop=rows_of(job.entries, titles, {*SET_ASIDE, "unconfirmed"}))
