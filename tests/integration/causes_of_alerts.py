"""What makes each alert fire, on the running system, and what mends it.

A cause is a context manager: the trouble is there while the block runs, and is mended behind it. Where an alert waits
for hours or days, a row is made older: one statement, `age`. Nothing else is made up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

import asyncpg
import httpx
from starlette.responses import PlainTextResponse

from chassis.testing import eventually
from integration.catalogue import movies
from integration.interventions import asked, found, limit_records, restarted
from integration.records import Record
from integration.system import RunningSystem
from notifier.channels.attempts import SCHEDULE
from notifier.testing_channels import receiver
from watchbuddy_contracts import LISTS, ListDeleted

Cause = Callable[[RunningSystem], AbstractAsyncContextManager[None]]

SMALL: Final = 32 * 1024
"""Bytes. More than a batch of the relay's producer, less than the event of a large list."""
LARGE: Final = 1000
"""Titles of a list whose event has more than `SMALL`."""
COMEDIES: Final = {"list_type": "custom", "title": "Comedies", "filters": {"genres": ["comedy"]}, "item_limit": 10}
BACKLOG: Final = 2000
"""Records. A consumer that cannot handle any has 500 in hand, which do not count."""


@asynccontextmanager
async def a_process_stands(system: RunningSystem) -> AsyncIterator[None]:
    """The notifier's API is down: lists-api, which passes requests on to it, answers 503."""
    await system.stop_processes("notifier")
    yield
    await system.start_processes("notifier")


@asynccontextmanager
async def no_relay(system: RunningSystem) -> AsyncIterator[None]:
    """The relay of trakt-sync is down, and an event has waited for an hour."""
    await system.stop_processes("trakt-sync relay")
    await system.connected_user()
    age = "UPDATE outbox SET created_at = now() - interval '1 hour'"
    await asked(system, "trakt_sync", age)
    yield
    await system.start_processes("trakt-sync relay")


@asynccontextmanager
async def small_records(system: RunningSystem) -> AsyncIterator[None]:
    """Somebody made the topic with a smaller limit. It gets the right one, and the event is sent once more."""
    user = await system.connected_user(vip=True)
    await limit_records(system, LISTS, SMALL)
    try:
        await user.create("Large", movies(LARGE))
        await found(system, "lists_api", "SELECT count(*) FROM outbox_rejected WHERE key = $1", user.name.encode())
        await restarted(system, "lists-api relay")
        yield
    finally:
        await limit_records(system, LISTS, LISTS.max_message_bytes)
    status, said = await system.once(f"lists_api outbox retry --user {user.name}", like="lists-api relay")
    assert status == 0, said
    await user.mirrored()


@asynccontextmanager
async def an_index_is_built(system: RunningSystem) -> AsyncIterator[None]:
    """A table of the notifier takes no rows, as while an index is built, and there is much to read."""
    user = system.user()
    await user.delete((await user.create("Told of often", movies(1))).id)

    async def deletions() -> list[Record]:
        records = [one for one in await system.records.read(LISTS.name) if one.key == user.name.encode()]
        return [one for one in records if isinstance(one.event(), ListDeleted)]

    [deletion] = await eventually(deletions)
    await system.stop_processes("notifier consume")
    await system.records.write([deletion] * BACKLOG)
    connection = await asyncpg.connect(system.database("notifier"))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE inbox IN SHARE MODE")
            await system.start_processes("notifier consume")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def a_foreign_record(system: RunningSystem) -> AsyncIterator[None]:
    """Somebody writes what is no event to our topic."""
    await system.records.write([Record(LISTS.name, 0, 0, b"nobody", b"no event", ())])
    yield


