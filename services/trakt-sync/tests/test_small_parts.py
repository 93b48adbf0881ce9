"""The breaker, the delays, names, statuses, the statements."""

import importlib
import pkgutil
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from trakt_sync import store
from trakt_sync.errors import (
    AccountLockedError,
    AppRefusedError,
    GrantRefusedError,
    LimitReachedError,
    ListGoneError,
    RateLimitedError,
    RejectedError,
    RenewalRefusedError,
    TokenRefusedError,
    TraktError,
    TraktUnavailableError,
)
from trakt_sync.mirroring.backoff import MAX_DELAY, MAX_REJECTED_DELAY, delay
from trakt_sync.mirroring.texts import is_same_text
from trakt_sync.testing import CLIENT, Harness, make_settings
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.statuses import check, check_renewal, page_count

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PROBE = timedelta(seconds=2)
STATEMENT = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b")


def opened() -> Breaker:
    breaker = Breaker(failures=3, interval=PROBE)
    assert [breaker.failed(NOW, "ada") for _ in range(3)] == [False, False, True]
    return breaker


def test_breaker_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(failures=3)
    for _ in range(5):
        breaker.failed(NOW, "ada")
        breaker.failed(NOW, "ada")
        breaker.succeeded(NOW)
    assert not breaker.is_open
    assert opened().is_open


def test_open_breaker_lets_a_probe_through_now_and_then() -> None:
    breaker = opened()
    assert breaker.probe_at == NOW
    breaker.probe_failed(NOW)
    breaker.probe_failed(NOW + PROBE)
    assert breaker.probe_at == NOW + 2 * PROBE


def test_suspicion_that_the_first_probe_refutes_is_no_news() -> None:
    breaker = opened()
    breaker.resumed()
    assert (breaker.is_confirmed, breaker.suspect) == (False, "ada")
    assert breaker.succeeded(NOW)
    assert not breaker.has_recovered


def test_success_closes_the_breaker_and_is_news_once() -> None:
    breaker = opened()
    breaker.resumed()
    breaker.probe_failed(NOW)
    assert breaker.succeeded(NOW)
    assert breaker.has_recovered
    breaker.resumed()
    assert not breaker.has_recovered


def test_breaker_that_opens_again_at_once_probes_less_often() -> None:
    breaker = opened()
    breaker.succeeded(NOW)
    for _ in range(3):
        breaker.failed(NOW, "ada")
    breaker.probe_failed(NOW)
    assert breaker.probe_at == NOW + 2 * PROBE


def test_refused_application_is_asked_about_once_a_minute() -> None:
    breaker = Breaker()
    assert [breaker.refused(NOW), breaker.refused(NOW)] == [True, False]
    assert breaker.probe_at == NOW + timedelta(minutes=1)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_delays_grow_to_a_limit(attempts: int, jitter: float) -> None:
    wait = delay(attempts, jitter)
    assert timedelta(0) < wait <= MAX_DELAY
    assert delay(attempts + 1, jitter) >= wait
    assert wait <= delay(attempts, jitter, MAX_REJECTED_DELAY) <= MAX_REJECTED_DELAY


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", timedelta(0)),
        ("30", timedelta(seconds=30)),
        ("300000000000", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("²", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("Sat, 21 Nov 2026 00:02:00 GMT", timedelta(minutes=2)),
        ("Fri, 20 Nov 2026 00:02:00 GMT", timedelta(0)),
        ("Mon, 21 Nov 2033 00:02:00 GMT", timedelta(days=1)),
        ("Sat, 99 Nov 2026 00:02:00 GMT", None),
    ],
)
def test_trakts_waiting_time_is_read_and_bounded(header: str, wait: timedelta | None) -> None:
    headers = [(b"Retry-After", header.encode("latin-1")), (b"Date", b"Sat, 21 Nov 2026 00:00:00 GMT")]
    for status in (302, 400, 401, 403, 404, 408, 420, 422, 423, 426, 429, 500, 503, 521):
        for asked in (check, check_renewal):
            with pytest.raises(TraktError) as caught:
                asked(httpx.Response(status, headers=headers))
            assert caught.value.retry_after == wait


def test_deactivated_account_is_told_from_a_locked_one() -> None:
    headers = {"X-Account-Locked": "false", "X-Account-Deactivated": "true"}
    with pytest.raises(AccountLockedError, match="deactivated"):
        check(httpx.Response(423, headers=headers))
    with pytest.raises(AccountLockedError, match="locked"):
        check(httpx.Response(423))


