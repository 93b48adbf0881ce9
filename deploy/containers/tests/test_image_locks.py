import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LOCKS = ROOT / "deploy" / "containers"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", lock.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["services.lock", "simulator.lock", "build.lock"])
def test_images_hold_the_versions_that_the_tests_run_with(name: str) -> None:
    in_the_image, here = pins(LOCKS / name), pins(ROOT / "requirements.lock")
    assert in_the_image
    assert {package: here.get(package) for package in in_the_image} == in_the_image


@pytest.mark.parametrize("name", ["services.lock", "simulator.lock", "build.lock"])
def test_every_pin_has_a_hash_and_no_lock_names_an_address(name: str) -> None:
    text = (LOCKS / name).read_text()
    requirements = text.replace("\\\n", "").splitlines()
    assert [line for line in requirements if "--hash=sha256:" not in line] == []
    assert "://" not in text
    assert "-index" not in text


def test_images_carry_no_tools_of_developers() -> None:
    assert not {"pytest", "mypy", "ruff", "hatchling", "uv", "confluent-kafka"} & pins(LOCKS / "services.lock").keys()


def test_the_simulators_image_carries_neither_kafka_nor_postgres_libraries() -> None:
    assert not {"aiokafka", "asyncpg", "faststream", "confluent-kafka"} & pins(LOCKS / "simulator.lock").keys()
