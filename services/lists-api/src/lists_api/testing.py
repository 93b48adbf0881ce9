"""For tests: the HTTP application on a real database, called without a network."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from uuid_utils.compat import uuid7

from chassis.health import Health
from chassis.http.problem_kinds import MEDIA_TYPE
from chassis.http.rate_limits import RateLimits
from chassis.kafka.envelope import Delivered
from chassis.local_tokens import issue_token
from chassis.postgres.database import Pool, create_pool, ping
from chassis.postgres.wakeup import Listener
from chassis.testing import FakeClock
from lists_api.app import equip, front, opened_gateway, opened_sessions
from lists_api.catalogue.importing import import_files
from lists_api.catalogue.rejects import Rejects
from lists_api.catalogue.source import CatalogueFile
from lists_api.console.front import Front
from lists_api.http.api import http_api
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs.catalogue_selector import CatalogueSelector
from lists_api.runs.domain.outcome import Guard
from lists_api.runs.runner import Runner
from lists_api.runs.selector import Selector
from lists_api.runs.use_cases import RunUseCases
from lists_api.runs.worker import CHANNEL, Worker
from lists_api.settings import HttpSettings
from lists_api.subscribers import TraktEvents
from watchbuddy_contracts import EVENTS, Event, EventHeaders

AUTH_KEY = "a key of the tests, long enough for HS256"
SESSION_KEY = "c2Vzc2lvbnMgb2YgdGhlIHRlc3RzLCAzMiBieXRlcyE="
LEASE = timedelta(seconds=90)
"""How long a run is kept from other workers."""
AT = datetime(2026, 1, 2, tzinfo=UTC)
"""When trakt-sync's events happened, unless a test gives another time."""
GOOD_LIST: Final = {"title": "Heists", "list_type": "manual"}
"""A body that makes a list."""


def settings_for(dsn: str, **changes: object) -> HttpSettings:
    """Return settings for a database. `changes` replaces defaults."""
    known: dict[str, Any] = {"database_url": dsn, "kafka_bootstrap_servers": "unused:9092", "auth_local_key": AUTH_KEY}
    known |= {"session_encryption_keys": SESSION_KEY, "user_requests_per_minute": 0, "address_requests_per_minute": 0}
    return HttpSettings(**(known | changes))


def token_of(user_id: str) -> str:
    """Return a token of a user that the application accepts."""
    lifetime = timedelta(hours=1)
    return issue_token(AUTH_KEY, user_id=user_id, issuer="watchbuddy", audience="watchbuddy", lifetime=lifetime)


