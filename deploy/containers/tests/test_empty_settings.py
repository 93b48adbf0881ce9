"""Compose passes a setting on that nobody has made as an empty one: it counts as left out."""

from importlib import import_module

import pytest
from pydantic_settings import BaseSettings


def _settings_of(service: str) -> list[type[BaseSettings]]:
    values = vars(import_module(f"{service}.settings")).values()
    return [one for one in values if isinstance(one, type) and issubclass(one, BaseSettings)]


@pytest.mark.parametrize("service", ["chassis", "lists_api", "trakt_sync", "notifier"])
def test_an_empty_setting_is_left_out(service: str) -> None:
    ours = [one for one in _settings_of(service) if one is not BaseSettings]
    assert ours
    assert [one.__name__ for one in ours if not one.model_config.get("env_ignore_empty")] == []
