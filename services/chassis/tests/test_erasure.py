"""Erased users: which events are of their past, and who may bear what id."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis import erasure
from chassis.errors import UnauthorizedError
from chassis.http.auth import Authenticator
from chassis.kafka.envelope import Delivered
from chassis.local_tokens import issue_token
from chassis.outbox import outbox
from chassis.postgres.database import Pool, create_pool
from chassis.settings import AuthSettings
from chassis.testing import rows_with
from watchbuddy_contracts import (
    LISTS,
    TRAKT,
    Event,
    EventHeaders,
    ListDeleted,
    TraktReauthorizationRequired,
    TraktUserErased,
    pseudonym_of,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = "a key of the tests, of enough characters"


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await create_pool(dsn) as pool:
        yield pool


def delivered(event: Event, time: datetime) -> Delivered:
    return Delivered(event, EventHeaders.of(event, event_id=uuid4(), source="/tests", time=time))


def deleted(user_id: str, time: datetime) -> Delivered:
    return delivered(ListDeleted(user_id=user_id, list_id=7, version=2, title="Heists"), time)


async def end(pool: Pool, life: erasure.Life, until: datetime | None, now: datetime = NOW) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        return await erasure.end(connection, life, until=until, now=now)


async def test_a_past_ends_for_one_user_on_one_topic(pool: Pool) -> None:
    assert await end(pool, erasure.Life("ada", uuid4(), LISTS), NOW)
    late, new, others = deleted("ada", NOW), deleted("ada", NOW + SECOND), deleted("bob", NOW)
    on_trakt = delivered(TraktReauthorizationRequired(user_id="ada"), NOW)
    assert await erasure.of_the_living(pool, [late, new, others, on_trakt]) == [new, others, on_trakt]
    assert await rows_with(pool, "ada") == {}


async def test_a_past_without_an_end_is_given_one_once(pool: Pool) -> None:
    life = erasure.Life("ada", uuid4(), TRAKT)
    assert [await end(pool, life, until) for until in (None, None, NOW, NOW, None)] == [True, False, True, False, False]
    new = delivered(TraktReauthorizationRequired(user_id="ada"), NOW + SECOND)
    assert await erasure.of_the_living(pool, [new]) == [new]


async def test_a_past_that_ended_long_ago_is_forgotten_and_one_without_an_end_is_not(pool: Pool) -> None:
    await end(pool, erasure.Life("ada", uuid4(), LISTS), NOW)
    await end(pool, erasure.Life("ada", uuid4(), TRAKT), None)
    assert await erasure.sweep(pool, now=NOW + erasure.KEPT_FOR) == 0
    assert await erasure.sweep(pool, now=NOW + erasure.KEPT_FOR + SECOND) == 1


async def test_nobody_is_told_of_an_erased_user_but_that_the_erasure_has_ended(pool: Pool) -> None:
    erasure_id = uuid4()
    pseudonym = pseudonym_of(erasure_id)
    events = [
        TraktReauthorizationRequired(user_id=pseudonym),
        TraktUserErased(user_id=pseudonym, erasure_id=erasure_id),
        TraktReauthorizationRequired(user_id="bob"),
    ]
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, *events, source="/tests", now=NOW)
    rows = await pool.fetch("SELECT value FROM outbox ORDER BY id")
    assert [row["value"] for row in rows] == [events[1].to_json(), events[2].to_json()]


async def test_nobody_is_an_erased_user() -> None:
    settings = AuthSettings.model_validate({"auth_local_key": KEY})
    token = issue_token(
        KEY,
        user_id=pseudonym_of(uuid4()),
        issuer=settings.auth_issuer,
        audience=settings.auth_audience,
        lifetime=timedelta(hours=1),
    )
    with pytest.raises(UnauthorizedError, match="no user id"):
        await Authenticator(settings).user_id(f"Bearer {token}")
