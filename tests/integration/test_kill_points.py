"""trakt-sync is killed between any two of its effects: one Trakt list, whole, made once, and the truth is told."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import httpx

from chassis.kill_points import EVENTS_SENT
from chassis.testing import eventually
from integration.catalogue import movies
from integration.deaths import dying_at, let_leases_end
from integration.system import RunningSystem
from integration.test_trakt_import import public_list
from integration.users import User
from trakt_sync.kill_points import KillPoint
from watchbuddy_contracts import TRAKT, TraktListCreated, TraktListDeleted, TraktSyncFailed, TraktWatchedChanged

Bring: TypeAlias = Callable[[RunningSystem, User], Awaitable[None]]
WORK: Final = "trakt-sync work"
CONSUME: Final = "trakt-sync consume"
RELAY: Final = "trakt-sync relay"
STALE_WINDOW: Final = "PT2S"
"""The simulator's reads are never old. A creation that was begun and never sent is sent after this."""
SETTLED_WITHIN: Final = timedelta(seconds=30)
ADDED: Final = "Synced to Trakt: +3 -0"


async def created(_system: RunningSystem, user: User) -> None:
    await user.create("Killed", movies(3))


async def answered_badly(system: RunningSystem, user: User) -> None:
    await system.trakt.fault("status", status=502, method="POST", path="/users/*/lists", account=user.name, after=True)
    await created(system, user)


async def deleted(_system: RunningSystem, user: User) -> None:
    made = await user.create("Killed", movies(3))
    await user.mirrored(made.id)
    await user.delete(made.id)


async def synced(_system: RunningSystem, user: User) -> None:
    made = await user.create("Killed", movies(3))
    await user.mirrored(made.id)
    await user.sync(made.id)


async def refreshed(system: RunningSystem, user: User) -> None:
    await system.trakt.expire_tokens(user.name)
    await created(system, user)


async def identified(system: RunningSystem, user: User) -> None:
    """The owner is not known at first: Trakt does not say."""
    await system.trakt.fault("status", status=503, path="/users/settings", account=user.name)
    await system.connect(user, vip=True)
    await created(system, user)


async def watched(_system: RunningSystem, user: User) -> None:
    await user.create("Killed", movies(3), list_type="custom", item_limit=3, exclude_watched=True)


async def left(system: RunningSystem, user: User) -> None:
    made = await user.create("Killed", movies(3))
    await user.mirrored(made.id)
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    async with httpx.AsyncClient(base_url=system.accounts_url, headers=headers, trust_env=False) as accounts:
        answer = await accounts.post("/api/trakt/disconnect", params={"keep_lists": "false"})
        answer.raise_for_status()


async def imported(system: RunningSystem, user: User) -> None:
    await user.import_from_trakt(await public_list(system))


KILLS: Final[tuple[tuple[str, str, int, Bring], ...]] = (
    (CONSUME, KillPoint.STATES_RECORDED, 1, created),
    (CONSUME, KillPoint.EVENTS_RECORDED, 1, created),
    (RELAY, EVENTS_SENT, 1, created),
    (WORK, KillPoint.WAITING_RESUMED, 1, created),
    (WORK, KillPoint.LISTS_CHECKED, 1, created),
    (WORK, KillPoint.ACCOUNT_IDENTIFIED, 1, identified),
    (WORK, KillPoint.TOKENS_SAVED, 1, refreshed),
    (WORK, KillPoint.WRITE_PLANNED, 1, created),
    (WORK, KillPoint.WRITE_BEGUN, 1, created),
    (WORK, KillPoint.WRITE_ANSWERED, 1, created),
    (WORK, KillPoint.READ_ANSWERED, 1, answered_badly),
    (WORK, KillPoint.RECORD_SAVED, 1, created),
    (WORK, KillPoint.RECORD_TOLD, 1, created),
    (WORK, KillPoint.STEP_RECORDED, 1, created),
    (WORK, KillPoint.WRITE_ANSWERED, 2, created),  # the titles
    (WORK, KillPoint.WRITE_ANSWERED, 3, deleted),
    (WORK, KillPoint.AUDIT_READ, 1, synced),
    (WORK, KillPoint.AUDIT_RECORDED, 1, synced),
    (WORK, KillPoint.HISTORY_READ, 1, watched),
    (WORK, KillPoint.HISTORY_RECORDED, 1, watched),
    (WORK, KillPoint.TOKENS_REVOKED, 1, left),
    (WORK, KillPoint.IMPORT_READ, 1, imported),
    (WORK, KillPoint.IMPORT_RECORDED, 1, imported),
)


def test_each_point_has_its_kill() -> None:
    assert {point for _, point, _, _ in KILLS} == {EVENTS_SENT, *KillPoint}


async def test_a_kill_between_any_two_effects_is_never_seen(system: RunningSystem) -> None:
    """Each kill has a user of its own, whose account stays with the dead until all have died."""
    users = []
    for process, point, passes, bring in KILLS:
        user = await system.connected_user(vip=True)
        place = f"{point}:{passes}"
        users.append((place, bring, user))
        # A longer lease than all of this takes: no other process goes on with the account on its way to its own death.
        async with dying_at(system, process, place, TRAKT_LEASE="PT5M", TRAKT_STALE_WINDOW=STALE_WINDOW):
            await bring(system, user)
        if process != WORK:
            await system.start_processes(process)
    await let_leases_end(system)
    async with system.changed(WORK, TRAKT_STALE_WINDOW=STALE_WINDOW):
        for place, bring, user in users:
            await _assert_unseen(system, place, bring, user)


async def _assert_unseen(system: RunningSystem, point: str, bring: Bring, user: User) -> None:
    is_deleted, is_left = bring is deleted, bring is left
    title = "Best heists" if bring is imported else "Killed"
    texts = [f"Created list '{title}' on Trakt", ADDED]
    if is_deleted:
        texts.append("Deleted 'Killed' from Trakt")
    if is_left:
        texts.append("Trakt is disconnected. Your list on Trakt was removed. All stay here.")
    await user.told(*texts, within=SETTLED_WITHIN)
    if not is_left:
        await user.mirrored(within=SETTLED_WITHIN)
        assert await eventually(user.differences, until=lambda found: not found, within=SETTLED_WITHIN) == [], point
    assert len(await user.on_trakt()) == (0 if is_deleted or is_left else 1), point
    assert len([one for one in await user.requests(method="POST") if one.path.endswith("/lists")]) == 1, point
    said = Counter(type(event) for event in (await system.records.events_of(TRAKT.name, user.name)).values())
    assert (said[TraktListCreated], said[TraktListDeleted], said[TraktSyncFailed]) == (1, int(is_deleted), 0), point
    assert said[TraktWatchedChanged] == int(bring is watched), point
    messages = await user.messages()
    assert [text for text, count in Counter(one.text for one in messages).items() if count > 1] == [], point
    assert [one.text for one in messages if one.severity == "warning"] == [], point
