"""The console's files: whole, small, and within the strict Content-Security-Policy."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lists_api.console.pages import STATIC

VENDOR = STATIC / "vendor"
OURS = sorted(path for path in STATIC.rglob("*.js") if VENDOR not in path.parents)
MOST_BYTES = 120_000
PAGE = STATIC / "index.html"
IMPORT = re.compile(r'^(?:import|export) [^"]*?from "([^"]+)";', re.MULTILINE)


def test_what_others_made_is_the_file_of_the_lock() -> None:
    lock = json.loads((VENDOR / "lock.json").read_text())
    assert {path.name for path in VENDOR.glob("*.js")} == set(lock)
    for name, entry in lock.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == entry["sha256"]
        assert all((VENDOR / licence).is_file() for licence in entry["licences"].values())


def test_all_that_a_browser_may_load_is_small() -> None:
    files = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"}]
    compressed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    assert compressed <= MOST_BYTES


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_a_module_names_files_that_are_there(path: Path) -> None:
    later = re.findall(r'import\("([^"]+)"\)', path.read_text())
    for target in IMPORT.findall(path.read_text()) + later:
        assert target.startswith("."), f"{target}: browsers load addresses, not packages"
        assert (path.parent / target).is_file(), target


def test_the_page_names_files_that_are_there() -> None:
    named = re.findall(r'(?:href|src)="(/[^"]+)"', PAGE.read_text())
    assert named
    assert [name for name in named if not (STATIC / name.removeprefix("/console/")).is_file()] == []


def needed_at_first(name: str, found: set[str]) -> set[str]:
    """Return the modules that a module needs before it runs, itself included."""
    if name not in found:
        found.add(name)
        for target in IMPORT.findall((STATIC / name).read_text()):
            needed_at_first(os.path.normpath(os.path.join(os.path.dirname(name), target)), found)  # noqa: PTH118, PTH120
    return found


def test_the_page_names_the_modules_of_its_first_view_so_that_all_are_asked_for_at_once() -> None:
    preloaded = re.findall(r'rel="modulepreload" href="/console/([^"]+)"', PAGE.read_text())
    assert sorted(preloaded) == sorted(needed_at_first("app.js", set()) - {"app.js"})


def test_the_page_of_a_list_names_its_modules_ahead() -> None:
    ahead = (STATIC / "ahead.js").read_text()
    arrays = re.findall(r"(\w+)(?: =|:) \[(.*?)\]", ahead, re.DOTALL)
    named = {name: re.findall(r'"([^"]+\.js)"', body) for name, body in arrays}
    first = needed_at_first("app.js", set())
    page = needed_at_first("views/list/page.js", set()) - first
    assert named.pop("PAGE") == sorted(page)
    assert named == {
        part: sorted(needed_at_first(f"views/list/{part}.js", set()) - first - page) for part in ("titles", "filters")
    }


def test_nothing_is_inline() -> None:
    """The policy refuses scripts and styles in the page, and in attributes that a script writes as text."""
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", PAGE.read_text()) == []
    for path in OURS:
        assert re.findall(r'\sstyle="|innerHTML|\beval\(|new Function', path.read_text()) == [], path


def test_icons_that_are_named_are_there() -> None:
    known = set(re.findall(r"^  (\w+): \"M|^  (\w+): \"m", (STATIC / "components/icon.js").read_text(), re.MULTILINE))
    known = {first or second for first, second in known}
    for path in OURS:
        named = re.findall(r'<\$\{Icon\} name="(\w+)"|\bicon: "(\w+)"', path.read_text())
        assert {first or second for first, second in named} <= known, path


def test_the_modules_are_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node (Debian: apt install nodejs)")  # only an engine of the language can tell
    for path in OURS:
        done = subprocess.run(  # noqa: S603
            [node, "--input-type=module", "--check"], input=path.read_bytes(), capture_output=True, check=False
        )
        assert done.returncode == 0, f"{path}: {done.stderr.decode()}"
