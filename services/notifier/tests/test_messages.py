"""What a user is told of each event about a list, word by word, and that no event is forgotten."""

from typing import Any
from uuid import UUID

import pytest

import watchbuddy_contracts
from notifier.catalogue import CONDITIONS, SILENT, TOLD, WORDINGS
from notifier.testing_messages import event, said_of, text_of
from watchbuddy_contracts import EVENTS, Event, TraktListReadFailed

RUN = {"run_id": UUID(int=1), "trigger": "manual"}
ON_TRAKT = {"trakt_list_id": 30571203}


def synced(trigger: str = "manual", *, updated: int = 0, removed: int = 0, total: int = 0) -> Event:
    counts = {"updated": updated, "removed": removed, "total": total}
    return event("ListSynced", list_type="smart", **RUN | {"trigger": trigger} | counts)


def trakt_synced(added: int, removed: int, **fields: Any) -> Event:  # noqa: ANN401
    return event("TraktListSynced", **ON_TRAKT, added=added, removed=removed, unchanged=1, **fields)


def imported(count: int, kind: str = "trakt") -> Event:
    items = [{"media_type": "movie", "ids": {"tmdb": number}} for number in range(1, count + 1)]
    return event("ListCreated", list_type="manual", items=items, source={"kind": kind})


def drift(kind: str, action: str, **fields: Any) -> Event:  # noqa: ANN401
    return event("TraktDriftFound", kind=kind, action=action, **fields)


def failed(operation: str, reason: str) -> Event:
    return event("TraktSyncFailed", operation=operation, reason=reason, detail="Trakt's own words")


TEXTS: list[tuple[Event, str, str]] = [
    (imported(3), "success", "Imported 'Heists' from Trakt: 3 titles."),
    (imported(1), "success", "Imported 'Heists' from Trakt: 1 title."),
    (event("TraktWatchlistSynced", added=3, removed=1, unchanged=0), "info", "Synced to your Trakt watchlist: +3 -1"),
    (imported(0), "success", "Imported 'Heists' from Trakt: 0 titles."),
    (
        event("ListRunHeld", **RUN, would_add=3, would_remove=41, total=50),
        "warning",
        "'Heists' waits for your approval: the run would remove 41 of 50 titles.",
    ),
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
    (
        event("ListSyncUnchanged", **RUN | {"trigger": "manual"}, reason="not_due"),
        "success",
        "Sync (manual) for 'Heists': No changes.",
    ),
    (
        event("ListSyncUnchanged", **RUN | {"trigger": "watched_only"}, reason="same"),
        "info",
        "Sync (watched-only) for 'Heists': No changes.",
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
    (drift("list_deleted", "recreated"), "warning", "'Heists' was deleted on Trakt: made anew."),
    (
        drift("list_deleted", "detached"),
        "warning",
        "'Heists' was deleted on Trakt: it stays deleted, and is not mirrored any more.",
    ),
    (
        drift("list_renamed", "repaired"),
        "info",
        "'Heists' was renamed or changed on Trakt: put back as it was.",
    ),
    (
        drift("list_renamed", "kept", new_title="{Capers}", new_privacy="public"),
        "info",
        "'Heists' was renamed or changed on Trakt: its name there is '{Capers}', its privacy there is 'public'.",
    ),
    (drift("items_edited", "repaired"), "info", "Titles of 'Heists' were changed on Trakt: put back as it was."),
    (
        drift("items_edited", "repaired", added=3, removed=2),
        "info",
        "Titles of 'Heists' were changed on Trakt: 3 put back, 2 taken off again.",
    ),
    (
        drift("items_edited", "kept", added=0, removed_items=[{"media_type": "movie", "ids": {"tmdb": 949}}]),
        "info",
        "Titles of 'Heists' were changed on Trakt: 1 taken off here too.",
    ),
    (drift("items_edited", "kept"), "info", "Titles of 'Heists' were changed on Trakt: left alone."),
    (event("TraktListDeleted", **ON_TRAKT), "info", "Deleted 'Heists' from Trakt"),
    *(
        (
            event("TraktListDeleted", not_removed=[{"media_type": "movie", "ids": {"tmdb": one}} for one in stuck]),
            "warning",
            f"'Heists' is deleted, but {titles} could not be removed from your Trakt watchlist.",
        )
        for stuck, titles in (((949,), "1 title"), ((949, 500), "2 titles"))
    ),
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
    event("TraktWatchlistSynced", added=0, removed=0, unchanged=9),
    trakt_synced(0, 0, renamed=True),
    event("TraktListDeleted", trakt_list_id=None),
    *(failed(operation, "auth") for operation in ("create", "sync", "delete")),
    event("ListCreated", list_type="manual"),
    event("ListUpdated", list_type="manual"),
    imported(3, kind="of a later version"),
    event("ListRunChanged", **RUN, state="running", step="scoring", percent=60),
    event("TraktImportRequested", import_id=UUID(int=2), trakt_list="heists"),
    event(
        "TraktListRead", import_id=UUID(int=2), trakt_list_id=5, name="Heists", url="https://x", items=[], item_count=0
    ),
    event("TraktWatchedChanged"),
    event("UserErasureRequested", erasure_id=UUID(int=3), keep_trakt_lists=True),
    *(
        event(name, erasure_id=UUID(int=3))
        for name in ("TraktUserForgotten", "TraktUserErased", "NotificationsUserErased")
    ),
    event("TraktAccountConnected"),
]


@pytest.mark.parametrize(("said", "severity", "text"), TEXTS, ids=lambda part: type(part).__name__)
def test_an_event_is_told_in_the_exact_words_and_severity(said: Event, severity: str, text: str) -> None:
    message = said_of(said)
    assert message is not None
    assert (message.severity, message.text, message.list_id) == (severity, text, 7)


@pytest.mark.parametrize("said", NOTHING, ids=lambda said: type(said).__name__)
def test_nothing_is_told(said: Event) -> None:
    assert said_of(said) is None


def test_every_event_type_is_either_told_or_silent_on_purpose() -> None:
    told = {*WORDINGS, *CONDITIONS}
    assert told | set(SILENT) == set(EVENTS.values())
    assert not told & set(SILENT)


def test_every_event_that_is_told_is_read_as_far_as_its_text_needs() -> None:
    models = {model.ce_type: model for model in TOLD}
    assert models.keys() == {kind.ce_type for kind in {*WORDINGS, *CONDITIONS}}
    for said in [said for said, *_ in TEXTS]:
        assert said_of(models[said.ce_type].model_validate_json(said.to_json())) == said_of(said)


def test_every_event_type_is_covered_by_this_table() -> None:
    tried = {type(said) for said, *_ in TEXTS} | {type(said) for said in NOTHING}
    by_themselves = {
        watchbuddy_contracts.TraktAccountDisconnected,
        watchbuddy_contracts.TraktReauthorizationRequired,
        watchbuddy_contracts.TraktImportRefused,
        TraktListReadFailed,
    }
    assert tried | by_themselves == set(EVENTS.values())


def test_a_title_is_quoted_as_it_is() -> None:
    for title in ("It's {event.title} %s", "Später 🍿", "", "two\nlines"):
        created = event("TraktListCreated", **ON_TRAKT, slug="s", adopted=False, title=title)
        assert text_of(created) == f"Created list '{title}' on Trakt"
