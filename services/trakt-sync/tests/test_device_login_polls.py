"""Polls of a login by device code: what is made of every answer that Trakt has."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from trakt_sync.accounts.login import AfterPoll, DuePoll, after_poll
from trakt_sync.errors import (
    AppRefusedError,
    RateLimitedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.logins.granted import saved
from trakt_sync.testing import CLIENT
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.trakt.tokens import Tokens

NOW = datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, "pending"), (404, "unknown"), (409, "used"), (410, "expired"), (418, "denied")],
)
async def test_each_status_of_a_poll_is_an_answer(status: int, expected: str) -> None:
    assert await polled(httpx.Response(status)) == expected


async def test_a_poll_brings_tokens() -> None:
    body = {"access_token": "a", "refresh_token": "r", "expires_in": 60, "created_at": 1_795_219_200}
    answer = await polled(httpx.Response(200, json=body))
    assert isinstance(answer, Tokens)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimitedError),
        (httpx.Response(401, json={"error": "invalid_client"}), AppRefusedError),
        (httpx.Response(200, text="<html>"), TraktUnavailableError),
        (httpx.Response(502, text="<html>"), TraktUnavailableError),
        (httpx.Response(423), TraktError),
    ],
    ids=["too_fast", "unknown_app", "garbled", "outage", "locked"],
)
async def test_a_poll_without_an_answer_to_its_question_is_an_error(
    response: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await polled(response)


async def polled(response: httpx.Response) -> object:
    transport = httpx.MockTransport(lambda _: response)
    async with httpx.AsyncClient(transport=transport) as api:
        return await OAuth(api, "http://trakt.test", CLIENT).poll_device(SecretStr("code"))


def due(expires_in: float = 600) -> DuePoll:
    every, until = timedelta(seconds=5), NOW + timedelta(seconds=30)
    return DuePoll("ada", uuid4(), SecretStr("code"), every, NOW + timedelta(seconds=expires_in), until)


def test_what_ends_a_login_is_what_trakt_says_of_it() -> None:
    every = timedelta(seconds=5)
    assert after_poll(due(), "denied", NOW) == AfterPoll("denied", None, every, None)
    assert after_poll(due(), "expired", NOW) == AfterPoll("expired", None, every, None)
    assert after_poll(due(), "used", NOW) == AfterPoll("failed", "code_used", every, None)
    assert after_poll(due(), "unknown", NOW) == AfterPoll("failed", "code_unknown", every, None)
    assert after_poll(due(), AppRefusedError("no"), NOW) == AfterPoll("failed", "app_refused", every, None)
    assert after_poll(due(expires_in=0), "pending", NOW) == AfterPoll("expired", None, every, None)


def test_everything_else_is_asked_again_at_trakts_pace() -> None:
    every = timedelta(seconds=5)
    for answer in ("pending", TraktUnreachableError("away"), TraktUnavailableError("503")):
        assert after_poll(due(), answer, NOW) == AfterPoll("pending", None, every, NOW + every)
    slower = after_poll(due(), RateLimitedError("slow down", None), NOW)
    assert slower == AfterPoll("pending", None, timedelta(seconds=10), NOW + timedelta(seconds=10))
    told = after_poll(due(), RateLimitedError("slow down", timedelta(minutes=1)), NOW)
    assert told.poll_at == NOW + timedelta(minutes=1)


async def test_tokens_that_came_are_saved_when_postgres_is_back() -> None:
    tries = iter((ConnectionRefusedError(), ConnectionRefusedError(), None))

    async def save() -> bool:
        if (error := next(tries)) is not None:
            raise error
        return True

    assert await saved(save)
