"""Reading responses: what one holds, and what all pages of a reading hold."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from trakt_sync.errors import TraktUnavailableError
from trakt_sync.trakt.statuses import item_count, page_count, page_size, time_of
from trakt_sync.trakt.values import MAX_ROWS

T = TypeVar("T")
PAGE: Final = 250
"""Trakt cuts a larger `limit` to this without a word."""
LONGEST: Final = timedelta(minutes=10)
"""Of a reading. The largest list is 40 pages."""


class Pages(NamedTuple, Generic[T]):
    """What all pages hold.

    Args:
        found: each thing once.
        is_complete: whether that is as much as Trakt counts.
        at: when Trakt answered the last of them, by its own clock; None: it did not say.
        size: of a page. Trakt makes them smaller than asked for without a word.
        total: of the things, as Trakt counted them last; None: it did not say.
    """

    found: list[T]
    is_complete: bool
    at: datetime | None
    size: int
    total: int | None


async def read_pages(
    read: Callable[[Mapping[str, int | str]], Awaitable[httpx.Response]],
    parse: Callable[[bytes], list[T]],
    key: Callable[[T], Hashable],
    size: int = PAGE,
) -> Pages[T]:
    """Read page after page. One with nothing new is the last, whatever the headers say.

    Args:
        read: reads the page that the parameters name.
        key: what makes two things the same.

    Raises:
        TraktUnavailableError: there is no end of it: more than `MAX_ROWS`, or it takes longer than `LONGEST`.
    """
    try:
        async with asyncio.timeout(LONGEST.total_seconds()):
            return await _read_pages(read, parse, key, size)
    except TimeoutError:
        raise TraktUnavailableError("Trakt's pages have no end") from None


async def _read_pages(
    read: Callable[[Mapping[str, int | str]], Awaitable[httpx.Response]],
    parse: Callable[[bytes], list[T]],
    key: Callable[[T], Hashable],
    size: int,
) -> Pages[T]:
    found: dict[Hashable, T] = {}
    counts: set[str | None] = set()
    at: datetime | None = None
    total: int | None = None
    page, pages = 1, 1
    while page <= pages:
        response = await read({"page": page, "limit": size})
        known = len(found)
        for one in parsed(parse, response):
            found.setdefault(key(one), one)
        if len(found) > MAX_ROWS:
            raise TraktUnavailableError("Trakt's pages have no end")
        counts.add(response.headers.get("X-Pagination-Item-Count"))
        pages = page_count(response)
        at = time_of(response)
        size = page_size(response) or size
        total = item_count(response)
        if len(found) == known:
            break
        page += 1
    is_complete = counts <= {str(len(found))} or (pages == 1 and counts == {None})
    return Pages(list(found.values()), is_complete, at, size, total)


def rows_of(kind: type[T]) -> TypeAdapter[list[T]]:
    """Return what reads an array of these. Its first mistake is enough: a body of mistakes would fill the memory."""
    rows: Any = Annotated[list[kind], Field(max_length=MAX_ROWS, fail_fast=True)]  # type: ignore[valid-type]
    return TypeAdapter(rows)


def parsed(parse: Callable[[bytes], T], response: httpx.Response) -> T:
    """Return what the response holds.

    Raises:
        TraktUnavailableError: nothing that we can read: what was done is not known.
    """
    try:
        return parse(response.content)
    except (ValidationError, OverflowError):  # also of a time that no calendar has
        raise TraktUnavailableError(f"Trakt answered {response.status_code} with something unreadable") from None
