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
