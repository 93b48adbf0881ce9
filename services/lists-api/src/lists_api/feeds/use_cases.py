"""Making, reading and revoking the private address of a list."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.errors import FeedNotFoundError, ListNotFoundError
from lists_api.feeds.domain.listing import Listing
from lists_api.lists.domain.quota import Quotas
from lists_api.store import feeds as store
from lists_api.store import listings
from lists_api.store.uses import count_feed_read


def hash_of(token: str) -> bytes:
    """Return what is stored of a token. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def make_feed(pool: Pool, user_id: str, list_id: int, *, new_token: Callable[[], str], now: datetime) -> str:
    """Give the list a feed and return its token, which is stored nowhere. An earlier one is no good any more.

    Raises:
        ListNotFoundError: the user has no such list.
    """
    token = new_token()
    if not await store.replace_feed(pool, list_id, user_id=user_id, token_hash=hash_of(token), now=now):
        raise ListNotFoundError(list_id)
    return token


async def feed_since(pool: Pool, user_id: str, list_id: int) -> datetime | None:
    """Return since when the list has a feed; None: it has none.

    Raises:
        ListNotFoundError: the user has no such list.
    """
    found = await store.read_feed(pool, list_id, user_id=user_id)
    if found is None:
        raise ListNotFoundError(list_id)
    return found[0]


async def revoke_feed(pool: Pool, user_id: str, list_id: int) -> None:
    """Take the list's feed away, when it has one.

    Raises:
        ListNotFoundError: the user has no such list.
    """
    if not await store.delete_feed(pool, list_id, user_id=user_id):
        raise ListNotFoundError(list_id)


async def read_feed(pool: Pool, token: str, *, quotas: Quotas, now: datetime) -> Listing:
    """Return the list that the token opens.

    Raises:
        FeedNotFoundError: there never was such a token, or it was revoked or replaced, or its list is deleted.
        TooManyFeedReadsError: the owner's feeds have been read too often within this minute.
    """
    token_hash = hash_of(token)
    counted = await count_feed_read(pool, token_hash, "feed_read", now=now)
    if counted is None:
        raise FeedNotFoundError
    quotas.check_uses("feed_read", counted[0], is_vip=counted[1], now=now)
    listing = await listings.read_listing_of_feed(pool, token_hash)
    if listing is None:
        raise FeedNotFoundError
    return listing
