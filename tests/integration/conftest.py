"""The whole system on real parts: started once for all tests of this folder, which use users of their own."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

sys.path.insert(0, str(Path(__file__).parents[1]))  # the modules beside the tests are the package `integration`

from integration.collector import Collector
from integration.console import Console, chromium, with_catalogue
from integration.parts import NotHereError, Parts, choose
from integration.system import RunningSystem
from integration.users import User

HERE = Path(__file__).parent
PARTS = pytest.StashKey[Parts]()
FOLDER = pytest.StashKey[Path]()
SYSTEM = pytest.StashKey[RunningSystem]()
LEFT_OUT = pytest.StashKey[Sequence[pytest.Item]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the parts, and leave out what they cannot do."""
    ours = [item for item in items if HERE in item.path.parents]
    if not ours:
        return
    for test in filter(pytest_asyncio.is_async_test, ours):
        # One event loop for all: the system's clients live as long as the system.
        test.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="wb-it-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    config.stash[FOLDER] = folder
    try:
        parts = config.stash[PARTS] = choose(folder)
    except NotHereError as error:
        raise pytest.UsageError(str(error)) from error
    if not parts.kafka.part.is_ours:
        not_ours = pytest.mark.skip(reason="the broker at TEST_KAFKA_BOOTSTRAP_SERVERS is not ours to interrupt")
        for item in ours:
            if item.get_closest_marker("our_broker"):
                item.add_marker(not_ours)
    if parts.kafka.part.kind == "embedded":
        left_out = config.stash[LEFT_OUT] = [item for item in ours if item.get_closest_marker("real_kafka")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_closing_words(config: pytest.Config) -> Sequence[str]:
    """Say which parts were used, and which tests were left out."""
    if PARTS not in config.stash:
        return []
    words = [f"integration tests ran on: {config.stash[PARTS].described()}"]
    if left_out := config.stash.get(LEFT_OUT, []):
        names = ", ".join(item.name for item in left_out)
        words.append(f"left out, because they need a real Kafka broker: {names}")
    return words


def pytest_unconfigure(config: pytest.Config) -> None:
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the processes' last words into the report of a test that failed."""
    report = yield
    if report.failed and "system" in getattr(item, "fixturenames", ()) and SYSTEM in item.config.stash:
        system = item.config.stash[SYSTEM]
        report.sections += [(f"log of {name}", tail) for name, tail in system.log_tails().items()]
    return report


@pytest.fixture(scope="session")
def open_folder(pytestconfig: pytest.Config) -> Path:
    """A folder through which every account can pass, as PostgreSQL's must when we are root."""
    return pytestconfig.stash[FOLDER]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def parts(pytestconfig: pytest.Config) -> AsyncIterator[Parts]:
    """Kafka and Postgres, running."""
    chosen = pytestconfig.stash[PARTS]
    started = (chosen.kafka.part, chosen.postgres.part)
    try:
        await asyncio.gather(*(part.start() for part in started))
        yield chosen
    finally:
        await asyncio.gather(*(part.stop() for part in started))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_system(
    parts: Parts, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningSystem]:
    async with Collector() as collector:
        system = RunningSystem(parts, tmp_path_factory.mktemp("system"), collector)
        pytestconfig.stash[SYSTEM] = system
        try:
            await system.start()
            yield system
        finally:
            await system.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def system(running_system: RunningSystem) -> AsyncIterator[RunningSystem]:
    """The system, whole at the begin and at the end of each test."""
    running_system.mark_logs()
    yield running_system
    ended = await running_system.put_right()
    assert not ended, f"ended by themselves: {ended}"


@pytest_asyncio.fixture(loop_scope="session")
async def user(system: RunningSystem) -> User:
    """A new user with a Trakt account of the paying kind: up to 5,000 items a list."""
    return await system.connected_user(vip=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(running_system: RunningSystem) -> AsyncIterator[Browser]:
    """A browser, and a catalogue to choose from."""
    await with_catalogue(running_system)
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def console(browser: Browser, system: RunningSystem, user: User) -> AsyncIterator[Console]:
    async with Console.opened(browser, system, user.name) as opened:
        yield opened
