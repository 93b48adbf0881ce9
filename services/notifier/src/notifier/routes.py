"""The HTTP API: a user's messages, and the live stream of them."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from chassis.health import Health
from chassis.http import health
from chassis.http.auth import BEARER, current_user
from chassis.http.export import EXPORT, export_response
from chassis.http.openapi import HttpApi
from chassis.http.problem_kinds import ANYWHERE, NotFound, RateLimited, documented
from chassis.postgres.database import Pool
from notifier import page_store, store
from notifier.channels import routes as channels
from notifier.errors import MessageNotFoundError
from notifier.personal import TABLES
from notifier.problems import TooManyStreams
from notifier.requests import MAX_ID, MessageId, MessagesQuery, UpToQuery
from notifier.responses import EXAMPLE, RUN_EXAMPLE, MessagesOut
from notifier.settings import HttpSettings
from notifier.stream_response import EVENT_STREAM, StreamResponse

STREAM_OF: Final = """\
Events named `message`, whose data is a MessageOut as JSON. And, without an id, events named `run`: how far a sync run \
is, as JSON with `list_id`, `run_id`, `trigger`, `state`, `step`, `percent`, `updated`, `removed`, `total` and `at`. \
They are not replayed: read the run itself after a gap."""
STREAM: Final = {
    "schema": {"type": "string", "description": STREAM_OF},
    "example": (
        f": connected\nid: 0\n\nevent: message\ndata: {EXAMPLE.model_dump_json()}\nid: {EXAMPLE.id}\n\n"
        f"event: run\ndata: {RUN_EXAMPLE.model_dump_json()}\n\n"
    ),
}


def http_api(checks: Health) -> HttpApi:
    """Return the HTTP application with all its routes. The caller sets what it works with in `state`."""
    app = HttpApi(
        "WatchBuddy notifier",
        description="What happened to a user's lists on Trakt, as messages: pages of them, and a live stream.",
        tags={
            "notifications": "A user's messages.",
            "channels": "Where they go besides: addresses of Apprise, signed webhooks.",
            health.TAG: "For probes; no token is needed.",
        },
        untraced=("/notifications/stream",),  # a request lasts an hour
    )
    app.add(router, channels.router, health.router(checks))
    return app


async def database(request: Request) -> Pool:
    """Return what the application was built with. A plain function would cost a thread per request."""
    pool: Pool = request.app.state.pool
    return pool


Caller = Annotated[str, Depends(current_user)]
Database = Annotated[Pool, Depends(database)]

router = APIRouter(
    prefix="/api/notifications",
    tags=["notifications"],
    dependencies=[Depends(BEARER)],
    responses=documented(*ANYWHERE),
)


@router.get("")
async def read_messages(user_id: Caller, pool: Database, query: Annotated[MessagesQuery, Query()]) -> MessagesOut:
    """Read a page of one's messages, newest first."""
    found = await page_store.page(
        pool, user_id, query.filter, limit=query.limit, offset=query.offset, before=query.before
    )
    return MessagesOut.of(found, page=query.page, limit=query.limit)


@router.get("/export", response_class=Response, responses=EXPORT)
async def export_notifications(user_id: Caller, pool: Database) -> Response:
    """Download everything that the notifier has of you: messages, channels, what was delivered."""
    return await export_response(pool, TABLES, user_id, "notifier.json")


@router.post("/read", status_code=204)
async def mark_all_read(user_id: Caller, pool: Database, query: Annotated[UpToQuery, Query()]) -> None:
    """Mark all messages as read, or those up to one."""
    await store.mark_all_read(pool, user_id, up_to=query.up_to)


@router.post("/{message_id}/read", status_code=204, responses=documented(NotFound))
async def mark_read(user_id: Caller, pool: Database, message_id: Annotated[int, Path(ge=0, le=MAX_ID)]) -> None:
    """Mark one message as read."""
    if not await store.mark_read(pool, user_id, message_id):
        raise MessageNotFoundError(message_id)


@router.delete("", status_code=204)
async def clear_messages(user_id: Caller, pool: Database, query: Annotated[UpToQuery, Query()]) -> None:
    """Remove all messages, or those up to one."""
    await store.clear(pool, user_id, up_to=query.up_to)


@router.get(
    "/stream",
    status_code=200,
    response_class=StreamResponse,
    responses=documented(RateLimited, TooManyStreams)
    | {200: {"description": "Server-Sent Events", "content": {EVENT_STREAM: STREAM}}},
)
async def stream_messages(
    request: Request,
    user_id: Caller,
    pool: Database,
    last_event_id: Annotated[MessageId | None, Header(alias="Last-Event-ID")] = None,
) -> StreamResponse:
    """Follow one's messages and sync runs as they come; `Last-Event-ID` replays the messages after it."""
    settings: HttpSettings = request.app.state.settings
    # After a restore, Last-Event-ID can exceed the newest id: clamp it.
    last = (
        await store.newest_of(pool, user_id) if last_event_id is None else min(last_event_id, await store.newest(pool))
    )
    ends_at = asyncio.get_running_loop().time() + settings.stream_lifetime.total_seconds()
    return StreamResponse(request.app.state.streams, user_id, last=last, ends_at=ends_at)
