"""A user is exported and erased over all services, whatever is killed meanwhile; what is late brings nothing back."""

import asyncio
import io
import uuid
import zipfile
from typing import Any

import httpx

from chassis.postgres.database import create_pool
from chassis.telemetry.declared import USER
from chassis.telemetry.users import pseudonym
from chassis.testing import eventually, rows_with
from integration.catalogue import movies
from integration.records import Record
from integration.system import USER_KEY, RunningSystem
from integration.users import User
from watchbuddy_contracts import LISTS, NOTIFICATIONS, TRAKT

STOPPED = ("trakt-sync consume", "trakt-sync work", "notifier consume")


async def left_of(system: RunningSystem, *texts: str) -> dict[str, dict[str, int]]:
    """Return the tables of all services that hold one of the texts."""
    found = {}
    for name, dsn in system.databases.items():
        async with await create_pool(dsn, max_size=1) as pool:
            if rows := await rows_with(pool, *texts):
                found[name] = rows
    return found


async def records_of(system: RunningSystem, user: User) -> list[Record]:
    topics = [await system.records.read(topic.name) for topic in (LISTS, TRAKT)]
    return [record for records in topics for record in records if record.key == user.name.encode()]


async def test_a_user_is_erased_whatever_is_killed_and_another_is_not(system: RunningSystem) -> None:
    canary = f"canary{uuid.uuid4().hex}"
    ada, bob = await system.connected_user(vip=True), await system.connected_user(vip=True)
    await asyncio.gather(ada.create(f"{canary} 1", movies(2)), ada.create(f"{canary} 2", movies(3)))
    await bob.create("Of Bob", movies(2))
    await asyncio.gather(ada.mirrored(), bob.mirrored())
    await asyncio.gather(ada.told(f"Created list '{canary} 1' on Trakt"), bob.told("Created list 'Of Bob' on Trakt"))

    with zipfile.ZipFile(io.BytesIO(await ada.export())) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert canary.encode() in part, name
            assert bob.name.encode() not in part, name

    earlier = await records_of(system, ada)
    await asyncio.gather(*map(system.kill, STOPPED))
    await system.trakt.fault("status", status=503, method="DELETE", account=ada.name, times=2)
    status_url = await ada.erase(keep_trakt_lists=False)
    assert await ada.lists() == []
    await system.start_processes(*STOPPED)

    async with httpx.AsyncClient(base_url=system.urls["lists-api"], trust_env=False) as nobody:

        async def status() -> dict[str, Any]:
            answer: dict[str, Any] = (await nobody.get(status_url)).raise_for_status().json()
            return answer

        await eventually(status, until=lambda seen: seen["notifications_erased_at"] is not None)
        await system.kill("trakt-sync work")
        await system.trakt.remove_faults()
        await system.start_processes("trakt-sync work")
        done = await eventually(status, until=lambda seen: seen["state"] == "complete")
    assert (done["trakt_lists_left"], await ada.on_trakt()) == (0, [])
    assert await left_of(system, ada.name, canary) == {}

    await system.records.write(earlier)  # as dead letters that an operator sends again
    await system.records.caught_up()
    assert await left_of(system, ada.name, canary) == {}
    confirmed = [one for one in await system.records.read(NOTIFICATIONS.name) if status_url.endswith(one.event_id())]
    assert [ada.name.encode() in (one.value or b"") for one in confirmed] == [False]

    assert [one.name for one in await bob.on_trakt()] == ["Of Bob"]
    assert len(await bob.texts()) == 2
    assert await bob.differences() == []
    await system.connect(ada, vip=True)
    await ada.create("New", movies(1))
    await ada.mirrored()
    await ada.told("Created list 'New' on Trakt")
    name = pseudonym(USER_KEY, bob.name)
    named = [span for span in system.collector.all_spans() if span.attributes.get(USER) == name]
    assert {span.kind for span in named} == {"server", "producer", "consumer"}
    assert {span.service for span in named} == {"lists-api", "trakt-sync", "notifier"}
    for text in (ada.name, bob.name, canary):
        assert not system.collector.holds(text), "traces and metrics know users by their pseudonyms alone"
