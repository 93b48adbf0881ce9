"""`python -m lists_api import`: what it prints, and its exit status."""

import argparse
from pathlib import Path

import pytest

from chassis.testing import run_python
from lists_api.commands.list_import import add_arguments, import_and_print
from lists_api.imports.testing import fill_catalogue, zip_of
from lists_api.testing import Api

SAMPLES = Path(__file__).parent / "import_samples"


async def run(api: Api, *arguments: str | Path) -> int:
    await fill_catalogue(api.pool)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return await import_and_print(
        api.app.state.use_cases, parser.parse_args(["--user", "ada", *(str(one) for one in arguments)])
    )


async def test_a_report_says_what_was_taken_and_names_what_was_not(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(api, SAMPLES / "letterboxd-list-v7.csv", "--title", "Rain") == 0
    (made,) = (await api.call("GET", "/api/lists")).json()["lists"]
    assert capsys.readouterr().out.splitlines() == [
        "letterboxd-list-v7.csv (letterboxd)",
        f"  Rain: 5 titles taken, list {made['id']}",
        "    1 ambiguous",
        "      row 15     Untitled: could be Untitled (2011, tt1764627)",
    ]


async def test_a_dry_run_makes_nothing(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(api, SAMPLES / "imdb-2024.csv", "--dry-run") == 0
    printed = capsys.readouterr().out
    assert "  imdb-2024: 4 titles would be taken\n" in printed
    assert "    3 left out (1 episode, 1 duplicate, 1 video game)\n" in printed
    assert "      row 6      Breaking Bad: Pilot (2008): episode\n" in printed
    assert printed.endswith("nothing was changed: this was a dry run\n")
    assert (await api.call("GET", "/api/lists")).json()["total"] == 0


async def test_long_reports_are_cut_and_counted(api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.zip"
    rows = "".join(f"Nothing {number},1990\n" for number in range(30))
    file.write_bytes(zip_of({"a.csv": f"title,year\n{rows}", "readme.md": "hello"}))
    assert await run(api, file) == 0
    printed = capsys.readouterr().out
    assert "    30 not recognised\n" in printed
    assert "      and 10 more\n" in printed
    assert "left alone: readme.md\n" in printed


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"hello", [], "expected was a list"),
        (None, [], "cannot be read"),
        (b"imdb\n" * 2_000_000, [], "more than 8388608 bytes"),
        (b"tt0113277", ["--list", "999"], "You have no list 999."),
    ],
    ids=["no list", "no file", "too large", "not the user's"],
)
async def test_what_is_refused_ends_with_2(
    api: Api,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    options: list[str],
    message: str,
) -> None:
    file = tmp_path / "x.csv"
    if content is not None:
        file.write_bytes(content)
    assert await run(api, file, *options) == 2
    assert message in capsys.readouterr().err


def test_the_command_itself_imports_into_the_database(own_dsn: str) -> None:
    arguments = ["-m", "lists_api", "import", str(SAMPLES / "ids-only.csv"), "--user", "ada"]
    done = run_python(*arguments, DATABASE_URL=own_dsn, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    assert "2 not recognised" in done.stdout, done.stderr  # an empty catalogue does not know what they are
    assert done.returncode == 0
