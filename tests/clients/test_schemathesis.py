"""schemathesis sends requests made from each document, valid and not, and checks every answer against it.

`schemathesis.toml` has what is no failure, and why.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from chassis.testing import served
from clients.documents import FOLDER
from clients.lists_server import lists_server
from clients.node import HERE
from notifier.testing import application_on, bearer, settings_for
from trakt_simulator.testing.in_process import InProcessTrakt
from trakt_sync.testing.http import application_on as trakt_sync_on
from trakt_sync.testing.http import bearer as bearer_of_trakt_sync
from trakt_sync.testing.http import http_settings


async def test_lists_api_answers_as_its_document_says(make_database: Callable[..., str], tmp_path: Path) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis", "lists_api")
    async with lists_server(dsn) as server:
        cases = await _checked("lists-api", server.url, f"Bearer {server.token}", tmp_path)
    assert cases > 300


async def test_the_notifier_answers_as_its_document_says(make_database: Callable[..., str], tmp_path: Path) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis", "notifier")
    async with application_on(settings_for(dsn)) as http, served(http.app) as url:
        http.streams.end()  # a stream ends after its first block, as while the process ends
        cases = await _checked("notifier", url, bearer()["Authorization"], tmp_path)
    assert cases > 100


async def test_trakt_sync_answers_as_its_document_says(make_database: Callable[..., str], tmp_path: Path) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis", "trakt_sync")
    settings = http_settings(dsn, "http://trakt.test", trakt_redirect_uri="http://127.0.0.1:8000/callback")
    trakt = InProcessTrakt().client_without_token()
    async with trakt_sync_on(settings, trakt=trakt) as app, served(app) as url:
        cases = await _checked("trakt-sync", url, bearer_of_trakt_sync()["Authorization"], tmp_path)
    assert cases > 50


async def _checked(service: str, url: str, authorization: str, folder: Path) -> int:
    """Run schemathesis and return the number of requests; every failure of one of its checks fails the test."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    options = ["--url", url, "--header", f"Authorization: {authorization}", "--no-color"]
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(FOLDER / f"{service}.json"), *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) generated", done.stdout)
    assert found, done.stdout
    return int(found[1])
