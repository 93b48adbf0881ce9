import re
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, ValidationError

import watchbuddy_contracts
from watchbuddy_contracts import EVENTS, Event, ItemIds, ListCreated, TraktSyncFailed


def models_within(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and the models of its fields, to any depth."""
    schema = model.model_json_schema()
    known = {name: getattr(watchbuddy_contracts, name) for name in schema.get("$defs", {})}
    return {model, *known.values()}


ALL_MODELS = sorted(
    {part for event in EVENTS.values() for part in models_within(event)}, key=lambda part: part.__name__
)


def test_every_event_class_of_the_package_is_registered_under_its_own_type() -> None:
    classes = {
        value for value in vars(watchbuddy_contracts).values() if isinstance(value, type) and issubclass(value, Event)
    } - {
        watchbuddy_contracts.Event,
        watchbuddy_contracts.ListEvent,
        watchbuddy_contracts.ListState,
        watchbuddy_contracts.TraktSynced,
        watchbuddy_contracts.AccountEvent,
        watchbuddy_contracts.ErasureEvent,
    }
    assert set(EVENTS.values()) == classes
    assert {ce_type: model.ce_type for ce_type, model in EVENTS.items()} == {ce_type: ce_type for ce_type in EVENTS}


@pytest.mark.parametrize("ce_type", sorted(EVENTS))
def test_a_type_is_named_as_a_versioned_fact_of_its_topic(ce_type: str) -> None:
    assert re.fullmatch(r"watchbuddy\.(list|trakt|notification)\.[a-z_]+\.v[1-9]", ce_type)
    subject = ce_type.split(".")[1]
    assert EVENTS[ce_type].topic == f"watchbuddy.{subject.removesuffix('s')}{'' if subject == 'trakt' else 's'}.v1"


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: model.__name__)
def test_every_model_is_frozen_and_ignores_unknown_fields(model: type[BaseModel]) -> None:
    assert model.model_config.get("frozen") is True
    assert model.model_config.get("extra") == "ignore"


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: model.__name__)
def test_a_field_that_may_be_null_is_null_when_it_is_left_out(model: type[BaseModel]) -> None:
    # Event.to_json leaves nulls out, so any other default would change the value on its way.
    for name, schema in model.model_json_schema()["properties"].items():
        if {"type": "null"} in schema.get("anyOf", []):
            field = model.model_fields[name]
            assert (field.is_required(), field.default) == (False, None), name


def test_nulls_are_left_out_at_every_depth_and_other_defaults_are_written() -> None:
    event = ListCreated.model_validate(
        {
            "user_id": "ada",
            "list_id": 7,
            "version": 1,
            "title": "Heists",
            "list_type": "manual",
            "items": [{"media_type": "movie", "ids": {"tmdb": 949}}],
        }
    )
    assert event.to_json() == (
        b'{"user_id":"ada","list_id":7,"version":1,"title":"Heists","list_type":"manual","privacy":"private",'
        b'"items":[{"media_type":"movie","ids":{"tmdb":949}}],'
        b'"mirror":{"display_numbers":true,"allow_comments":false,"order":false,"mode":"mirror","when_deleted":"recreate",'
        b'"when_changed":"restore","when_removed":"restore","target":"list"},"uses_watched":false}'
    )


def test_a_null_on_the_wire_is_read_as_a_field_left_out() -> None:
    wire = (
        b'{"user_id":"ada","list_id":7,"version":1,"title":"Heists",'
        b'"operation":"sync","reason":"network","retry_at":null}'
    )
    assert TraktSyncFailed.model_validate_json(wire).retry_at is None


def test_a_time_keeps_its_instant_and_zone_on_the_wire() -> None:
    retry_at = datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC)
    event = TraktSyncFailed(
        user_id="ada",
        list_id=7,
        version=1,
        title="Heists",
        operation="sync",
        reason="network",
        retry_at=retry_at,
    )
    assert b'"retry_at":"2026-11-20T18:04:05Z"' in event.to_json()
    assert TraktSyncFailed.model_validate_json(event.to_json()).retry_at == retry_at


@pytest.mark.parametrize(
    "ids",
    [
        {},
        {"tvdb": 5},
        {"trakt": 0},
        {"tmdb": -1},
        {"tmdb": 2**63},
        {"imdb": "949"},
        {"imdb": "tt"},
        {"imdb": "tt0113277\n"},
        {"imdb": "tt\u0660\u0661\u0662"},
    ],
)
def test_ids_that_name_nothing_are_refused(ids: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ItemIds.model_validate(ids)


def test_the_subject_of_a_list_event_is_the_list_and_of_an_account_event_the_user() -> None:
    assert watchbuddy_contracts.ListDeleted(user_id="ada", list_id=7, version=4, title="Heists").subject == "7"
    assert watchbuddy_contracts.TraktAccountDisconnected(user_id="ada").subject == "ada"
