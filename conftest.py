"""Fixtures of the whole workspace: a Postgres server for the session, a fresh migrated database for a test."""

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import structlog
from hypothesis import settings
from structlog._config import BoundLoggerLazyProxy
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling
from xdist.workermanage import WorkerController

import watchbuddy_contracts  # noqa: F401 - before pytest finds the folder of that name, when it runs as `python -m pytest`
from chassis.postgres.database import migrate
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer

# How long an example takes depends on what else the machine does. A test's examples are the same each time, so that
# what a change did not break does not fail: new ones are looked for by `make soak`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("EXAMPLES", "same"))

MakeDatabase = Callable[..., str]
OURS = f"test_{uuid.uuid4().hex[:16]}_"
"""How the names of this run's databases begin: others may test on the same server."""


ON_ONE_SYSTEM = "tests/integration/"
"""Tests below this folder use one running system, one after the other."""
ON_ANOTHER_SYSTEM = ("tests/integration/test_console", "tests/integration/test_kill")
"""Those that begin so may use another one, for each of these, so that three workers share what takes minutes."""
ON_THEIR_OWN = "tests/integration/test_local_run.py"
"""All but these, which start a system of their own."""
SHARED_OUT = "services/trakt-sync/tests/test_simulation.py"
"""A file whose tests take a minute each: they go to the workers one by one."""
BY_FILE = ("services/", "contracts/")
"""Tests below these folders go to a worker file by file: a file's tests share databases and the like."""
CLOSING_WORDS = pytest.StashKey[list[str]]()
"""What the run says at its end; with parallel workers, what they said."""


class ClosingWords:
    """The hook of this workspace, for the conftest files below."""

    @staticmethod
    def pytest_closing_words(config: pytest.Config) -> Sequence[str]:
        """Return lines that the reader of a run must see: which parts were used, what was left out."""
        raise NotImplementedError  # pytest calls what conftest files make of it


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(ClosingWords)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[CLOSING_WORDS] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Gather the closing words; a parallel worker sends them to the process that prints."""
    said = [line for lines in session.config.hook.pytest_closing_words(config=session.config) for line in lines]
    session.config.stash[CLOSING_WORDS].extend(said)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["closing_words"] = said


class WorkersScheduling(LoadScopeScheduling):
    """Gives each parallel worker a test, or a file, after the other, in the order of `testpaths`: long ones first.

    The tests on one system go to one worker. A mark of `xdist_group` does nothing here: pytest-xdist 3.8 writes the
    group to an attribute of the test that pytest 9.2 does not read.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # what has the most tests is not what takes the longest
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BY_FILE) and not nodeid.startswith(SHARED_OUT):
            return nodeid.partition("::")[0]
        if not nodeid.startswith(ON_ONE_SYSTEM) or nodeid.startswith(ON_THEIR_OWN):
            return nodeid
        return next((system for system in ON_ANOTHER_SYSTEM if nodeid.startswith(system)), ON_ONE_SYSTEM)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long file that workers share right behind the tests on one system."""
    items.sort(key=lambda item: not item.nodeid.startswith((ON_ONE_SYSTEM, SHARED_OUT)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Choose ours, unless the command line chooses one by --dist."""
    return WorkersScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Take the words of a worker (pytest-xdist) that ended; one that crashed said none."""
    said: list[str] = getattr(node, "workeroutput", {}).get("closing_words", [])
    node.config.stash[CLOSING_WORDS].extend(said)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    words: list[str] = config.stash[CLOSING_WORDS]
    for line in dict.fromkeys(words):  # every worker chooses the parts, and says so
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> Iterator[None]:
    """Structlog's own tracebacks render every local variable: 18 s for one failed request (measured)."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as in our processes: it logs whole addresses
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a test makes of logging ends with it: a command that runs in the test's process sets it up for itself."""
    root, structured = logging.getLogger(), structlog.get_config()
    handlers, level, loggers = list(root.handlers), root.level, _levels()
    yield
    if structlog.get_config() != structured:
        structlog.configure(**structured)
        _forget_how_loggers_were_set_up()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, now in _levels().items():
        if now != loggers.get(name, logging.NOTSET):
            logging.getLogger(name).setLevel(loggers.get(name, logging.NOTSET))


def _forget_how_loggers_were_set_up() -> None:
    """Have loggers of modules ask structlog again: where it lets them (our processes do), they keep what they got."""
    for module in list(sys.modules.values()):
        if isinstance(log := getattr(module, "__dict__", {}).get("log"), BoundLoggerLazyProxy):
            vars(log).pop("bind", None)


def _levels() -> dict[str, int]:
    known = logging.Logger.manager.loggerDict
    return {name: logger.level for name, logger in list(known.items()) if isinstance(logger, logging.Logger)}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a Postgres server: TEST_DATABASE_URL, else an embedded one for this session."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        asyncio.run(_drop_ours(url))
        return
    folder = Path(tempfile.mkdtemp(prefix="wb-pg-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    server = PostgresServer(
        PostgresBinaries.embedded(folder / "bin"), folder / "data", log=folder / "log", durable=False, databases=()
    )
    asyncio.run(server.start())
    try:
        yield server.dsn("postgres")
    finally:
        asyncio.run(server.kill())  # its data are thrown away: no checkpoint of hundreds of databases
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def make_database(postgres_server: str) -> MakeDatabase:
    """Return a maker of databases: `make_database("chassis", "lists_api")` gives the DSN of a new, migrated one."""
    templates: dict[tuple[str, ...], str] = {}

    def make(*packages: str) -> str:
        return asyncio.run(_make(postgres_server, templates, packages))

    return make


async def _make(server: str, templates: dict[tuple[str, ...], str], packages: tuple[str, ...]) -> str:
    if packages not in templates:
        template = _new_name()
        await migrate(_named(server, template), *packages)
        templates[packages] = template
    name = _new_name()
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{templates[packages]}"')
    finally:
        await admin.close()
    return _named(server, name)


async def _drop_ours(server: str) -> None:
    admin = await asyncpg.connect(server)
    try:
        for (name,) in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", OURS):
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # a failed test may have left connections
    finally:
        await admin.close()


def _new_name() -> str:
    return OURS + uuid.uuid4().hex[:16]


def _named(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
