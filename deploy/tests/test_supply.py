"""What ships is listed, and known vulnerabilities are looked at; who could not ask does not say that all is well."""

import importlib.util
import json
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit, sbom = _script("audit"), _script("sbom")
TODAY = date(2026, 11, 27)
FOUND = audit.Report(10, frozenset({audit.Finding("aiohttp", "PYSEC-1")}))
EXCEPTION = {"PYSEC-1": {"package": "aiohttp", "reason": "we serve nothing by it", "until": "2026-11-27"}}


def test_everything_asked_and_nothing_found_is_well() -> None:
    verdict = audit.judge([audit.Report(10), audit.Report(2)], {}, TODAY)
    assert verdict == audit.Verdict(("12 packages asked for, 0 known vulnerabilities",), 0)


def test_a_vulnerability_fails_unless_it_is_a_known_exception_whose_day_has_not_passed() -> None:
    assert audit.judge([FOUND], {}, TODAY).status == 1
    assert "aiohttp: PYSEC-1" in audit.judge([FOUND], {}, TODAY).lines
    assert audit.judge([FOUND], EXCEPTION, TODAY).status == 0
    late = audit.judge([FOUND], EXCEPTION, date(2026, 11, 28))
    assert (late.status, "aiohttp: PYSEC-1" in late.lines) == (1, True)


def test_an_exception_of_no_use_is_to_go() -> None:
    assert audit.judge([audit.Report(10)], EXCEPTION, TODAY).status == 1


def test_who_was_not_answered_is_never_content() -> None:
    silent = audit.Report(0, unknown=("everything of requirements.lock",))
    assert audit.judge([audit.Report(10), silent], {}, TODAY).status == 2
    assert audit.judge([audit.Report(10), silent], EXCEPTION, TODAY).status == 2
    assert audit.judge([FOUND, silent], {}, TODAY).status == 1


def test_packages_that_pip_audit_skips_were_not_asked_for() -> None:
    text = json.dumps(
        {
            "dependencies": [
                {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]},
                {"name": "b", "skip_reason": "Dependency not found"},
            ]
        }
    )
    report = audit.of_pip_audit(text, "x.lock")
    assert report == audit.Report(1, frozenset({audit.Finding("a", "PYSEC-1")}), ("b (Dependency not found)",))


@pytest.mark.parametrize("text", ["", "no JSON", "{}", "[]", '{"dependencies": []}'])
def test_an_answer_that_is_none_is_no_answer(text: str) -> None:
    assert audit.of_pip_audit(text, "x.lock").unknown == ("everything of x.lock",)
    assert audit.of_npm(text, "x").unknown == ("npm packages of x",)


def test_npms_answer_names_advisories() -> None:
    via = [{"url": "https://example.org/advisories/GHSA-1"}, "another package"]
    said = {"vulnerabilities": {"htm": {"via": via}}, "metadata": {"dependencies": {"total": 3}}}
    assert audit.of_npm(json.dumps(said), "x") == audit.Report(3, frozenset({audit.Finding("htm", "GHSA-1")}))
    assert audit.of_npm(json.dumps({"message": "503", "error": {}}), "x").unknown == ("npm packages of x",)


def test_each_exception_says_why_and_until_when() -> None:
    there = json.loads((audit.ROOT / audit.EXCEPTIONS).read_text())
    for one in (EXCEPTION | there).values():
        assert one.keys() == {"package", "reason", "until"}
        assert all(one.values())
        date.fromisoformat(one["until"])


@pytest.mark.parametrize("name", sbom.DOCUMENTS)
def test_the_bill_lists_what_the_lock_pins_once_each_and_the_same_every_time(name: str) -> None:
    made = sbom.document(name)
    lock = Path(sbom.ROOT, f"deploy/containers/{name}.lock").read_text()
    pinned = set(re.findall(r"(?m)^([a-z0-9._-]+)==", lock))
    listed = [one["name"] for one in made["components"] if one["purl"].startswith("pkg:pypi/")]
    assert set(listed) == pinned | set(sbom.DOCUMENTS[name])
    references = [one["bom-ref"] for one in made["components"]]
    assert len(references) == len(set(references))
    assert {one["ref"] for one in made["dependencies"]} == {*references, f"watchbuddy-{name}"}
    assert made == sbom.document(name)
    hashed = [one for one in made["components"] if one["name"] in pinned]
    assert all(one["properties"] for one in hashed)


def test_the_vendored_files_are_in_the_bill_as_they_are() -> None:
    found = [one for one in sbom.document("services")["components"] if one["purl"].startswith("pkg:npm/")]
    files = json.loads((sbom.ROOT / sbom.VENDORED / "lock.json").read_text())
    assert [(one["name"], one["version"]) for one in found] == [
        (one["package"], one["version"]) for one in files.values()
    ]
    assert found[0]["hashes"][0]["content"] == files["htm-preact-standalone.js"]["sha256"]
