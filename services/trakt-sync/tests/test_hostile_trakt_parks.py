"""Trakt is hostile to one user alone: their list waits, everybody else's goes on, and the worker meets no defect."""

from collections.abc import AsyncIterator, Callable

import pytest
import structlog

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import CLIENT, QUICK, Harness, harness, movies, wanted
from trakt_sync.testing.hostile import Answer, ForOne, answered, as_json, hostile, large, list_with, pages_without_end
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import connect
from watchbuddy_contracts import TraktListCreated, TraktListSynced

ADAS_TOKEN = "a-hostile-one"
PAIR = f'{{"access_token": "{ADAS_TOKEN}", "refresh_token": "r", "expires_in": 604800, "username": "ada"}}'
TEN_YEARS = 315_360_000
WAITS = """
SELECT greatest(due_at, blocked_until) > $1 AND greatest(due_at, blocked_until) < $1 + interval '24 hours 5 minutes'
FROM work_queue JOIN account USING (user_id) WHERE list_id = 1"""


def odd_ids(request: str) -> Answer:
    """Answer each request with a list whose number no database holds."""
    made = list_with(ids={"trakt": 10**40, "slug": "a\x00b"}, name="x" * 50_000)
    return as_json(made if request.startswith(("POST", "PUT")) else [made] * 100)


def odd_words(_request: str) -> Answer:
    return answered(b"\x00\xff{\x1b" * 10_000, "422 Unprocessable", Content_Type="text/plain; charset=rot13")


ANSWERS: dict[str, Callable[[str], Answer]] = {
    "100 MB": lambda _: large(),
    "pages without end": pages_without_end,
    "odd ids": odd_ids,
    "odd words": odd_words,
    "a redirect": lambda _: answered(b"", "302 Found", Location="http://127.0.0.1:1/"),
    "ten years": lambda _: answered(b"", "429 Too Many", Retry_After=TEN_YEARS),
    "a list for everything": lambda _: answered(b"[]", "201 Created"),
}


@pytest.fixture
async def running(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    """Bob's account is at the simulator; nothing runs yet."""
    async with harness(dsn, simulator_url) as made:
        await made.connect("bob", (await admin.account("bob", vip=True)).model_dump_json())
        await made.connect("ada", PAIR)
        yield made


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_the_list_waits_and_nobody_elses_does(running: Harness, answer: Callable[[str], Answer]) -> None:
    async with hostile(answer) as server, connect(server.url, CLIENT.client_id) as http:
        ill = TraktClient(http, server.url, CLIENT, tries=QUICK, now=running.clock)
        with structlog.testing.capture_logs() as logs:
            async with running.worker(ForOne(running.trakt, ADAS_TOKEN, ill)):
                await running.want(wanted(1, user="ada", items=movies(1)))
                await eventually(lambda: _waits(running))
                await running.want(wanted(2, user="bob", items=movies(2)))
                await running.settled(2)
        assert server.requests
    told = await running.events(TraktListCreated, TraktListSynced)
    assert {event.user_id for event in told} == {"bob"}
    assert not [one for one in logs if one["event"] in ("step_failed", "round_failed")]


async def _waits(running: Harness) -> bool:
    """Whether ada's list has failed, and waits for some time that is no longer than a day."""
    is_late = await running.pool.fetchval(WAITS, running.clock())
    return bool(is_late) and (await running.job(1)).progress.incident.attempts > 0
