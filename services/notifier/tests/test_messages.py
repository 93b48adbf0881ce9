from typing import Any
from uuid import UUID

import pytest

import watchbuddy_contracts
from notifier.messages import SILENT, WORDINGS, Message, message_of
from watchbuddy_contracts import EVENTS, Event, ListSynced, TraktSyncFailed

HEAD = {"user_id": "ada", "list_id": 7, "version": 3, "title": "Heists"}
RUN = {"run_id": UUID(int=1), "trigger": "manual"}
ON_TRAKT = {"trakt_list_id": 30571203}


def event(name: str, **fields: Any) -> Event:  # noqa: ANN401 - fields of any event
    model: type[Event] = getattr(watchbuddy_contracts, name)
    return model.model_validate(HEAD | fields)


def synced(trigger: str = "manual", *, updated: int = 0, removed: int = 0, total: int = 0) -> Event:
    counts = {"updated": updated, "removed": removed, "total": total}
    return event("ListSynced", list_type="smart", **RUN | {"trigger": trigger} | counts)


def trakt_synced(added: int, removed: int, **fields: Any) -> Event:  # noqa: ANN401
    return event("TraktListSynced", **ON_TRAKT, added=added, removed=removed, unchanged=1, **fields)


def failed(operation: str, reason: str) -> Event:
    return event("TraktSyncFailed", operation=operation, reason=reason, detail="Trakt's own words")


TEXTS: list[tuple[Event, str, str]] = [
    (event("ListSyncStarted", **RUN), "info", "Syncing 'Heists'..."),
    (
        synced("manual", updated=2, removed=1, total=9),
        "success",
        "Sync (manual) for 'Heists': 2 updated, 1 removed, 9 total",
    ),
    (synced("auto", removed=1, total=9), "success", "Sync (auto) for 'Heists': 1 removed, 9 total"),
    (synced("auto", total=9), "success", "Sync (auto) for 'Heists': 9 total"),
    (synced("manual"), "success", "Sync (manual) for 'Heists': No changes."),
    (synced("watched_only", updated=3, total=9), "info", "Sync (watched-only) for 'Heists': 3 updated, 9 total"),
    (
        event("ListSyncFailed", **RUN, reason="no_candidates"),
        "warning",
        (
            "No valid recommendations could be found for 'Heists'."
            " Try adjusting your filters or check your candidate pool."
        ),
    ),
    (
        event("ListSyncFailed", **RUN, reason="error"),
        "error",
        "Sync error for list 7: the run failed, the list stays as it was.",
    ),
    (event("ListDeleted"), "info", "List 7 deleted."),
    (
        event("TraktListCreated", **ON_TRAKT, slug="heists", adopted=False),
        "success",
        "Created list 'Heists' on Trakt",
    ),
    (
        event("TraktListCreated", **ON_TRAKT, slug="heists", adopted=True),
        "success",
        "Created list 'Heists' on Trakt",
    ),
    (trakt_synced(250, 0), "info", "Synced to Trakt: +250 -0"),
    (trakt_synced(0, 3), "info", "Synced to Trakt: +0 -3"),
    (
        trakt_synced(
            1,
            1,
            not_found=[{"media_type": "movie", "ids": {"tmdb": 949}}],
            left_out=[{"media_type": "movie", "ids": {"tmdb": 500}}],
        ),
        "info",
        "Synced to Trakt: +1 -1",
    ),
    (event("TraktListDeleted", **ON_TRAKT), "info", "Deleted 'Heists' from Trakt"),
    *(
        (failed(operation, "rate_limited"), "warning", "Trakt API rate limit exceeded. Please wait.")
        for operation in ("create", "sync", "delete")
    ),
    *(
        (failed(operation, reason), "warning", text)
        for operation, text in (
            ("create", "List created locally, but Trakt sync failed"),
            ("sync", "List synced locally, but Trakt sync failed"),
            ("delete", "List deleted locally, but Trakt deletion failed"),
        )
        for reason in ("network", "limit_reached", "account_locked", "rejected")
    ),
]

NOTHING: list[Event] = [
    trakt_synced(0, 0),
    trakt_synced(0, 0, renamed=True),
    event("TraktListDeleted", trakt_list_id=None),
    *(failed(operation, "auth") for operation in ("create", "sync", "delete")),
    event("ListCreated", list_type="manual"),
    event("ListUpdated", list_type="manual"),
    event("TraktDriftFound", kind="list_deleted", action="recreated"),
    event("TraktAccountConnected"),
    event("TraktAccountDisconnected"),
]


@pytest.mark.parametrize(("said", "severity", "text"), TEXTS, ids=lambda part: type(part).__name__)
def test_an_event_is_told_in_the_exact_words_and_severity(said: Event, severity: str, text: str) -> None:
    message = message_of(said)
    assert message is not None
    assert (message.severity, message.text, message.list_id) == (severity, text, 7)


@pytest.mark.parametrize("said", NOTHING, ids=lambda said: type(said).__name__)
def test_nothing_is_told(said: Event) -> None:
    assert message_of(said) is None


def test_an_expired_token_is_told_as_a_matter_of_the_account() -> None:
    assert message_of(event("TraktReauthorizationRequired")) == Message(
        "Trakt access token expired. Please reauthorize.", "warning", None
    )


def test_every_event_type_is_either_told_or_silent_on_purpose() -> None:
    assert set(WORDINGS) | set(SILENT) == set(EVENTS.values())
    assert not set(WORDINGS) & set(SILENT)


def test_every_event_type_is_covered_by_this_table() -> None:
    tried = {type(said) for said, *_ in TEXTS} | {type(said) for said in NOTHING}
    assert tried | {watchbuddy_contracts.TraktReauthorizationRequired} == set(EVENTS.values())


def test_every_trigger_reason_and_operation_of_the_contract_has_words() -> None:
    triggers = ListSynced.model_json_schema()["properties"]["trigger"]["enum"]
    assert {text.split("(")[1].split(")")[0] for text in (_text(synced(trigger)) for trigger in triggers)} == {
        "manual",
        "auto",
        "watched-only",
    }
    fields = TraktSyncFailed.model_json_schema()["properties"]
    for operation in fields["operation"]["enum"]:
        for reason in fields["reason"]["enum"]:
            assert (message_of(failed(operation, reason)) is None) == (reason == "auth")


def test_a_title_is_quoted_as_it_is() -> None:
    for title in ("It's {event.title} %s", "Später 🍿", "", "two\nlines"):
        created = event("TraktListCreated", **ON_TRAKT, slug="s", adopted=False, title=title)
        assert _text(created) == f"Created list '{title}' on Trakt"


def _text(said: Event) -> str:
    message = message_of(said)
    assert message is not None
    return message.text
