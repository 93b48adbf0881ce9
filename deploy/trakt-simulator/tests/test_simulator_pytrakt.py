"""pytrakt, a client from outside this project, against a running simulator."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import trakt.core
from trakt.errors import NotFoundException, OAuthRefreshException
from trakt.movies import Movie
from trakt.sync import search_by_id
from trakt.tv import TVShow
from trakt.users import User, UserList, get_user_settings

from trakt_simulator.testing import SimulatorProcess, eventually

APP = ("watchbuddy-local", "watchbuddy-local-secret")


@pytest.fixture
async def simulator() -> AsyncIterator[SimulatorProcess]:
    async with SimulatorProcess("--no-rate-limits") as running:
        yield running


@pytest.fixture
def pytrakt(simulator: SimulatorProcess, tmp_path: Path) -> Iterator[None]:
    """Configure pytrakt for the simulator. Its configuration is global."""
    core = trakt.core
    before = (core.BASE_URL, core.CONFIG_PATH, core.CLIENT_ID, core.CLIENT_SECRET, core.OAUTH_TOKEN)
    core.BASE_URL = f"{simulator.url}/"
    core.CONFIG_PATH = str(tmp_path / "pytrakt.json")
    core.CLIENT_ID, core.CLIENT_SECRET = APP
    core.api.cache_clear()
    core.config.cache_clear()
    yield
    core.api().session.close()
    core.BASE_URL, core.CONFIG_PATH, core.CLIENT_ID, core.CLIENT_SECRET, core.OAUTH_TOKEN = before
    core.api.cache_clear()
    core.config.cache_clear()


async def sign_in(simulator: SimulatorProcess) -> None:
    token = await simulator.admin.account("demo")
    trakt.core.config().update(
        CLIENT_ID=APP[0],
        CLIENT_SECRET=APP[1],
        OAUTH_TOKEN=token.access_token,
        OAUTH_REFRESH=token.refresh_token,
        OAUTH_EXPIRES_AT=token.created_at + token.expires_in,
    )


@pytest.mark.usefixtures("pytrakt")
async def test_pytrakt_makes_fills_reads_empties_and_deletes_a_list(simulator: SimulatorProcess) -> None:
    await sign_in(simulator)

    def play() -> None:
        made = UserList.create("Pytrakt's list", "demo", description="d", privacy="public")
        assert (made.name, made.item_count, made.slug) == ("Pytrakt's list", 0, "pytrakt-s-list")
        movie, show = Movie("Toy Story", 1995), TVShow("Breaking Bad")
        assert movie.trakt == 1
        made.add_items(movie, show)
        assert [shown.name for shown in User("demo").lists] == ["Pytrakt's list"]
        read = User("demo").get_list("Pytrakt's list")
        assert [item.title for item in read] == ["Toy Story", "Breaking Bad"]
        read.remove_items(movie, show)
        assert len(User("demo").get_list("Pytrakt's list")) == 0
        made.like()
        made.unlike()
        made.delete_list()
        with pytest.raises(NotFoundException):
            User("demo").get_list("Pytrakt's list")
        assert get_user_settings()["user"]["username"] == "demo"

    await asyncio.to_thread(play)
    sent = [(e.method, e.path) for e in await simulator.admin.requests() if e.method != "GET"]
    number = 30_000_001
    assert sent == [
        ("POST", "/users/demo/lists"),
        ("POST", f"/users/demo/lists/{number}/items"),
        ("POST", f"/users/demo/lists/{number}/items/remove"),
        ("POST", f"/users/demo/lists/{number}/like"),
        ("DELETE", f"/users/demo/lists/{number}/like"),
        ("DELETE", f"/users/demo/lists/{number}"),
    ]


@pytest.mark.usefixtures("pytrakt")
async def test_pytrakt_searches_by_id(simulator: SimulatorProcess) -> None:
    await sign_in(simulator)
    found = await asyncio.to_thread(search_by_id, "862", id_type="tmdb", media_type="movie")
    assert [(type(one).__name__, one.title) for one in found] == [("Movie", "Toy Story")]
    found = await asyncio.to_thread(search_by_id, "tt0903747", id_type="imdb")
    assert [(type(one).__name__, one.title) for one in found] == [("TVShow", "Breaking Bad")]


@pytest.mark.usefixtures("pytrakt")
async def test_pytrakt_logs_in_by_device_code(simulator: SimulatorProcess, capsys: pytest.CaptureFixture[str]) -> None:
    await simulator.admin.options(device_interval_s=0.05)
    login = threading.Thread(
        target=trakt.core.init,
        kwargs={"client_id": APP[0], "client_secret": APP[1], "store": True},
        daemon=True,
    )
    trakt.core.AUTH_METHOD = trakt.core.DEVICE_AUTH
    login.start()

    async def user_code() -> str:
        codes = [e.answer for e in await simulator.admin.requests(path="*oauth/device/code")]
        return httpx.Response(200, content=codes[0]).json()["user_code"] if codes else ""

    code = await eventually(user_code)
    async with httpx.AsyncClient(base_url=simulator.url) as browser:
        form = {"user_code": code, "username": "demo", "decision": "approve"}
        assert "Connected" in (await browser.post("/activate", data=form)).text

    async def is_over() -> bool:
        return not login.is_alive()

    await eventually(is_over)
    assert "successfully authenticated" in capsys.readouterr().out
    assert (await asyncio.to_thread(get_user_settings))["user"]["username"] == "demo"


@pytest.mark.usefixtures("pytrakt")
async def test_pytrakt_refreshes_an_expired_token_once_and_not_with_a_used_one(simulator: SimulatorProcess) -> None:
    await sign_in(simulator)
    config = trakt.core.config()
    used = config.OAUTH_REFRESH
    config.update(OAUTH_EXPIRES_AT=1)
    assert (await asyncio.to_thread(get_user_settings))["user"]["username"] == "demo"
    assert used != config.OAUTH_REFRESH
    config.update(OAUTH_EXPIRES_AT=1, OAUTH_REFRESH=used)
    with pytest.raises(OAuthRefreshException):
        await asyncio.to_thread(get_user_settings)
