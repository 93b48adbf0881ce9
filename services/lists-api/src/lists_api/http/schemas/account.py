"""A user's account as a whole over HTTP."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel, StrictModel
from lists_api.store.erasures import Erasure


class EraseIn(StrictModel):
    """What is to become of everything of yours."""

    model_config = examples({"confirm": "erase everything", "keep_trakt_lists": True})

    confirm: Literal["erase everything"]
    """These words, for it cannot be undone."""
    keep_trakt_lists: bool
    """Whether the lists that were made on Trakt stay there; else they are deleted first."""


class ErasureOut(ResponseModel):
    """How far an erasure is."""

    model_config = examples(
        {
            "id": "0b6f3c1e-7a52-4b0e-9f57-3d1c0a8e6b21",
            "status_url": "/api/account/erase/0b6f3c1e-7a52-4b0e-9f57-3d1c0a8e6b21",
            "state": "in_progress",
            "keep_trakt_lists": False,
            "lists_erased_at": "2026-11-20T18:04:05Z",
            "notifications_erased_at": "2026-11-20T18:04:06Z",
            "trakt_erased_at": None,
            "trakt_lists_left": None,
        }
    )

    id: UUID
    """Whoever knows it can read this, without a token. It stands for nobody."""
    status_url: str
    state: Literal["in_progress", "complete"]
    """`complete`: no service has anything of yours any more."""
    keep_trakt_lists: bool
    lists_erased_at: datetime
    """When lists-api had nothing of yours any more: with the answer to the request."""
    notifications_erased_at: datetime | None
    """When the notifier had nothing of yours any more; null: not yet."""
    trakt_erased_at: datetime | None
    """When trakt-sync had nothing of yours any more; null: not yet. Lists that go from Trakt take a second each."""
    trakt_lists_left: int | None
    """How many lists could not be deleted: Trakt took the account's tokens no more, or refused for two weeks."""

    @classmethod
    def of(cls, erasure: Erasure, status_url: str) -> Self:
        return cls(
            id=erasure.erasure_id,
            status_url=status_url,
            state="complete" if erasure.is_complete else "in_progress",
            keep_trakt_lists=erasure.keep_trakt_lists,
            lists_erased_at=erasure.requested_at,
            notifications_erased_at=erasure.notifications_at,
            trakt_erased_at=erasure.trakt_at,
            trakt_lists_left=erasure.trakt_lists_left,
        )