def test_probe_waits_as_long_as_trakt_said_to_all() -> None:
    minute, breaker = timedelta(minutes=1), Breaker(failures=2)
    breaker.failed(NOW, "ada", 9 * minute)
    breaker.failed(NOW, "bob", minute)
    assert breaker.probe_at == NOW + minute
    breaker.probe_failed(NOW + minute, 2 * minute)
    assert breaker.probe_at == NOW + 3 * minute
    breaker.succeeded(NOW + 3 * minute)
    breaker.failed(NOW, "ada", 9 * minute)
    breaker.failed(NOW, "bob")
    assert breaker.probe_at == NOW


@pytest.mark.parametrize("status", [400, 401])
def test_only_a_grant_that_is_refused_in_words_ends_a_connection(status: int) -> None:
    with pytest.raises(GrantRefusedError):
        check_renewal(httpx.Response(status, json={"error": "invalid_grant"}))
    for body in (b"", b"<html>", b'{"error": ["invalid_grant"]}', b'{"error": "temporarily_unavailable"}'):
        with pytest.raises(RenewalRefusedError):
            check_renewal(httpx.Response(status, content=body))


@pytest.mark.parametrize("reason", ["invalid_client", "unauthorized_client"])
def test_only_an_application_that_is_refused_in_words_makes_all_wait(reason: str) -> None:
    with pytest.raises(AppRefusedError):
        check_renewal(httpx.Response(401, json={"error": reason}))
    with pytest.raises(RenewalRefusedError):
        check_renewal(httpx.Response(403, content=b"Forbidden"))


@pytest.mark.parametrize("given", ["Heists", "Heists 🎬", "Heists :clapper:", "🎬 Heists", "Heists ✨️"])
def test_names_are_compared_without_emojis(given: str) -> None:
    assert is_same_text("Heists 🎬", given)


def test_different_names_differ() -> None:
    assert not is_same_text("Heists", "Heists 2")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RejectedError),
        (401, TokenRefusedError),
        (403, AppRefusedError),
        (404, ListGoneError),
        (408, TraktUnavailableError),
        (409, RejectedError),
        (412, RejectedError),
        (420, LimitReachedError),
        (422, RejectedError),
        (423, AccountLockedError),
        (426, RejectedError),
        (429, RateLimitedError),
        (500, TraktUnavailableError),
        (502, TraktUnavailableError),
        (503, TraktUnavailableError),
        (504, TraktUnavailableError),
        (521, TraktUnavailableError),
        (302, TraktUnavailableError),
    ],
)
def test_each_status_is_one_error(status: int, error: type[TraktError]) -> None:
    with pytest.raises(error):
        check(httpx.Response(status))


@pytest.mark.parametrize(("header", "pages"), [(None, 1), ("", 1), ("3", 3), ("9" * 5000, 999_999_999)])
def test_number_of_pages_is_read(header: str | None, pages: int) -> None:
    headers = {} if header is None else {"X-Pagination-Page-Count": header}
    assert page_count(httpx.Response(200, headers=headers)) == pages


@pytest.mark.parametrize("header", ["many", "-1", "1.5"])
def test_unreadable_number_of_pages_is_an_outage_of_trakt(header: str) -> None:
    with pytest.raises(TraktUnavailableError):
        page_count(httpx.Response(200, headers={"X-Pagination-Page-Count": header}))


async def test_page_with_nothing_new_is_the_last_however_many_trakt_promises() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["page"])
        return httpx.Response(200, headers={"X-Pagination-Page-Count": "100000"}, json=[])

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://trakt.test") as api:
        lists = await TraktClient(api, "http://trakt.test", CLIENT).read_lists(SecretStr("access"))
    assert (lists.lists, lists.is_complete, asked) == ((), False, ["1"])


def test_page_of_html_is_no_reason() -> None:
    page = httpx.Response(400, headers={"Content-Type": "text/html"}, text="<html>Oh no</html>")
    with pytest.raises(RejectedError) as caught:
        check(page)
    assert caught.value.detail == "Trakt answered 400"


async def test_every_statement_fits_the_schema(running: Harness) -> None:
    modules = [importlib.import_module(f"{store.__name__}.{one.name}") for one in pkgutil.iter_modules(store.__path__)]
    statements = [
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and STATEMENT.match(value)
    ]
    assert len(statements) > 90
    async with running.pool.acquire() as connection:
        for statement in statements:
            await connection.prepare(statement)


@pytest.mark.parametrize("url", ["https://api.trakt.tv", "https://trakt-proxy.example.org"])
def test_the_simulators_secret_is_none_for_trakt(url: str) -> None:
    with pytest.raises(ValidationError, match="is the simulator's"):
        make_settings("postgresql://h/d", url)
    assert make_settings("postgresql://h/d", "http://simulator:8900").trakt_client_secret == CLIENT.client_secret
    make_settings("postgresql://h/d", url, trakt_client_secret="one's own")