@asynccontextmanager
async def no_worker(system: RunningSystem) -> AsyncIterator[None]:
    """The worker of trakt-sync is down, and a list has waited for an hour."""
    user = await system.connected_user()
    await system.stop_processes("trakt-sync work")
    await user.create("Waits", movies(1))
    await found(system, "trakt_sync", "SELECT count(*) FROM work_queue WHERE user_id = $1", user.name)
    age = "UPDATE work_queue SET due_at = now() - interval '1 hour' WHERE user_id = $1"
    await asked(system, "trakt_sync", age, user.name)
    yield
    await system.start_processes("trakt-sync work")
    await user.mirrored()


@asynccontextmanager
async def locked_accounts(system: RunningSystem) -> AsyncIterator[None]:
    """Trakt has locked accounts of users: more than a tenth as many as are connected. Their hour passes."""
    count = await asked(system, "trakt_sync", "SELECT count(*) FROM account WHERE state = 'connected'")
    users = await asyncio.gather(*(system.connected_user() for _ in range(count // 8 + 3)))
    names = [user.name for user in users]
    await asyncio.gather(*(system.trakt.change_account(name, locked=True) for name in names))
    await asyncio.gather(*(user.create("Of a locked account", movies(1)) for user in users))
    blocked = "SELECT count(*) FROM account WHERE user_id = ANY($1) AND block_reason = 'account_locked'"
    await found(system, "trakt_sync", blocked, names, count=len(names))
    await restarted(system, "trakt-sync")
    yield
    await asyncio.gather(*(system.trakt.change_account(name, locked=False) for name in names))
    age = "UPDATE account SET blocked_until = now() WHERE user_id = ANY($1)"
    await asked(system, "trakt_sync", age, names)


@asynccontextmanager
async def no_renewals(system: RunningSystem) -> AsyncIterator[None]:
    """Trakt's token endpoint answers 503 for a user whose tokens have expired."""
    user = await system.connected_user()
    fault = await system.trakt.fault("status", status=503, path="/oauth/token", account=user.name, times=None)
    await system.trakt.expire_tokens(user.name)
    made = await user.create("With old tokens", movies(1))
    yield
    await system.trakt.remove_fault(fault)
    await user.mirrored(made.id)


@asynccontextmanager
async def trakt_is_away(system: RunningSystem) -> AsyncIterator[None]:
    """Trakt answers 503 to everybody."""
    user = await system.connected_user()
    fault = await system.trakt.fault("status", status=503, times=None)
    made = await user.create("During an outage", movies(1))
    yield
    await system.trakt.remove_fault(fault)
    await user.mirrored(made.id)


@asynccontextmanager
async def edited_on_trakt(system: RunningSystem) -> AsyncIterator[None]:
    """Somebody takes titles off many lists on Trakt, and the account is audited. The audit puts them back."""
    count = await asked(system, "trakt_sync", "SELECT count(*) FROM account WHERE state = 'connected'")
    user = await system.connected_user(vip=True)
    for number in range(count * 3 // 10 + 5):
        await user.create(f"Edited by hand {number}", movies(2))
    await user.mirrored()
    headers = (await system.trakt.account(user.name)).headers()
    async with httpx.AsyncClient(base_url=system.trakt_url, headers=headers, trust_env=False) as by_hand:
        for one in await user.on_trakt():
            gone = {"movies": [{"ids": {"trakt": 1}}]}
            path = f"/users/me/lists/{one.ids['trakt']}/items/remove"
            (await by_hand.post(path, json=gone)).raise_for_status()
    status, said = await system.once(f"trakt_sync audit --user {user.name}", like="trakt-sync work")
    assert status == 0, said
    yield
    await eventually(user.differences, until=lambda found: not found)


@asynccontextmanager
async def half_a_catalogue(system: RunningSystem) -> AsyncIterator[None]:
    """A table of the catalogue is not there, as after a restore of a part."""
    user = system.user()
    made = (await user.send("POST", "", json=COMEDIES)).raise_for_status().json()
    await asked(system, "lists_api", "ALTER TABLE catalogue_candidate RENAME TO elsewhere")
    try:
        assert await user.sync(made["id"]) == "failed"
        yield
    finally:
        await asked(system, "lists_api", "ALTER TABLE elsewhere RENAME TO catalogue_candidate")


@asynccontextmanager
async def no_runner(system: RunningSystem) -> AsyncIterator[None]:
    """The process that carries runs out is down, and a run has waited for an hour."""
    user = system.user()
    await system.stop_processes("lists-api run")
    made = (await user.send("POST", "", json=COMEDIES)).raise_for_status().json()
    (await user.send("POST", f"/{made['id']}/sync")).raise_for_status()
    age = "UPDATE sync_run SET created_at = now() - interval '1 hour' WHERE list_id = $1"
    await asked(system, "lists_api", age, made["id"])
    yield
    await system.start_processes("lists-api run")


@asynccontextmanager
async def no_receiver(system: RunningSystem) -> AsyncIterator[None]:
    """A user's webhook answers 503, and a delivery has had all its tries but the last."""
    user = await system.connected_user()
    url, headers = system.urls["notifier"], {"Authorization": f"Bearer {system.token(user.name)}"}
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(receiver(lambda _: PlainTextResponse("no", 503)))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, trust_env=False))
        given = {"name": "Down", "kind": "webhook", "address": there.url, "severities": ["info", "success"]}
        made = (await client.post("/api/channels", json=given)).raise_for_status().json()["channel"]["id"]
        await user.create("Is told of", movies(1))
        await found(system, "notifier", "SELECT count(*) FROM deliveries WHERE channel_id = $1 AND attempts > 0", made)
        age = "UPDATE deliveries SET attempts = $2, due_at = now() WHERE channel_id = $1"
        await asked(system, "notifier", age, made, len(SCHEDULE))
        yield
        (await client.delete(f"/api/channels/{made}")).raise_for_status()


@asynccontextmanager
async def nobody_erases(system: RunningSystem) -> AsyncIterator[None]:
    """The notifier's consumer is down, and a user wanted to be erased 17 days ago."""
    user = await system.connected_user()
    await system.stop_processes("notifier consume")
    erasure = (await user.erase(keep_trakt_lists=True)).rpartition("/")[2]
    age = "UPDATE erasure SET requested_at = now() - interval '17 days' WHERE erasure_id = $1::text::uuid"
    await asked(system, "lists_api", age, erasure)
    await restarted(system, "lists-api relay")
    yield
    await system.start_processes("notifier consume")
    both = "trakt_at IS NOT NULL AND notifications_at IS NOT NULL"
    done = f"SELECT count(*) FROM erasure WHERE erasure_id = $1::text::uuid AND {both}"  # noqa: S608 - our own text
    await found(system, "lists_api", done, erasure)


WHILE_ALL_RUNS: Final[Mapping[str, Cause]] = {
    "EventRejected": small_records,
    "RecordDeadLettered": a_foreign_record,
    "AccountsParked": locked_accounts,
    "TokensNotRenewed": no_renewals,
    "DriftOnManyLists": edited_on_trakt,
    "RunsFailing": half_a_catalogue,
    "DeliveriesExhausted": no_receiver,
}
WHILE_TRAKT_IS_AWAY: Final[Mapping[str, Cause]] = {
    "BreakerOpen": trakt_is_away,
    "ProcessDown": a_process_stands,
    "ServerErrors": a_process_stands,
    "RunsWait": no_runner,
    "ConsumerBehind": an_index_is_built,
}
WHILE_TRAKT_SYNC_STANDS: Final[Mapping[str, Cause]] = {
    "OutboxNotSent": no_relay,
    "ListsNotMirrored": no_worker,
    "ErasureWaits": nobody_erases,
}
ROUNDS: Final[Sequence[Mapping[str, Cause]]] = (WHILE_ALL_RUNS, WHILE_TRAKT_IS_AWAY, WHILE_TRAKT_SYNC_STANDS)
"""Causes that do not disturb each other are brought about side by side: alert → its cause."""
