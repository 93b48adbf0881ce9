"""Lists on Trakt over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field

from chassis.http.examples import examples
from chassis.http.paging import PageQuery
from trakt_sync.mirroring.views import ItemState, ItemView, MirrorState, MirrorView, WaitReason, counts_of, item_views
from watchbuddy_contracts import MediaType
from watchbuddy_contracts.documented import Documented

REASONS: Final[dict[ItemState, str]] = {
    "mirrored": "It is on the Trakt list.",
    "missing": "It is not on the Trakt list yet.",
    "unconfirmed": "Trakt's answer was lost. It is sent or looked at again.",
    "left_out": "Your Trakt account has no room for it.",
    "not_found": "Trakt does not know it under these ids.",
    "rejected": "Trakt refuses it.",
    "taken_off": "It was taken off on Trakt by hand.",
    "watched": "You watched it, so Trakt took it off your watchlist.",
    "not_removed": "It is not on your list any more, and Trakt does not take it off.",
    "to_be_removed": "It is not on your list any more, and still on Trakt's.",
    "kept": "It is not on your list. The way that the list is mirrored leaves it on Trakt.",
}
REMEDIES: Final[dict[ItemState, str]] = {
    "left_out": "Make room (Trakt VIP has more), and try the list again.",
    "not_found": "Give it another id, or try the list again when Trakt has learned it; we do so after 30 days.",
    "rejected": "Give it another id, or take it off your list.",
    "taken_off": "Put it back at Trakt, or try the list again.",
    "watched": "To have it there again, take it off your list and put it back.",
    "not_removed": "Take it off on Trakt's own page.",
}


class ItemCounts(Documented):
    """How many titles are in each state."""

    mirrored: int = 0
    missing: int = 0
    unconfirmed: int = 0
    left_out: int = 0
    not_found: int = 0
    rejected: int = 0
    taken_off: int = 0
    watched: int = 0
    not_removed: int = 0
    to_be_removed: int = 0
    kept: int = 0


_COUNTS: Final[dict[str, int]] = {**dict.fromkeys(ItemCounts.model_fields, 0), "mirrored": 28, "not_found": 2}


class LastErrorOut(Documented):
    """What went wrong last."""

    reason: WaitReason
    """`not_connected`: no Trakt account is connected."""
    detail: str | None
    """Trakt's own words, where it gave any."""


class MirrorOut(Documented):
    """How a list is on Trakt."""

    model_config = examples(
        {
            "list_id": 7,
            "state": "in_sync",
            "wanted_version": 3,
            "is_wanted": True,
            "applied_version": 3,
            "trakt_list_id": 30000001,
            "url": "https://trakt.tv/users/ada/lists/heists",
            "items": _COUNTS,
            "last_error": None,
            "attempts": 0,
            "next_attempt_at": None,
        },
        {
            "list_id": 8,
            "state": "waiting",
            "wanted_version": 1,
            "is_wanted": True,
            "applied_version": 0,
            "trakt_list_id": None,
            "url": None,
            "items": {**_COUNTS, "mirrored": 0, "not_found": 0, "missing": 30},
            "last_error": {"reason": "limit_reached", "detail": None},
            "attempts": 0,
            "next_attempt_at": "2026-11-21T18:04:05Z",
        },
    )

    list_id: int
    state: MirrorState
    """`working`: requests are under way. `waiting`: see `last_error` and `next_attempt_at`. `rejected`: only another
    version or a try on demand helps. `detached`: the Trakt list was deleted by hand, and stays so. `deleted`: nothing
    of it is left on Trakt."""
    wanted_version: int
    is_wanted: bool
    """False: the list was deleted."""
    applied_version: int
    """The version that Trakt equals; 0: none yet."""
    trakt_list_id: int | None
    """Null: there is no Trakt list, or it is the watchlist, which has no number."""
    url: str | None
    """The page of the Trakt list, or of the watchlist."""
    items: ItemCounts
    last_error: LastErrorOut | None
    attempts: int
    """Failures in a row."""
    next_attempt_at: datetime | None
    """In UTC. Null: nothing is to be done, or the account is not connected."""

    @classmethod
    def of(cls, view: MirrorView, now: datetime, site: str) -> Self:
        """Return how the list is. Args: site: of Trakt, as browsers reach it."""
        job, reason = view.job, view.reason(now)
        detail = view.failure[1] if view.failure is not None and view.failure[0] == reason else None
        return cls(
            list_id=job.list_id,
            state=view.state(now),
            wanted_version=job.version,
            is_wanted=job.desired.is_present,
            applied_version=job.progress.applied_version,
            trakt_list_id=job.progress.trakt_list_number,
            url=None if view.page is None else f"{site}{view.page}",
            items=ItemCounts.model_validate(counts_of(item_views(job))),
            last_error=None if reason is None else LastErrorOut(reason=reason, detail=detail),
            attempts=job.progress.incident.attempts,
            next_attempt_at=view.next_attempt_at,
        )


class ItemsQuery(PageQuery):
    """Which titles to read."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    state: Literal[ItemState] | None = None
    """Only those in this state. Left out: all."""


class IdsOut(Documented):
    """The ids of a title that are known."""

    trakt: int | None
    tmdb: int | None
    imdb: str | None


class ItemOut(Documented):
    """A title and how it is on the Trakt list."""

    media_type: MediaType
    ids: IdsOut
    state: ItemState
    reason: str
    """The same for people."""
    remedy: str | None
    """What the user can do; null: nothing need be done."""

    @classmethod
    def of(cls, view: ItemView) -> Self:
        title = view.title
        return cls(
            media_type=title.media_type,
            ids=IdsOut(trakt=title.trakt, tmdb=title.tmdb, imdb=title.imdb),
            state=view.state,
            reason=REASONS[view.state],
            remedy=REMEDIES.get(view.state),
        )


_ITEM: Final[dict[str, Any]] = {
    "media_type": "movie",
    "ids": {"trakt": None, "tmdb": 999999999, "imdb": None},
    "state": "not_found",
    "reason": REASONS["not_found"],
    "remedy": REMEDIES["not_found"],
}


class ItemsOut(Documented):
    """A page of titles: the wanted ones by rank, then what else is on the Trakt list."""

    model_config = examples({"items": [_ITEM], "page": 1, "limit": 50, "total": 1})

    items: list[ItemOut]
    page: int
    limit: int
    total: int
    """How many the filter lets through, on all pages."""

    @classmethod
    def of(cls, view: MirrorView, query: ItemsQuery) -> Self:
        found = [one for one in item_views(view.job) if query.state is None or one.state == query.state]
        page = found[query.offset : query.offset + query.limit]
        return cls(items=[ItemOut.of(one) for one in page], page=query.page, limit=query.limit, total=len(found))
