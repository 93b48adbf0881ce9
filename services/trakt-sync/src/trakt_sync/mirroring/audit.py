"""An account's Trakt lists compared with what our last writes left there: one reading tells of all of them.

Trakt's stamp and count of a list are those that our last write was answered with, or somebody else wrote.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.mirroring.desired import Desired
from trakt_sync.mirroring.events import drift_found
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.list_responses import is_of
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Drift, Progress, TraktList
from trakt_sync.mirroring.references import WATCHLIST, TraktRef
from trakt_sync.mirroring.remote import RemoteList, RemoteLists, RemoteWatchlist
from watchbuddy_contracts import Event

LOOKED_FOR: Final = timedelta(days=7)
"""For so long the list of a creation that was given up is looked for."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A list's mirror as the audit needs it: without its items.

    Args:
        count: of its entries on Trakt, by the ledger.
    """

    mirror_id: int
    list_id: int
    user_id: str
    version: int
    desired: Desired
    progress: Progress
    count: int

    @property
    def job(self) -> Job:
        return Job(self.list_id, self.user_id, self.version, self.desired, self.progress)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is recorded of one mirror.

    Args:
        reread_after: the items are to be read after that time; None: they are not.
        is_due: the list has work by it.
    """

    mirror: Mirror
    trakt_list: TraktList | None
    drift: Drift
    reread_after: datetime | None = None
    is_due: bool = False
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Args:
        findings: of the mirrors of which there is something to record.
        again_at: Trakt's answers may be old until then: what they say of some list settles nothing; None: of none.
    """

    findings: tuple[Finding, ...]
    again_at: datetime | None = None


def audited(
    mirrors: Sequence[Mirror], remote: RemoteLists, owned: Iterable[int], now: datetime, policy: Policy
) -> Audit:
    """Compare all mirrors of an account with its Trakt lists.

    Args:
        owned: those of the lists that are, or were, the mirror of a list.
        now: when the reading began.
    """
    shown: dict[TraktRef, RemoteList | RemoteWatchlist] = {one.trakt_list_id: one for one in remote.lists}
    if remote.watchlist is not None:
        shown[WATCHLIST] = remote.watchlist
    twins = _twins(mirrors, remote, {*owned}, policy)
    findings: list[Finding] = []
    unsettled: list[datetime] = []
    for mirror in mirrors:
        finding, again_at = _compared(mirror, shown, remote, now, policy)
        finding = _with_twins(finding, twins.get(mirror.mirror_id, ()), remote, now)
        if again_at is not None:
            unsettled.append(again_at)
        if finding != _unchanged(mirror):
            findings.append(finding)
    return Audit(tuple(findings), min(unsettled, default=None))


def _unchanged(mirror: Mirror) -> Finding:
    return Finding(mirror, mirror.progress.trakt_list, mirror.progress.drift)


def _compared(
    mirror: Mirror,
    shown: Mapping[TraktRef, RemoteList | RemoteWatchlist],
    remote: RemoteLists,
    now: datetime,
    policy: Policy,
) -> tuple[Finding, datetime | None]:
    trakt_list, finding = mirror.progress.trakt_list, _unchanged(mirror)
    if trakt_list is None or not mirror.desired.is_present or mirror.progress.pending is not None:
        return finding, None
    certain_from = trakt_list.certain_from(policy)
    again_at = certain_from if certain_from is not None and now < certain_from else None
    one = shown.get(trakt_list.trakt_list_id)
    if one is None:
        if again_at is not None or not remote.is_complete:
            return finding, again_at
        return replace(finding, trakt_list=replace(trakt_list, is_doubted=True), is_due=True), None
    is_as_left = trakt_list.updated_at is not None and one.updated_at == trakt_list.updated_at
    if again_at is not None and not is_as_left:
        return finding, again_at
    if isinstance(one, RemoteList):
        finding = _details_compared(finding, one)
    return _moved(finding, one, remote, now, policy), again_at


def _details_compared(finding: Finding, one: RemoteList) -> Finding:
    """Return the finding with what somebody made of the list's name, privacy and the like."""
    mirror, trakt_list = finding.mirror, finding.trakt_list
    if trakt_list is None or trakt_list.details is None:
        return finding
    details = one.details_like(trakt_list.details)
    if details == trakt_list.details:
        return finding
    changed = replace(trakt_list, details=details)
    is_left = finding.drift.left_version == mirror.version
    waiting = (
        {} if is_left else mirror.desired.details.changes_from(trakt_list.details)
    )  # their owner's own, to be sent
    edited = details.changes_from(trakt_list.details)
    kept = {name: value for name, value in edited.items() if name not in waiting}
    if mirror.desired.policies.when_changed == "restore" or not kept:
        return replace(finding, trakt_list=changed, drift=replace(finding.drift, has_other_details=True), is_due=True)
    new_title, new_privacy = kept.get("name"), kept.get("privacy")
    event = drift_found(mirror.job, "list_renamed", "kept", new_title=new_title, new_privacy=new_privacy)
    if not waiting:
        finding = replace(finding, drift=replace(finding.drift, left_version=mirror.version))
    return replace(finding, trakt_list=changed, events=(event,))


