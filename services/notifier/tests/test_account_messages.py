"""What a user is told of the Trakt account, and of imports from Trakt."""

from typing import Any
from uuid import UUID

import pytest

from notifier.catalogue import Severity
from notifier.links import Link
from notifier.messages import Message
from notifier.testing_messages import event, said_of, text_of
from watchbuddy_contracts import Event, TraktListReadFailed


def unread(reason: str, **fields: Any) -> Event:  # noqa: ANN401
    return event("TraktListReadFailed", import_id=UUID(int=2), trakt_list="heists", reason=reason, **fields)


def test_an_expired_token_is_told_as_a_matter_of_the_account() -> None:
    assert said_of(event("TraktReauthorizationRequired")) == Message(
        "Trakt access token expired. Please reauthorize.",
        "warning",
        "trakt_reauthorization_required",
        link=Link(to="account"),
    )


def test_a_disconnected_account_is_told_as_a_matter_of_the_account() -> None:
    assert said_of(event("TraktAccountDisconnected")) == Message(
        "Trakt is disconnected. Your lists stay here, and rest there.",
        "info",
        "trakt_account_disconnected",
        link=Link(to="account"),
    )


@pytest.mark.parametrize(
    ("removed", "left", "severity", "text"),
    [
        (12, 0, "info", "Trakt is disconnected. Your 12 lists on Trakt were removed. All stay here."),
        (1, 0, "info", "Trakt is disconnected. Your list on Trakt was removed. All stay here."),
        (
            5,
            7,
            "warning",
            (
                "Trakt is disconnected. Your 5 lists on Trakt were removed, 7 could not be removed and stay there. "
                "All stay here."
            ),
        ),
        (0, 3, "info", "Trakt is disconnected. Your lists stay here, and rest there."),
    ],
)
def test_a_disconnected_account_tells_which_lists_were_removed_and_which_stay(
    removed: int, left: int, severity: Severity, text: str
) -> None:
    told = event("TraktAccountDisconnected", removed_list_ids=list(range(1, removed + 1)), lists_left=left)
    link = Link(to="account")
    assert said_of(told) == Message(text, severity, "trakt_account_disconnected", link=link)


NOT_READ = {
    "not_found": "there is no such list",
    "private": "the list is private",
    "auth": "Trakt does not accept your account any more, please reauthorize",
    "network": "Trakt cannot be reached",
    "not_connected": "you have not connected a Trakt account",
    "too_large": "it has too many titles",
    "own_mirror": "it is the mirror of one of your lists",
    "rejected": "Trakt refused to show it",
}


@pytest.mark.parametrize(("reason", "words"), NOT_READ.items(), ids=NOT_READ.keys())
def test_an_import_that_failed_is_told_with_its_reason_in_words(reason: str, words: str) -> None:
    assert said_of(unread(reason)) == Message(
        f"The list 'heists' could not be imported from Trakt: {words}.",
        "warning",
        "trakt_list_read_failed",
        link=Link(to="account") if reason in ("auth", "not_connected") else None,
    )


def test_every_reason_for_which_a_list_is_not_read_has_words() -> None:
    reasons = TraktListReadFailed.model_json_schema()["properties"]["reason"]["enum"]
    assert set(reasons) == set(NOT_READ)


def test_an_import_that_waits_for_trakt_says_that_it_is_tried_again() -> None:
    assert text_of(unread("network", retry_at="2026-11-20T18:04:05Z")) == (
        "The list 'heists' could not be imported from Trakt: Trakt cannot be reached; it is tried again."
    )


@pytest.mark.parametrize(
    ("reason", "detail", "text"),
    [
        (
            "quota_exceeded",
            "Quota exceeded: Free accounts can create up to 1 lists.",
            ". Quota exceeded: Free accounts can create up to 1 lists.",
        ),
        ("own_mirror", None, ": it is the mirror of one of your lists."),
        ("too_large", "A list holds at most 10000 items.", ": it has too many titles."),
    ],
    ids=["quota exceeded", "own mirror", "too large"],
)
def test_an_import_of_which_no_list_is_made_is_told_why(reason: str, detail: str | None, text: str) -> None:
    said = event("TraktImportRefused", import_id=UUID(int=2), trakt_list="heists", reason=reason, detail=detail)
    whole = f"The list 'heists' could not be imported from Trakt{text}"
    assert said_of(said) == Message(whole, "warning", "list_trakt_import_refused")
