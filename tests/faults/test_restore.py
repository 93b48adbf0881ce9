"""All three databases are restored to an earlier time, by the steps of docs/operations.md, with the real tools."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the packages `integration` and `faults`

from chassis.testing import eventually
from faults.postgres_servers import MovablePostgres
from integration.brokers import LocalBroker
from integration.catalogue import identities, movies
from integration.collector import Collector
from integration.description import SIMULATOR
from integration.parts import Chosen, Parts
from integration.system import RunningSystem
from integration.users import User
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import DATABASES
from local_stack.processes import children

DONE_WITHIN: Final = timedelta(seconds=60)
OF: Final = {
    service: [f"{service}{process}" for process in processes]
    for service, processes in {
        "lists-api": ("", " relay", " consume", " run"),
        "trakt-sync": ("", " consume", " work", " relay"),
        "notifier": ("", " consume", " deliver"),
    }.items()
}


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wb-restore-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_databases_that_are_restored_catch_up_without_a_second_list(folder: Path) -> None:
    broker, postgres = LocalBroker(KafkaDistribution.find(), folder), MovablePostgres(folder)
    try:
        await asyncio.gather(broker.start(), postgres.start())
        async with Collector() as collector:
            system = RunningSystem(Parts(Chosen(broker, ()), Chosen(postgres, ())), folder, collector)
            try:
                await system.start()
                await _there_and_back(system, folder)
            finally:
                await system.stop()
    finally:
        await asyncio.gather(broker.stop(), postgres.stop())


async def _there_and_back(system: RunningSystem, folder: Path) -> None:
    user = await system.connected_user(vip=True)
    kept, edited, deleted = [await user.create(title, movies(3)) for title in ("Kept", "Edited", "Deleted")]
    await user.mirrored()
    since = datetime.now(UTC).isoformat()
    for name in DATABASES:
        await _tool("pg_dump", "--format=custom", f"--file={folder / name}.dump", system.database(name))

    await user.add(edited.id, movies(4, after=10))
    await user.change(edited.id, title="Edited since")
    await user.delete(deleted.id)
    made = await user.create("Made since", movies(5, after=20))
    named = await user.create("Named by its owner", movies(2, after=30), description="My own words")
    await user.mirrored()
    await user.told("Created list 'Made since' on Trakt", "Deleted 'Deleted' from Trakt", "Synced to Trakt: +5 -0")
    await system.records.caught_up()
    before = {one.ids["trakt"] for one in await user.on_trakt()}
    texts = set(await user.texts())

    await system.stop_processes(*(name for name in system.processes if name != SIMULATOR))
    for name in DATABASES:
        options = "--clean", "--if-exists", "--no-owner", "--single-transaction"
        await _tool("pg_restore", *options, f"--dbname={system.database(name)}", str(folder / f"{name}.dump"))
    await _lists_api(system, since)
    await _trakt_sync(system, since)
    await _notifier(system, since)

    await user.mirrored(within=DONE_WITHIN)
    lists = {one.id: one for one in await user.lists()}
    assert {one.title for one in lists.values()} == {"Kept", "Edited since", "Made since", "Named by its owner"}
    assert set(lists) == {kept.id, edited.id, made.id, named.id}
    assert await user.items(edited.id) == list(identities([*movies(3), *movies(4, after=10)]))
    assert {one.ids["trakt"] for one in await user.on_trakt()} == before, "the same lists on Trakt, and no other"
    assert await user.differences() == []
    assert set(await user.texts()) >= texts
    await _goes_on(user, edited.id)


async def _lists_api(system: RunningSystem, since: str) -> None:
    await _command(system, "lists_api recover", "lists-api consume")
    await _command(system, f"chassis.offsets rewind --group lists-api --since {since}", "lists-api consume")
    await system.start_processes(*OF["lists-api"])


async def _trakt_sync(system: RunningSystem, since: str) -> None:
    await _command(system, f"chassis.offsets rewind --group trakt-sync --since {since}", "trakt-sync consume")
    await system.start_processes("trakt-sync consume")
    await _command(system, "lists_api republish --all", "lists-api")
    await _until(system, "lists_api outbox list", "lists-api", "; 0 wait")
    await _until(system, "chassis.offsets list --group trakt-sync", "trakt-sync consume", ": 0")
    await _command(system, f"trakt_sync recover --since {since}", "trakt-sync")
    await system.start_processes(*(name for name in OF["trakt-sync"] if name != "trakt-sync consume"))


async def _notifier(system: RunningSystem, since: str) -> None:
    await _command(system, f"chassis.offsets rewind --group notifier --since {since}", "notifier consume")
    await system.start_processes("notifier consume")
    await _command(system, "notifier channels pass-over", "notifier consume")
    await system.start_processes("notifier", "notifier deliver")


async def _goes_on(user: User, list_id: int) -> None:
    await user.change(list_id, title="Goes on")
    await user.mirrored(within=DONE_WITHIN)
    assert await user.differences() == []


async def _command(system: RunningSystem, command: str, like: str) -> None:
    status, said = await system.once(command, like=like)
    assert status == 0, f"{command}: {status} {said}"
    print(f"{command}: {said.strip()}")  # noqa: T201


async def _until(system: RunningSystem, command: str, like: str, text: str) -> None:
    async def said() -> Sequence[str]:
        return (await system.once(command, like=like))[1].splitlines()

    await eventually(said, until=lambda lines: all(text in line for line in lines), every=timedelta(seconds=1))


async def _tool(name: str, *arguments: str) -> None:
    status, said = await children.run_to_end(
        [str(PostgresBinaries.of_system().folder / name), *arguments], within=DONE_WITHIN
    )
    assert status == 0, f"{name}: {status} {said}"