def _moved(
    finding: Finding, one: RemoteList | RemoteWatchlist, remote: RemoteLists, now: datetime, policy: Policy
) -> Finding:
    """Return the finding with whether the items are to be read: once no reading of them can be old."""
    trakt_list, mirror = finding.trakt_list, finding.mirror
    if trakt_list is None:
        return finding
    is_other_count = isinstance(one, RemoteList) and one.item_count != mirror.count + trakt_list.foreign_count
    is_written = one.updated_at != trakt_list.updated_at  # ours is not known: whatever may have been written since
    stamped = replace(trakt_list, updated_at=one.updated_at, is_unverified=False)
    if not (is_other_count or is_written or trakt_list.is_unverified):
        return replace(finding, trakt_list=stamped)
    age = (remote.answered_at or now) - (one.updated_at or remote.answered_at or now)  # by Trakt's clock
    reread_after = now + max(timedelta(0), policy.stale_window - max(age, timedelta(0)))
    return replace(finding, trakt_list=stamped, reread_after=reread_after, is_due=True)


def _twins(
    mirrors: Sequence[Mirror], remote: RemoteLists, owned: set[int], policy: Policy
) -> Mapping[int, tuple[int, ...]]:
    """Return for each mirror the lists that its lost creations made: untouched since, and nobody's."""
    found: dict[int, tuple[int, ...]] = {}
    for mirror in mirrors:
        if mirror.progress.intent is not None:  # its own search decides
            continue
        for one in _made_by(mirror, remote, owned, policy):
            owned.add(one.trakt_list_id)
            found[mirror.mirror_id] = (*found.get(mirror.mirror_id, ()), one.trakt_list_id)
    return found


def _made_by(mirror: Mirror, remote: RemoteLists, owned: set[int], policy: Policy) -> Iterator[RemoteList]:
    known = {*mirror.progress.former_ids, mirror.progress.trakt_list_id, *mirror.progress.drift.twins}
    for one in remote.lists:
        is_free = one.trakt_list_id not in known and one.trakt_list_id not in owned and one.item_count == 0
        if is_free and any(
            is_of(intent, one, mirror.list_id, intent.at, policy) for intent in mirror.progress.drift.lost_creations
        ):
            yield one


def _with_twins(finding: Finding, twins: tuple[int, ...], remote: RemoteLists, now: datetime) -> Finding:
    drift = finding.drift
    lost = tuple(intent for intent in drift.lost_creations if now < intent.at + LOOKED_FOR or not remote.is_complete)
    drift = replace(drift, lost_creations=lost, twins=(*drift.twins, *twins))
    return replace(finding, drift=drift, is_due=finding.is_due or bool(twins))
