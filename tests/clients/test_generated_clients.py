"""Clients made from the OpenAPI document make, change and delete a list on a running lists-api."""

import asyncio
import importlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType

import pytest

from clients.documents import FOLDER
from clients.lists_server import ListsServer, lists_server
from clients.node import HERE, Node

DOCUMENT = FOLDER / "lists-api.json"
CLIENT = "generated_lists_client"
# The generator knows no ZIP files: it takes one for what it is, bytes.
CONFIG = """
literal_enums: true
post_hooks: []
content_type_overrides: {"application/zip": "application/octet-stream"}
"""


@pytest.fixture
async def server(make_database: Callable[..., str]) -> AsyncIterator[ListsServer]:
    dsn = await asyncio.to_thread(make_database, "chassis", "lists_api")
    async with lists_server(dsn) as running:
        yield running


@pytest.fixture
def python_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Generate the Python client; return what imports one of its modules."""
    config = tmp_path / "config.yml"
    config.write_text(CONFIG)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    paths = ["--path", str(DOCUMENT), "--output-path", str(tmp_path / CLIENT), "--config", str(config)]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    return lambda name: importlib.import_module(f"{CLIENT}.{name}")


async def test_a_generated_python_client_makes_changes_and_deletes_a_list(
    server: ListsServer, python_client: Callable[[str], ModuleType]
) -> None:
    models, lists, items = python_client("models"), "api.lists", "api.items"
    async with python_client("client").AuthenticatedClient(server.url, server.token) as client:
        export = await python_client("api.account.export_account").asyncio(client=client)
        assert zipfile.is_zipfile(export.payload)
        heat = models.ItemIn("movie", models.IdsIn(tmdb=949))
        new = models.ListIn(title="Heists", list_type="manual", items=[heat])
        made = await python_client(f"{lists}.create_list").asyncio_detailed(client=client, body=new)
        assert (made.status_code, made.parsed.title, made.parsed.version) == (201, "Heists", 1)
        list_id = made.parsed.id

        edit = python_client(f"{lists}.edit_list")
        patch = models.ListPatch(title="Noir")
        changed = await edit.asyncio(list_id, client=client, body=patch, if_match='"1"')
        assert (changed.title, changed.version) == ("Noir", 2)
        late = await edit.asyncio(list_id, client=client, body=patch, if_match='"1"')
        assert isinstance(late, models.VersionMismatch)
        assert late.version == 2

        page = await python_client(f"{items}.read_items").asyncio(list_id, client=client)
        assert [(item.media_type, item.ids.tmdb) for item in page.items] == [("movie", 949)]

        deleted = await python_client(f"{lists}.delete_list").asyncio_detailed(list_id, client=client)
        assert deleted.status_code == 204
        gone = await python_client(f"{lists}.read_list").asyncio(list_id, client=client)
        assert isinstance(gone, models.NotFound)


async def test_a_generated_typescript_client_makes_changes_and_deletes_a_list(
    server: ListsServer, node: Node, tmp_path: Path
) -> None:
    for name in ("use-lists.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, tmp_path)
    await _succeeds(node, tmp_path, "node_modules/openapi-typescript/bin/cli.js", str(DOCUMENT), "-o", "lists-api.d.ts")
    # The compiler checks all types, and writes the script only when there is no error.
    await _succeeds(node, tmp_path, "node_modules/typescript/bin/tsc")
    seen = await _succeeds(node, tmp_path, "out/use-lists.js", server.url, server.token)
    assert json.loads(seen) == {
        "refused": ["body.privacy"],
        "made": [201, "Heists"],
        "changed": [200, "Noir"],
        "late": [412, 2],
        "items": [949],
        "deleted": 204,
        "gone": [404, "not-found"],
    }


async def _succeeds(node: Node, folder: Path, *arguments: str) -> str:
    done = await asyncio.to_thread(node.run, folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
