"""Every event and every reason of the contracts has its text, or is silent on purpose."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import pytest

from notifier.catalogue import CONDITIONS, LACKING, SILENT, WORDINGS
from notifier.links import Link, TitleState
from notifier.messages import Message, kind_of, news, told_of
from notifier.testing import TIME
from watchbuddy_contracts import EVENTS, Event, TraktDriftFound, TraktListSynced, TraktSyncFailed

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples"
CHOICES = ("reason", "kind", "action", "operation", "trigger")
INTERNAL = ("null", "none", "_", "{", "}", "shard", "ledger", "outbox", "mirror_", " lease", "retry_at", "sync_failed")


def examples() -> Iterator[Event]:
    """Yield the contracts' examples, each with every combination of what its choices can be."""
    for file in sorted(EXAMPLES.glob("*.json")):
        ce_type = ".".join(file.name.split(".")[:4])
        model, value = EVENTS[ce_type], json.loads(file.read_text())
        choices = {name: options for name in CHOICES if (options := options_of(model, name))}
        for chosen in product(*choices.values()):
            yield model.model_validate(value | dict(zip(choices, chosen, strict=True)))


def options_of(model: type[Event], name: str) -> tuple[str, ...]:
    field = model.model_fields.get(name)
    return get_args(field.annotation) if field is not None and get_origin(field.annotation) is Literal else ()


def all_of(event: Event, *, whole: bool = False) -> list[Message]:
    """Return what a user is told of an event. Args: whole: also what is told when everything else was wrong before."""
    told = told_of(event, UUID(int=1), TIME)
    if told is None:
        return []
    states = {change.key: "wrong" for change in told.changes} if whole else {}
    return [new.message for new in news(states, [told])]


def test_every_event_has_an_example_here() -> None:
    assert {type(event) for event in examples()} == set(EVENTS.values())


def test_every_choice_of_the_contracts_is_looked_at() -> None:
    looked_at = {(model, name) for model in EVENTS.values() for name in CHOICES if options_of(model, name)}
    literals = {
        (model, name)
        for model in EVENTS.values()
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is Literal and model not in SILENT
    }
    assert literals - looked_at == {
        (model, "list_type") for model in EVENTS.values() if "list_type" in model.model_fields and model not in SILENT
    } | {(model, "privacy") for model in EVENTS.values() if "privacy" in model.model_fields and model not in SILENT}


def test_every_event_that_is_not_silent_is_told_whatever_its_reason() -> None:
    for event in examples():
        if type(event) in SILENT:
            assert all_of(event, whole=True) == []
        elif not is_silent_on_purpose(event):
            assert all_of(event, whole=True), event


def is_silent_on_purpose(event: Event) -> bool:
    match event:
        case TraktSyncFailed(reason="auth"):  # told once for all lists
            return True
        case _:
            source = getattr(event, "source", None)
            made_here = kind_of(event) == "list_created" and (source is None or source.kind != "trakt")
            return made_here or (kind_of(event) == "trakt_list_deleted" and getattr(event, "trakt_list_id", 0) is None)


def test_every_drift_has_a_text_of_its_own() -> None:
    about: dict[str, Any] = {"user_id": "ada", "list_id": 7, "version": 1, "title": "Heists"}
    texts = [
        all_of(TraktDriftFound.model_validate(about | {"kind": kind, "action": action}))[0].text
        for kind in options_of(TraktDriftFound, "kind")
        for action in options_of(TraktDriftFound, "action")
    ]
    assert len(set(texts)) == len(texts) == 12


@pytest.mark.parametrize("whole", [True, False])
def test_no_text_has_a_word_of_the_programs_in_it(*, whole: bool) -> None:
    texts = {message.text for event in examples() for message in all_of(event, whole=whole)}
    assert texts
    for text in texts:
        assert text == text.strip()
        assert text[0].isupper() or text[0] == "'"
        assert not [word for word in INTERNAL if word in text.lower()], text


def test_no_count_of_zero_is_told_beside_others() -> None:
    for event in examples():
        for message in all_of(event):
            if message.kind not in ("trakt_list_synced", "trakt_watchlist_synced"):  # "+8 -0" is a text that users know
                assert ", 0 " not in message.text.split(" (")[-1]
                assert "(0 " not in message.text


def test_the_states_of_titles_are_those_that_trakt_sync_names_and_the_fields_of_the_event() -> None:
    assert tuple(LACKING) == get_args(TitleState)
    assert set(LACKING) <= set(TraktListSynced.model_fields)


def test_every_message_of_a_list_names_it_and_leads_somewhere_unless_it_is_gone() -> None:
    for event in examples():
        for message in all_of(event, whole=True):
            if message.kind in ("list_deleted", "trakt_list_deleted"):
                assert message.link is None
            elif hasattr(event, "list_id") and getattr(event, "operation", None) != "delete":
                assert (message.list_id, message.list_title) == (event.list_id, getattr(event, "title", None))
                assert message.link is not None
                assert message.link == Link(to="account") or message.link.list_id == event.list_id


def test_the_kinds_are_these() -> None:
    """Frontends tell messages apart by them: a kind may be added, and none is taken away or renamed."""
    assert {
        message.kind for event in examples() for whole in (True, False) for message in all_of(event, whole=whole)
    } == {
        "list_created",
        "list_deleted",
        "list_run_held",
        "list_sync_failed",
        "list_sync_started",
        "list_sync_unchanged",
        "list_synced",
        "list_trakt_import_refused",
        "trakt_account_disconnected",
        "trakt_account_recovered",
        "trakt_drift_found",
        "trakt_list_complete",
        "trakt_list_created",
        "trakt_list_deleted",
        "trakt_list_incomplete",
        "trakt_list_read_failed",
        "trakt_list_synced",
        "trakt_reauthorization_required",
        "trakt_sync_failed",
        "trakt_sync_recovered",
        "trakt_watchlist_synced",
    }


def test_the_tables_do_not_name_what_is_silent() -> None:
    assert not {*WORDINGS, *CONDITIONS} & SILENT
