"""What trakt-sync shows of itself to whoever scrapes it."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import httpx
import pytest

from chassis.postgres.database import Pool, create_pool
from chassis.postgres.gauges import ask
from chassis.telemetry.declared import (
    ACCOUNTS,
    BREAKER_OPEN,
    BUDGET,
    CLIENT_DURATION,
    LISTS_OVERDUE,
    LISTS_WAITING,
    Metric,
)
from chassis.telemetry.instruments import Labels, histogram
from chassis.testing import FakeClock
from trakt_sync.gauges import GAUGES
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.trakt.measured import MeasuredTransport
from trakt_sync.trakt.paths import TEMPLATES, template_of

LIMIT = '{"name":"AUTHED_API_POST_LIMIT","period":1,"limit":4,"remaining":1}'


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await create_pool(dsn) as pool:
        yield pool


async def account(pool: Pool, user_id: str, state: str = "connected", blocked_for: timedelta = timedelta(0)) -> None:
    insert = """
INSERT INTO account (user_id, tokens, expires_at, connected_at, state, blocked_until)
VALUES ($1, '', now(), now(), $2, now() + $3::interval)"""
    await pool.execute(insert, user_id, state, blocked_for)


async def wanted(pool: Pool, list_id: int, user_id: str, due_in: timedelta, waits_for: str | None = None) -> None:
    insert = """
INSERT INTO desired_list (
    list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments, is_ordered,
    items
) VALUES ($1, $2, 1, true, '', '', 'private', true, false, true, '[]')"""
    await pool.execute(insert, list_id, user_id)
    queue = "INSERT INTO work_queue (list_id, user_id, due_at, waits_for) VALUES ($1, $2, now() + $3::interval, $4)"
    await pool.execute(queue, list_id, user_id, due_in, waits_for)
    await pool.execute("UPDATE account SET lists_at = '-infinity'")


async def test_the_database_is_asked_for_accounts_and_for_what_waits(pool: Pool) -> None:
    await account(pool, "ada")
    await account(pool, "bob", blocked_for=timedelta(hours=1))
    await account(pool, "eve", "reauthorization_required")
    minute = timedelta(minutes=1)
    await wanted(pool, 1, "ada", -5 * minute)
    await wanted(pool, 2, "ada", -minute)
    await wanted(pool, 3, "ada", minute, "network")
    await wanted(pool, 4, "ada", timedelta(days=30))  # it is there, and a title that Trakt does not know is asked again
    await wanted(pool, 5, "bob", -minute)
    await wanted(pool, 6, "eve", -minute)
    shown: dict[Metric, Mapping[Labels, float]] = {}
    for gauge in GAUGES:
        shown |= await ask(pool, gauge)
    states = {labels[0]: count for labels, count in shown[ACCOUNTS].items()}
    assert states == {"connected": 1, "blocked": 1, "reauthorization_required": 1, "disconnected": 0}
    waiting = {labels[0]: count for labels, count in shown[LISTS_WAITING].items() if count}
    assert waiting == {"work": 2, "network": 1, "blocked": 1, "account": 1}
    assert 300 <= shown[LISTS_OVERDUE][("work",)] < 360
    assert shown[LISTS_OVERDUE][("network",)] == 0


def counts(kind: str) -> dict[Labels, int]:
    metric = {"requests": CLIENT_DURATION, "budget": BUDGET}[kind]
    return {labels: sum(one.counts) for labels, one in histogram(metric).values.items()}


async def test_each_request_is_measured_by_its_template_with_what_came_of_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/users/me/lists/9/items":
                return httpx.Response(429, headers={"X-Ratelimit": LIMIT})
            case "/users/me/lists":
                return httpx.Response(200, headers={"X-Ratelimit": '{"limit":0,"remaining":"many"}'})
        raise httpx.ReadError("gone", request=request)

    before, budget = counts("requests"), counts("budget")
    transport = MeasuredTransport(httpx.MockTransport(answer))
    async with httpx.AsyncClient(transport=transport, base_url="https://trakt.test") as client:
        await client.post("/users/me/lists/9/items")
        await client.get("/users/me/lists", params={"page": 1})
        with pytest.raises(httpx.ReadError):
            await client.get("/sync/history/movies/7")
    new = {labels: count for labels, count in counts("requests").items() if count != before.get(labels, 0)}
    host = "trakt.test"
    assert new == {
        ("POST", "/users/{id}/lists/{list_id}/items", "429", "429", host): 1,
        ("GET", "/users/{id}/lists", "200", "", host): 1,
        ("GET", "/sync/history/{type}/{item_id}", "", "ReadError", host): 1,
    }
    left = {labels: count - budget[labels] for labels, count in counts("budget").items() if count != budget[labels]}
    assert left == {("AUTHED_API_POST_LIMIT",): 1}


def test_a_path_has_the_template_of_its_shape_and_no_id() -> None:
    examples = [(one.replace("{", "").replace("}", ""), one) for one in TEMPLATES]
    assert [template_of(path) for path, _ in examples] == [one for _, one in examples]
    assert template_of("/users/ada/lists/heists/items/movie,show,season,episode,person/rank/asc") == (
        "/users/{id}/lists/{list_id}/items/{type}/rank/asc"
    )
    assert template_of("/users/ada/secrets") == "other"


async def test_an_open_breaker_is_shown_with_its_cause() -> None:
    breaker, now = Breaker(failures=1), FakeClock()
    assert (await breaker.shown())[BREAKER_OPEN] == {("network",): 0, ("refused",): 0}
    breaker.failed(now(), "ada")
    assert (await breaker.shown())[BREAKER_OPEN] == {("network",): 1, ("refused",): 0}
    breaker.refused(now())
    assert (await breaker.shown())[BREAKER_OPEN] == {("network",): 0, ("refused",): 1}
    breaker.succeeded(now())
    assert (await breaker.shown())[BREAKER_OPEN] == {("network",): 0, ("refused",): 0}