@dataclass(slots=True)
class CountedWaker:
    """A waker that counts its wakes."""

    wakes: int = 0

    def wake(self) -> None:
        self.wakes += 1


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it stands in the outbox."""

    event_id: UUID
    event: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Api:
    """The running application, and its parts that tests look into."""

    app: FastAPI
    origin: Front
    http: httpx.AsyncClient
    pool: Pool
    clock: FakeClock
    waker: CountedWaker
    settings: HttpSettings
    trakt_events: TraktEvents
    users: dict[str, dict[str, str]] = field(default_factory=dict)

    async def call(
        self,
        method: str,
        path: str,
        *,
        user: str = "ada",
        **request: Any,  # noqa: ANN401 - httpx's arguments
    ) -> httpx.Response:
        """Call a route as a user."""
        own = self.users.setdefault(user, {"Authorization": f"Bearer {token_of(user)}"})
        headers = {**own, **request.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **request)

    async def create(self, *, user: str = "ada", **body: object) -> dict[str, Any]:
        """Make a list and return its representation."""
        response = await self.call("POST", "/api/lists", user=user, json=GOOD_LIST | body)
        assert response.status_code == httpx.codes.CREATED, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def outbox(self, list_id: int | None = None) -> list[Stored]:
        """Return the events in the outbox, in the order in which they will be sent."""
        rows = await self.pool.fetch("SELECT event_id, value, headers FROM outbox ORDER BY id")
        stored = [
            Stored(row["event_id"], _event(row["headers"]["ce_type"], row["value"]), row["headers"]) for row in rows
        ]
        return [one for one in stored if list_id is None or list_id == getattr(one.event, "list_id", None)]

    def worker(self, selector: Selector | None = None, *, guard: Guard | None = None) -> Worker:
        """Return a worker of sync runs, which does not run yet; without a selector of its own, on the catalogue."""
        runner = Runner(
            self.pool,
            selector or CatalogueSelector(),
            guard or Guard(),
            self.waker.wake,
            now=self.clock,
            new_id=uuid7,
            lease_for=LEASE,
        )
        dsn = self.settings.database_url.get_secret_value()
        return Worker(self.pool, runner, Listener(dsn, CHANNEL), self.clock)

    async def work_off(self, selector: Selector | None = None) -> None:
        """Carry out the runs of all lists that are due, and those that wait."""
        await self.worker(selector).work_off()

    async def receive(self, *events: Event, at: datetime = AT) -> None:
        """Deliver events of trakt-sync, in this order, each for the first time."""
        for event in events:
            await self.trakt_events.record([delivered(event, at=at)])

    async def receive_together(self, *events: Event, at: datetime = AT) -> None:
        """Deliver events of trakt-sync as one set, each for the first time; one by one if the set fails."""
        together = [delivered(event, at=at) for event in events]
        try:
            await self.trakt_events.record(together)
        except asyncpg.CardinalityViolationError:
            for one in together:
                await self.trakt_events.record([one])

    async def delete_everything(self) -> None:
        """Delete every row."""
        await self.pool.execute(
            "DELETE FROM list; DELETE FROM trakt_import; DELETE FROM trakt_account; DELETE FROM idempotency_key;"
            " DELETE FROM outbox; DELETE FROM inbox; DELETE FROM rating; DELETE FROM watched;"
            " DELETE FROM unwatched; DELETE FROM history_report; DELETE FROM use_count;"
            " DELETE FROM session; DELETE FROM login_link; DELETE FROM erasure; DELETE FROM erased_user"
        )

    async def relay_everything(self) -> None:
        """Delete the events of the outbox, as a relay does after sending them."""
        await self.pool.execute("DELETE FROM outbox")


@asynccontextmanager
async def running_api(dsn: str, **changes: object) -> AsyncIterator[Api]:
    """Run the application on the database."""
    settings = settings_for(dsn, **changes)
    pool = await create_pool(dsn, max_size=settings.pool_size)
    clock, waker = FakeClock(), CountedWaker()
    cases = ListUseCases(pool, waker.wake, now=clock, new_id=uuid7, quotas=settings.quotas)
    runs = RunUseCases(pool, waker.wake, now=clock, new_id=uuid7, quotas=settings.quotas)
    app, health = _FREE.pop() if _FREE else _new_app()
    health.add("postgres", partial(ping, pool))
    try:
        async with opened_sessions(settings, pool, clock) as sessions, opened_gateway(settings) as gateway:
            equip(app, settings, cases, runs, sessions, RateLimits(settings, lambda: clock().timestamp()))
            origin = front(app, settings, sessions, gateway)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(origin), base_url="http://lists") as http:
                yield Api(app, origin, http, pool, clock, waker, settings, TraktEvents.of(cases))
    finally:
        _FREE.append((app, health))
        await pool.close()


_FREE: Final[list[tuple[FastAPI, Health]]] = []
"""Applications that no test uses at the moment. To make one takes FastAPI a quarter of a second (measured)."""


def _new_app() -> tuple[FastAPI, Health]:
    health = Health()
    return http_api(health), health


SHIPPED_TITLES: Final = Path(__file__).parents[4] / "deploy/trakt-simulator/src/trakt_simulator/catalogue/titles.csv.gz"


class _Silent:
    """A progress that says nothing."""

    def reading(self, file: CatalogueFile, rows: int) -> None:
        pass

    def step(self, text: str) -> None:
        pass


async def import_shipped_titles(dsn: str) -> None:
    """Import the 4,098 titles that ship with the project."""
    await import_titles(dsn, SHIPPED_TITLES)


async def import_titles(dsn: str, *files: Path) -> None:
    """Import files into the catalogue, which takes every row of them."""
    rejects = Rejects(Path(os.devnull))
    await import_files(dsn, files, progress=_Silent(), rejects=rejects)
    assert rejects.count == 0


def delivered(event: Event, *, at: datetime, event_id: UUID | None = None) -> Delivered:
    """Return an event of trakt-sync as it arrives; the same `event_id` makes it a redelivery."""
    headers = EventHeaders.of(event, event_id=event_id or uuid4(), source="/trakt-sync", time=at)
    return Delivered(event, headers)


def assert_problem(response: httpx.Response, status: int, slug: str) -> None:
    """Fail unless the response is a problem document of this kind."""
    assert (response.status_code, response.json().get("slug")) == (status, slug), response.text
    assert response.headers["content-type"] == MEDIA_TYPE


def movies(*tmdb: int) -> list[dict[str, Any]]:
    """Return movies with these TMDB ids, as requests name them."""
    return [{"media_type": "movie", "ids": {"tmdb": one}} for one in tmdb]


def tmdb_ids(event: Any) -> Sequence[int | None]:  # noqa: ANN401 - any event that carries items
    """Return the TMDB ids of an event's items, in order."""
    return [item.ids.tmdb for item in event.items]


def _event(ce_type: str, value: bytes) -> Event:
    return EVENTS[ce_type].model_validate_json(value)
