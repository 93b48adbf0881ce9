"""Secrets at rest."""

import pytest
from cryptography.fernet import Fernet

from chassis.sealing import Sealer

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_sealed_is_opened_by_every_key_that_is_kept() -> None:
    sealed = Sealer.of_setting(OLD).seal("a tøken")
    assert b"a t" not in sealed
    assert Sealer.of_setting(f" {NEW} ,{OLD},").open(sealed) == "a tøken"


def test_the_first_key_seals() -> None:
    sealed = Sealer.of_setting(f"{NEW},{OLD}").seal("a token")
    assert Sealer.of_setting(NEW).open(sealed) == "a token"
    assert Sealer.of_setting(OLD).open(sealed) is None


def test_what_somebody_changed_is_not_opened() -> None:
    sealer = Sealer.of_setting(OLD)
    sealed = sealer.seal("a token")
    assert sealer.open(sealed[:-4] + b"AAA=") is None
    assert sealer.open(b"") is None


@pytest.mark.parametrize("keys", ["", ",", "short", f"{NEW},short"], ids=["none", "empty", "short", "one of two"])
def test_what_is_no_key_is_refused(keys: str) -> None:
    with pytest.raises(ValueError, match=r"key|Fernet"):
        Sealer.of_setting(keys)
