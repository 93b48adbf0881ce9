"""The HTTP API: a user's messages, and the live stream of them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import StreamingResponse

from chassis.health import Health
from chassis.http import health
from chassis.http.auth import BEARER, current_user
from chassis.http.openapi import HttpApi
from chassis.http.problem_kinds import ANYWHERE, NotFound, documented
from chassis.postgres.database import Pool
from notifier import store
from notifier.errors import MessageNotFoundError
from notifier.requests import MAX_ID, MessageId, MessagesQuery, UpToQuery
from notifier.responses import EXAMPLE, RUN_EXAMPLE, MessageOut, MessagesOut
from notifier.settings import HttpSettings
from notifier.stream import Streams, Subscription, follow

EVENT_STREAM: Final = "text/event-stream"
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
UNBUFFERED: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the second one is nginx's


def http_api(checks: Health) -> HttpApi:
    """Return the HTTP application with all its routes. The caller sets what it works with in `state`."""
    app = HttpApi(
        "WatchBuddy notifier",
        description="What happened to a user's lists on Trakt, as messages: pages of them, and a live stream.",
        tags={"notifications": "A user's messages.", health.TAG: "For probes; no token is needed."},
        untraced=("/notifications/stream",),  # a request lasts an hour
    )
    app.add(router, health.router(checks))
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
    found = await store.page(pool, user_id, unread_only=query.unread, limit=query.limit, offset=query.offset)
    return MessagesOut(
        messages=[MessageOut.model_validate(message) for message in found.messages],
        page=query.page,
        limit=query.limit,
        total=found.total,
        unread=found.unread,
    )


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


async def subscription(
    request: Request,
    user_id: Caller,
    pool: Database,
    last_event_id: Annotated[MessageId | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[Subscription]:
    """Give the caller's stream, joined before the answer's first byte.

    So what comes after a client sees itself connected is never missed.
    """
    settings: HttpSettings = request.app.state.settings
    streams: Streams = request.app.state.streams
    with streams.joined(user_id) as wakeup:
        # After a restore, Last-Event-ID can exceed the newest id: clamp it.
        after = (
            await store.newest_of(pool, user_id)
            if last_event_id is None
            else min(last_event_id, await store.newest(pool))
        )
        ends_at = asyncio.get_running_loop().time() + settings.stream_lifetime.total_seconds()
        yield Subscription(user_id, after, ends_at, wakeup)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-Sent Events", "content": {EVENT_STREAM: STREAM}}},
)
async def stream_messages(
    pool: Database, subscribed: Annotated[Subscription, Depends(subscription)]
) -> StreamingResponse:
    """Follow one's messages and sync runs as they come; `Last-Event-ID` replays the messages after it."""
    return StreamingResponse(follow(pool, subscribed), media_type=EVENT_STREAM, headers=UNBUFFERED)
