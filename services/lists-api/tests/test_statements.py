"""How many statements a request costs. Each is a round trip to Postgres. The figures stand in docs/performance.md."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asyncpg.connection import LoggedQuery

from lists_api.testing import Api, movies

MANUAL: dict[str, Any] = {"title": "Heists", "list_type": "manual"}
SMART: dict[str, Any] = {"list_type": "smart", "filters": {"genres": ["comedy"]}}
KEY = {"Idempotency-Key": "a key"}
LISTS = "/api/lists"
LIST = "/api/lists/{}"
ITEMS = "/api/lists/{}/items"
REQUESTS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "make a list": (2, "POST", LISTS, {"json": MANUAL}),
    "make a list of 100 items": (2, "POST", LISTS, {"json": MANUAL | {"items": movies(*range(1, 101))}}),
    "make a list with an idempotency key": (6, "POST", LISTS, {"json": MANUAL, "headers": KEY}),
    "make a list with filters": (6, "POST", LISTS, {"json": SMART}),
    "read lists": (1, "GET", LISTS, {}),
    "read a list": (1, "GET", LIST, {}),
    "read items": (1, "GET", ITEMS, {}),
    "rename": (2, "PATCH", LIST, {"json": {"title": "Noir"}}),
    "change nothing": (1, "PATCH", LIST, {"json": {"title": "Heists"}}),
    "replace all items": (2, "PUT", ITEMS, {"json": {"items": movies(3, 4)}}),
    "append an item": (2, "POST", ITEMS, {"json": {"items": movies(9)}}),
    "append an item that is there": (1, "POST", ITEMS, {"json": {"items": movies(2)}}),
    "remove an item": (2, "DELETE", ITEMS, {"json": {"items": movies(2)}}),
    "delete a list": (2, "DELETE", LIST, {}),
}
OF_ASYNCPG = ("typeinfo_tree", "'jit'")
"""Parts of what asyncpg asks once a connection, for types that it does not know yet."""


@asynccontextmanager
async def logged(api: Api) -> AsyncIterator[list[str]]:
    """Give the statements of the pool's first connection, BEGIN and COMMIT among them."""
    seen: list[str] = []

    def log(statement: LoggedQuery) -> None:
        if not any(part in statement.query for part in OF_ASYNCPG):
            seen.append(statement.query)

    async with api.pool.acquire() as connection:
        connection.add_query_logger(log)
    yield seen
    async with api.pool.acquire() as connection:
        connection.remove_query_logger(log)


@pytest.mark.parametrize("name", REQUESTS, ids=lambda name: name.replace(" ", "-"))
async def test_a_request_takes_as_many_statements_as_the_document_says(api: Api, name: str) -> None:
    count, method, path, request = REQUESTS[name]
    made = await api.create(items=movies(1, 2))
    async with logged(api) as seen:
        answer = await api.call(method, path.format(made["id"]), **request)
    assert answer.is_success
    assert len(seen) == count, "\n".join(seen)
