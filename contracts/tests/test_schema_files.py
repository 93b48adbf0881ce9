import json
from pathlib import Path

import pytest

from watchbuddy_contracts import EVENTS
from watchbuddy_contracts.schemas import FOLDER, current_schemas, differences, read_schemas, write_schemas
from watchbuddy_contracts.schemas.__main__ import main

TYPE = "watchbuddy.list.deleted.v1"


def change(path: Path, **members: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | members), encoding="utf-8")


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert differences(FOLDER, current_schemas()) == []


def test_schemas_are_written_for_every_type_and_then_the_check_is_content(tmp_path: Path) -> None:
    assert main(["--folder", str(tmp_path)]) == 0
    assert set(read_schemas(tmp_path)) == set(EVENTS)
    assert main(["--check", "--folder", str(tmp_path)]) == 0


def test_writing_twice_changes_no_byte(tmp_path: Path) -> None:
    write_schemas(tmp_path, current_schemas())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_schemas(tmp_path, current_schemas())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_check_names_each_stale_missing_and_surplus_file_and_changes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_schemas(tmp_path, current_schemas())
    change(tmp_path / f"{TYPE}.json", title="Edited by hand")
    (tmp_path / "watchbuddy.list.synced.v1.json").unlink()
    (tmp_path / "watchbuddy.list.renamed.v1.json").write_text("{}")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(["--check", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"stale: {TYPE}.json",
        "missing: watchbuddy.list.synced.v1.json",
        "surplus: watchbuddy.list.renamed.v1.json",
        "Write them with: python -m watchbuddy_contracts.schemas",
    ]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_schema_without_a_type_is_removed_by_writing(tmp_path: Path) -> None:
    (tmp_path / "watchbuddy.list.renamed.v1.json").write_text("{}")
    write_schemas(tmp_path, current_schemas())
    assert set(read_schemas(tmp_path)) == set(EVENTS)


def test_a_first_release_and_one_without_a_break_copy_the_schemas(tmp_path: Path) -> None:
    assert main(["--release", "--folder", str(tmp_path)]) == 0
    released = tmp_path / "released"
    (released / f"{TYPE}.json").unlink()  # as if the type were new
    assert main(["--release", "--folder", str(tmp_path)]) == 0
    assert read_schemas(released) == read_schemas(tmp_path) == current_schemas()


def test_a_release_that_breaks_a_reader_is_refused_and_leaves_everything_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--release", "--folder", str(tmp_path)])
    path = tmp_path / "released" / f"{TYPE}.json"
    change(path, properties={"user_id": {"type": "integer"}}, required=["user_id"])
    (tmp_path / "released" / "watchbuddy.list.renamed.v1.json").write_text("{}")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    capsys.readouterr()
    assert main(["--release", "--folder", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "(forward)" in told
    assert "(backward)" in told
    assert "watchbuddy.list.renamed.v1: the type is gone" in told
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_every_schema_names_its_dialect_and_itself() -> None:
    for ce_type, schema in current_schemas().items():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"urn:watchbuddy:event:{ce_type}"


def test_a_bad_option_exits_with_2_and_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_of:
        main(["--check", "--release"])
    assert exit_of.value.code == 2
    assert "usage: python -m watchbuddy_contracts.schemas" in capsys.readouterr().err
