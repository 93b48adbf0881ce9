"""Routes of a list's private feed: those of its owner, and those that other programs read without a bearer token."""

from functools import partial
from secrets import token_urlsafe
from typing import Any, Final

from fastapi import APIRouter, Response

from chassis.http.problem_kinds import DatabaseUnavailable, Internal, InvalidRequest, RateLimited, documented
from lists_api.feeds import use_cases
from lists_api.http.dependencies import PREFIX, Caller, Cases, IfNoneMatch, ListId
from lists_api.http.documentation import ABSENT, CACHING, ETAG, FEED_READ, with_headers
from lists_api.http.exports import Form, body_of
from lists_api.http.json_route import users_router
from lists_api.http.routes.exports import CSV_BODY
from lists_api.http.schemas.etags import is_known
from lists_api.http.schemas.export_responses import ExportOut, FeedOut, NewFeedOut, RadarrListOut, SonarrListOut

FEEDS: Final = "/api/feeds"
"""Paths below it hold a token, which no log line and no span may have."""
TOKEN_BYTES: Final = 32
_CACHE_CONTROL: Final = "private, no-cache"
_ONCE: Final = "no-store"

router: Final = users_router("feeds", prefix=PREFIX)
public: Final = APIRouter(
    prefix=FEEDS, tags=["feeds"], responses=documented(InvalidRequest, RateLimited, Internal, DatabaseUnavailable)
)


@router.post("/{list_id}/feed", status_code=201, responses=ABSENT | with_headers(201, "The feed was made.", CACHING))
async def make_feed(caller: Caller, list_id: ListId, response: Response) -> NewFeedOut:
    """Give a list a private feed. An earlier one of the list is no good any more."""
    now = caller.cases.now()
    token = await use_cases.make_feed(
        caller.cases.pool, caller.user_id, list_id, new_token=partial(token_urlsafe, TOKEN_BYTES), now=now
    )
    response.headers["Cache-Control"] = _ONCE
    base = f"{FEEDS}/{token}"
    return NewFeedOut(
        radarr=f"{base}/radarr.json",
        sonarr=f"{base}/sonarr.json",
        list_csv=f"{base}/list.csv",
        list_json=f"{base}/list.json",
        created_at=now,
    )


@router.get("/{list_id}/feed", responses=ABSENT)
async def read_feed(caller: Caller, list_id: ListId) -> FeedOut:
    """Tell whether a list has a private feed, and since when."""
    since = await use_cases.feed_since(caller.cases.pool, caller.user_id, list_id)
    return FeedOut(has_feed=since is not None, created_at=since)


@router.delete("/{list_id}/feed", status_code=204, responses=ABSENT)
async def revoke_feed(caller: Caller, list_id: ListId) -> None:
    """Take a list's private feed away. What reads it gets 404 from now on."""
    await use_cases.revoke_feed(caller.cases.pool, caller.user_id, list_id)


def _answers(content: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    known = with_headers(304, "The reader has it already: `If-None-Match` names its ETag.", ETAG, CACHING)
    found = with_headers(200, "The list.", ETAG, CACHING)
    return ABSENT | FEED_READ | known | {200: found[200] | content}


@public.get("/{token}/radarr.json", response_class=Response, responses=_answers({"model": RadarrListOut}))
async def feed_radarr(cases: Cases, token: str, if_none_match: IfNoneMatch = None) -> Response:
    """Read the movies of a list that have an IMDb id, as Radarr's "StevenLu Custom" list."""
    return await _read(cases, token, "radarr", if_none_match)


@public.get("/{token}/sonarr.json", response_class=Response, responses=_answers({"model": SonarrListOut}))
async def feed_sonarr(cases: Cases, token: str, if_none_match: IfNoneMatch = None) -> Response:
    """Read the shows of a list whose TheTVDB id the catalogue knows, as Sonarr's "Custom List"."""
    return await _read(cases, token, "sonarr", if_none_match)


@public.get("/{token}/list.csv", response_class=Response, responses=_answers({"content": CSV_BODY}))
async def feed_csv(cases: Cases, token: str, if_none_match: IfNoneMatch = None) -> Response:
    """Read a list as CSV, like its export."""
    return await _read(cases, token, "csv", if_none_match)


@public.get("/{token}/list.json", response_class=Response, responses=_answers({"model": ExportOut}))
async def feed_json(cases: Cases, token: str, if_none_match: IfNoneMatch = None) -> Response:
    """Read a list as JSON, like its export."""
    return await _read(cases, token, "json", if_none_match)


async def _read(cases: Cases, token: str, form: Form, if_none_match: str | None) -> Response:
    body = await body_of(await use_cases.read_feed(cases.pool, token, quotas=cases.quotas, now=cases.now()), form)
    headers = {"ETag": body.etag, "Cache-Control": _CACHE_CONTROL}
    if is_known(if_none_match, body.etag):
        return Response(status_code=304, headers=headers)
    return Response(body.content, media_type=body.media_type, headers=headers)
