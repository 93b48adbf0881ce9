"""The HTTP API of a user's channels."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from chassis.http.auth import BEARER, Authenticator, current_user
from chassis.http.problem_kinds import (
    ANYWHERE,
    BadRequest,
    NotFound,
    RateLimited,
    TooLarge,
    UnsupportedMediaType,
    documented,
)
from notifier.channels import log_store, store
from notifier.channels.errors import (
    ChannelNotFoundError,
    DeliveryNotFoundError,
    NoWebhook,
    TooManyChannels,
    TooManyTests,
)
from notifier.channels.requests import ChannelIn, ChannelPatch, LogQuery
from notifier.channels.responses import (
    ChannelOut,
    ChannelsOut,
    DeliveriesOut,
    DeliveryOut,
    NewChannelOut,
    SecretOut,
)
from notifier.channels.use_cases import Channels
from notifier.requests import MAX_ID

MAX_BODY: Final = 16 * 1024
"""Bytes. An address has 2,000 at most."""
BODY: Final = (BadRequest, TooLarge, UnsupportedMediaType)


class _Route(APIRoute):
    """A route that checks the token before it reads the body, and the body within bounds."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_checked(request: Request) -> Response:
            authenticator: Authenticator = request.app.state.authenticator
            await authenticator.user_id(request.headers.get("authorization"))
            size = 0

            async def receive() -> Message:
                nonlocal size
                message = await request.receive()
                size += len(message.get("body", b""))
                if size > MAX_BODY:
                    raise HTTPException(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request body may have at most {MAX_BODY} bytes"
                    )
                return message

            return await handle(Request(request.scope, receive))

        return handle_checked


async def channels(request: Request) -> Channels:
    """Return what the application was built with."""
    given: Channels = request.app.state.channels
    return given


Caller = Annotated[str, Depends(current_user)]
Cases = Annotated[Channels, Depends(channels)]
ChannelId = Annotated[int, Path(ge=0, le=MAX_ID)]

router = APIRouter(
    prefix="/api/channels",
    tags=["channels"],
    route_class=_Route,
    dependencies=[Depends(BEARER)],
    responses=documented(*ANYWHERE),
)


@router.get("")
async def read_channels(user_id: Caller, cases: Cases) -> ChannelsOut:
    """Read one's channels."""
    return ChannelsOut(channels=[ChannelOut.of(one) for one in await store.read_all(cases.pool, user_id)])


@router.post("", status_code=201, responses=documented(TooManyChannels, *BODY))
async def create_channel(user_id: Caller, cases: Cases, given: ChannelIn) -> NewChannelOut:
    """Make a channel, which sends what comes from now on."""
    channel, secret = await cases.add(user_id, given)
    return NewChannelOut(channel=ChannelOut.of(channel), secret=secret)


@router.get("/{channel_id}", responses=documented(NotFound))
async def read_channel(user_id: Caller, cases: Cases, channel_id: ChannelId) -> ChannelOut:
    """Read one channel."""
    return ChannelOut.of(await cases.read(user_id, channel_id))


@router.patch("/{channel_id}", responses=documented(NotFound, *BODY))
async def change_channel(user_id: Caller, cases: Cases, channel_id: ChannelId, patch: ChannelPatch) -> ChannelOut:
    """Change a channel. What waits already is sent when it was to be sent."""
    return ChannelOut.of(await cases.change(user_id, channel_id, patch))


@router.delete("/{channel_id}", status_code=204, responses=documented(NotFound))
async def delete_channel(user_id: Caller, cases: Cases, channel_id: ChannelId) -> None:
    """Delete a channel, its log, and what waits for it."""
    await cases.delete(user_id, channel_id)


@router.post("/{channel_id}/test", status_code=202, responses=documented(NotFound, RateLimited, TooManyTests))
async def test_channel(user_id: Caller, cases: Cases, channel_id: ChannelId) -> DeliveryOut:
    """Have a test sent at once, by one attempt. Read the delivery to see what came of it."""
    return DeliveryOut.of(await cases.test(user_id, channel_id))


@router.post("/{channel_id}/secret", responses=documented(NotFound, NoWebhook))
async def replace_secret(user_id: Caller, cases: Cases, channel_id: ChannelId) -> SecretOut:
    """Give a webhook a new secret. For a day both sign; the one before the last signs no more."""
    secret, channel = await cases.replace_secret(user_id, channel_id)
    return SecretOut.model_validate({"secret": secret, "old_secret_until": channel.old_secret_until})


@router.get("/{channel_id}/deliveries", responses=documented(NotFound))
async def read_deliveries(
    user_id: Caller, cases: Cases, channel_id: ChannelId, query: Annotated[LogQuery, Query()]
) -> DeliveriesOut:
    """Read what was sent, what waits and what failed, newest first."""
    log = await log_store.page(cases.pool, user_id, channel_id, limit=query.limit, offset=query.offset)
    if log is None:
        raise ChannelNotFoundError(channel_id)
    deliveries = [DeliveryOut.of(entry) for entry in log.entries]
    return DeliveriesOut(deliveries=deliveries, page=query.page, limit=query.limit, total=log.total)


@router.get("/{channel_id}/deliveries/{delivery_id}", responses=documented(NotFound))
async def read_delivery(user_id: Caller, cases: Cases, channel_id: ChannelId, delivery_id: UUID) -> DeliveryOut:
    """Read one delivery."""
    entry = await log_store.read(cases.pool, user_id, channel_id, delivery_id)
    if entry is None:
        raise DeliveryNotFoundError
    return DeliveryOut.of(entry)
