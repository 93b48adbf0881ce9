"""Compose passes a setting on that nobody has made as an empty one, or as an empty file: it counts as left out."""

from importlib import import_module
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from chassis.setting_sources import FromEnvironment
from chassis.settings import AuthSettings, load


def _settings_of(service: str) -> list[type[BaseSettings]]:
    values = vars(import_module(f"{service}.settings")).values()
    return [one for one in values if isinstance(one, type) and issubclass(one, BaseSettings)]


@pytest.mark.parametrize("service", ["chassis", "lists_api", "trakt_sync", "notifier"])
def test_all_settings_come_from_where_empty_ones_are_left_out(service: str) -> None:
    ours = [one for one in _settings_of(service) if one is not BaseSettings]
    assert ours
    assert [one.__name__ for one in ours if not issubclass(one, FromEnvironment)] == []


@pytest.mark.parametrize("where", ["environment", "file"])
def test_an_empty_setting_is_left_out(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_JWKS_URL", "https://login.example.org/jwks.json")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    if where == "file":
        (tmp_path / "auth_local_key").write_text("\n")
    else:
        monkeypatch.setenv("AUTH_LOCAL_KEY", "")
    assert load(AuthSettings).auth_local_key is None
