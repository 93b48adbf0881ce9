"""The HTTP API: a user's messages, and the live stream of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import StreamingResponse

from chassis.auth import current_user
from chassis.postgres import Pool
from notifier import store
from notifier.errors import MessageNotFoundError
from notifier.schemas import MAX_ID, MessageBody, MessagePageBody, PageQuery, UpToQuery
from notifier.stream import Streams, Subscription, follow

CurrentUser = Annotated[str, Depends(current_user)]
EVENT_STREAM: Final = "text/event-stream"
UNBUFFERED: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the second one is nginx's


def router(pool: Pool, streams: Streams, *, stream_lifetime: timedelta) -> APIRouter:
    """Return the routes under /api/notifications."""
    routes = APIRouter(prefix="/api/notifications", tags=["notifications"])
    _add_messages(routes, pool)
    _add_stream(routes, pool, streams, stream_lifetime)
    return routes


def _add_messages(routes: APIRouter, pool: Pool) -> None:
    @routes.get("")
    async def read_messages(query: Annotated[PageQuery, Query()], user_id: CurrentUser) -> MessagePageBody:
        """Read a page of one's messages, newest first."""
        offset = (query.page - 1) * query.limit
        found = await store.page(pool, user_id, unread_only=query.unread, limit=query.limit, offset=offset)
        return MessagePageBody(
            messages=[MessageBody.model_validate(message) for message in found.messages],
            page=query.page,
            limit=query.limit,
            total=found.total,
            unread=found.unread,
        )

    @routes.post("/read", status_code=204)
    async def mark_all_read(query: Annotated[UpToQuery, Query()], user_id: CurrentUser) -> None:
        """Mark all messages as read, or those up to one."""
        await store.mark_all_read(pool, user_id, up_to=query.up_to)

    @routes.post("/{message_id}/read", status_code=204)
    async def mark_read(message_id: Annotated[int, Path(ge=0, le=MAX_ID)], user_id: CurrentUser) -> None:
        """Mark one message as read."""
        if not await store.mark_read(pool, user_id, message_id):
            raise MessageNotFoundError(message_id)

    @routes.delete("", status_code=204)
    async def clear(query: Annotated[UpToQuery, Query()], user_id: CurrentUser) -> None:
        """Remove all messages, or those up to one."""
        await store.clear(pool, user_id, up_to=query.up_to)


def _add_stream(routes: APIRouter, pool: Pool, streams: Streams, lifetime: timedelta) -> None:
    async def subscription(
        user_id: Annotated[str, Depends(current_user)],
        last_event_id: Annotated[int | None, Header(ge=0, le=MAX_ID)] = None,
    ) -> AsyncIterator[Subscription]:
        # Before the answer's first byte: what comes after a client sees itself connected is never missed.
        with streams.joined(user_id) as wakeup:
            # An id from before a restore may be above all there are: a stream after it would be deaf.
            after = (
                await store.newest_of(pool, user_id)
                if last_event_id is None
                else min(last_event_id, await store.newest(pool))
            )
            ends_at = asyncio.get_running_loop().time() + lifetime.total_seconds()
            yield Subscription(user_id, after, ends_at, wakeup)

    @routes.get(
        "/stream", response_class=StreamingResponse, responses={200: {"content": {EVENT_STREAM: {"schema": {}}}}}
    )
    async def stream_messages(subscribed: Annotated[Subscription, Depends(subscription)]) -> StreamingResponse:
        """Follow one's messages as they come; `Last-Event-ID` replays those after it."""
        return StreamingResponse(follow(pool, subscribed), media_type=EVENT_STREAM, headers=UNBUFFERED)
