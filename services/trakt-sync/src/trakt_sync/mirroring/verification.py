"""Is a list on Trakt as it should be? Sets of titles are compared, never counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.recognition import recognise
from trakt_sync.mirroring.remote import RemoteItems, RemoteList
from trakt_sync.mirroring.views import MirrorView, item_views
from watchbuddy_contracts import Title

Verdict = Literal["equal", "differs", "too_early", "not_on_trakt", "gone", "detached"]
_WANTED_THERE: Final = ("mirrored", "missing", "unconfirmed")
_BORNE: Final = ("kept", "not_removed")


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Args:
        verdict: `too_early`: we wrote to it so lately that what Trakt shows may be old.
        missing: wanted there, and not shown.
        extra: shown, and neither wanted nor borne.
        others: what else differs, in words: `order`, or a field of the Trakt list.
        item_count: of the titles that Trakt shows; None: it was not read.
    """

    verdict: Verdict
    missing: tuple[Title, ...] = ()
    extra: tuple[Title, ...] = ()
    others: tuple[str, ...] = ()
    item_count: int | None = None

    @property
    def is_equal(self) -> bool:
        return self.verdict in ("equal", "detached")


def is_too_early(view: MirrorView, now: datetime, policy: Policy) -> bool:
    """Whether Trakt's answers may be older than our last write to the list."""
    trakt_list = view.job.progress.trakt_list
    written_at = None if trakt_list is None else trakt_list.written_at
    return written_at is not None and now < written_at + policy.stale_window


def verified(
    view: MirrorView, remote: RemoteList | None, items: RemoteItems | None, now: datetime, policy: Policy
) -> Verification:
    """Compare a list with its Trakt list.

    Args:
        remote: as the account's lists show it; None: they do not, or it is the watchlist.
        items: of it; None: it was not read.
        now: when the reading began.
    """
    job = view.job
    if job.progress.trakt_list is None:
        return Verification("detached" if job.progress.drift.is_detached else "not_on_trakt")
    if is_too_early(view, now, policy):
        return Verification("too_early", item_count=None if remote is None else remote.item_count)
    if items is None:
        return Verification("gone")
    views = item_views(job)
    wanted = [Entry(one.title) for one in views if one.state in _WANTED_THERE]
    borne = [Entry(one.title) for one in views if one.state in _BORNE]
    expected = set(wanted)
    seen = recognise((*wanted, *borne), items.entries)
    missing = tuple(entry.title for entry in seen.missing if entry in expected)
    are_borne = job.is_on_watchlist or job.desired.policies.mode != "mirror"  # somebody put them there
    extra = () if are_borne else tuple(entry.title for entry in seen.strangers)
    details = job.desired.details
    others = [] if remote is None else list(details.changes_from(remote.details_like(details)))
    if job.desired.is_ordered and not missing and not _is_in_order([entry.title for entry in wanted], items.entries):
        others.append("order")
    if not items.is_complete:
        others.append("the items could not be read whole")
    is_equal = not (missing or extra or others)
    return Verification("equal" if is_equal else "differs", missing, extra, tuple(others), len(items.entries))


def _is_in_order(wanted: Iterable[Title], shown: Iterable[Entry]) -> bool:
    positions = {key: place for place, entry in enumerate(shown) for key in entry.title.keys}
    places = [next(positions[key] for key in title.keys if key in positions) for title in wanted]
    return places == sorted(places)
