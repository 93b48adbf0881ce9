"""What a user does with their channels."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes
from typing import Final
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from notifier.channels import log_store, store
from notifier.channels.addresses import AddressError, Kind, check, host_of, masked
from notifier.channels.channel import MOST_CHANNELS, Channel
from notifier.channels.errors import (
    ChannelNotFoundError,
    NoWebhookError,
    TooManyChannelsError,
    TooManyTestsError,
)
from notifier.channels.log_store import Entry
from notifier.channels.requests import ChannelIn, ChannelPatch
from notifier.channels.rules import ChannelRules
from notifier.channels.store import Sealed

TEST_EVERY: Final = timedelta(seconds=10)
OLD_SECRET_FOR: Final = timedelta(days=1)
"""How long both secrets sign, so that receivers can be changed one after the other."""
LOOKED_UP_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Channels:
    """A user's channels. Args: wake: is called with the id of a user who has something to send."""

    pool: Pool
    sealer: Sealer
    rules: ChannelRules
    wake: Callable[[str], None]
    now: Clock

    async def add(self, user_id: str, given: ChannelIn) -> tuple[Channel, str | None]:
        """Make a channel; return it, and a webhook's secret.

        Raises:
            RequestValidationError: the address cannot be taken.
            TooManyChannelsError: the user has as many as there may be.
        """
        sealed = await self._sealed(given.kind, given.address)
        secret = new_secret() if given.kind == "webhook" else None
        channel_id = await store.add(
            self.pool,
            user_id,
            given.kind,
            given.given(),
            sealed,
            secret=None if secret is None else self.sealer.seal(secret),
            now=self.now(),
            most=MOST_CHANNELS,
        )
        if channel_id is None:
            raise TooManyChannelsError(MOST_CHANNELS)
        return await self.read(user_id, channel_id), secret

    async def read(self, user_id: str, channel_id: int) -> Channel:
        """Raises: ChannelNotFoundError."""
        channel = await store.read(self.pool, user_id, channel_id)
        if channel is None:
            raise ChannelNotFoundError(channel_id)
        return channel

    async def change(self, user_id: str, channel_id: int, patch: ChannelPatch) -> Channel:
        """Change a channel. What waits is sent when it was to be sent.

        Raises:
            ChannelNotFoundError: the user has no such channel.
            RequestValidationError: the address cannot be taken.
        """
        old = await self.read(user_id, channel_id)
        address = patch.new_address
        sealed = None if address is None else await self._sealed(old.kind, address)
        await store.change(self.pool, user_id, channel_id, patch.changed, sealed)
        self.wake(user_id)  # it may have been paused
        return await self.read(user_id, channel_id)

    async def delete(self, user_id: str, channel_id: int) -> None:
        """Raises: ChannelNotFoundError."""
        if not await store.delete(self.pool, user_id, channel_id):
            raise ChannelNotFoundError(channel_id)

    async def replace_secret(self, user_id: str, channel_id: int) -> tuple[str, Channel]:
        """Give a webhook a new secret; return it.

        Raises:
            ChannelNotFoundError: the user has no such channel.
            NoWebhookError: nothing is signed there.
        """
        secret, until = new_secret(), self.now() + OLD_SECRET_FOR
        sealed = self.sealer.seal(secret)
        is_done = await store.replace_secret(self.pool, user_id, channel_id, sealed, old_until=until)
        channel = await self.read(user_id, channel_id)
        if not is_done:
            raise NoWebhookError
        return secret, channel

    async def test(self, user_id: str, channel_id: int) -> Entry:
        """Have a test sent; return its delivery.

        Raises:
            ChannelNotFoundError: the user has no such channel.
            TooManyTestsError: the user has asked for one just now.
        """
        done = await log_store.add_test(self.pool, user_id, channel_id, self.now(), every=TEST_EVERY)
        if done is None:
            raise ChannelNotFoundError(channel_id)
        if not isinstance(done, UUID):
            raise TooManyTestsError(TEST_EVERY, done)
        self.wake(user_id)
        entry = await log_store.read(self.pool, user_id, channel_id, done)
        if entry is None:  # it was deleted meanwhile
            raise ChannelNotFoundError(channel_id)
        return entry

    async def _sealed(self, kind: Kind, secret: SecretStr) -> Sealed:
        address = secret.get_secret_value()
        try:
            check(kind, address, schemes=self.rules.schemes, is_http_allowed=self.rules.is_http_allowed)
            await self._look_up(kind, address)
        except AddressError as error:
            raise RequestValidationError([{"type": "address", "loc": ("body", "address"), "msg": str(error)}]) from None
        return Sealed(self.sealer.seal(address), masked(kind, address))

    async def _look_up(self, kind: Kind, address: str) -> None:
        """Refuse a host that leads to a private network.

        It may lead there later: each delivery looks again. A host that nobody knows yet may be known then.
        """
        if (host := host_of(kind, address)) is None:
            return
        try:
            async with asyncio.timeout(LOOKED_UP_WITHIN_S):
                found = await asyncio.get_running_loop().getaddrinfo(*host, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError, UnicodeError):
            return
        if not all(self.rules.networks.admit(one[4][0]) for one in found):
            raise AddressError("leads to a private network, where nothing may be sent")


def new_secret() -> str:
    """Return a secret as Standard Webhooks wants it: 24 to 64 random bytes."""
    return f"whsec_{b64encode(token_bytes(32)).decode()}"
