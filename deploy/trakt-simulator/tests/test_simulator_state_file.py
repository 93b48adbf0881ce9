"""The state file and the command line."""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.titles import Title
from trakt_simulator.store.database import StateFileError
from trakt_simulator.store.state_file import StateFile
from trakt_simulator.testing import SimulatorProcess
from trakt_simulator.testing.in_process import InProcessTrakt, shipped_titles

LISTS = "/users/me/lists"


async def filled(path: Path) -> tuple[InProcessTrakt, httpx.AsyncClient, StateFile]:
    trakt = InProcessTrakt(rate_limits=False, unknown_ids_exist=True)
    file = StateFile(trakt.sim, path)
    # In a process, the application does this before every response.
    trakt.save_with(file.save)
    client = await trakt.client("an.kah", vip=True, private=True, friends=["bob"])
    await client.post(LISTS, json={"name": "Queue", "description": "d", "sort_by": "added"})
    await client.post(LISTS, json={"name": "Queue"})
    body = {
        "movies": [{"ids": {"trakt": 1}, "notes": "n"}, {"ids": {"tmdb": 99_000_000}}],
        "shows": [{"ids": {"trakt": 1}}],
    }
    await client.post(f"{LISTS}/queue/items", json=body)
    await client.post(f"{LISTS}/queue/like")
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 2}}]})
    await client.post("/sync/ratings", json={"movies": [{"ids": {"trakt": 2}, "rating": 8}]})
    return trakt, client, file


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def restarted(after: InProcessTrakt, path: Path, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Load the file into this simulator; return a client of it with the same token."""
    file = StateFile(after.sim, path)
    file.load()
    file.close()
    return after.client_with(dict(client.headers))


async def everything(client: httpx.AsyncClient) -> list[object]:
    paths = (
        LISTS,
        f"{LISTS}/queue/items",
        "/sync/history",
        "/sync/ratings",
        "/users/settings",
        "/sync/last_activities",
    )
    return [(await client.get(path)).text for path in paths]


async def test_all_is_there_again_after_a_restart(tmp_path: Path) -> None:
    before, client, file = await filled(tmp_path / "state")
    file.close()
    before.save_with(lambda: None)
    after = InProcessTrakt(rate_limits=False, unknown_ids_exist=True)
    again = await restarted(after, tmp_path / "state", client)
    assert await everything(again) == await everything(client)
    body = {"movies": [{"ids": {"tmdb": 99_000_000}}, {"ids": {"trakt": 3}}]}
    responses = [(await one.post(f"{LISTS}/queue/items", json=body)).json() for one in (client, again)]
    assert responses[0] == responses[1]
    assert responses[0]["existing"]["movies"] == 1
    assert await everything(again) == await everything(client)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", LISTS, {"name": "Third"}),
        ("PUT", f"{LISTS}/queue", {"name": "Renamed", "description": None}),
        ("DELETE", f"{LISTS}/queue", None),
        ("POST", f"{LISTS}/reorder", {"rank": [30_000_002, 30_000_001]}),
        ("POST", f"{LISTS}/queue/items", {"movies": [{"ids": {"trakt": 9}}, {"ids": {"tmdb": 98_000_000}}]}),
        ("POST", f"{LISTS}/queue/items/remove", {"movies": [{"ids": {"trakt": 1}}]}),
        ("POST", f"{LISTS}/queue/items/reorder", {"rank": [1_000_000_003]}),
        ("PUT", f"{LISTS}/queue/items/1000000001", {"notes": "other"}),
        ("DELETE", f"{LISTS}/queue/like", None),
        ("POST", "/sync/history", {"movies": [{"ids": {"trakt": 5}}]}),
        ("POST", "/sync/ratings/remove", {"movies": [{"ids": {"trakt": 2}}]}),
    ],
)
async def test_every_kind_of_change_is_kept(tmp_path: Path, method: str, path: str, body: object) -> None:
    _, client, file = await filled(tmp_path / "state")
    file.save()
    before = await everything(client)
    assert (await client.request(method, path, json=body)).is_success
    file.close()
    again = await restarted(InProcessTrakt(rate_limits=False), tmp_path / "state", client)
    assert await everything(again) == await everything(client) != before


async def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    trakt, client, file = await filled(tmp_path / "state")
    file.save()
    await trakt.admin.post("/reset")
    await trakt.account("other")
    file.close()
    after = InProcessTrakt()
    await restarted(after, tmp_path / "state", client)
    assert list(after.sim.accounts.by_slug) == ["other"]
    assert after.sim.catalogue.invented() == []


async def test_the_clock_stays_advanced(tmp_path: Path) -> None:
    before, client, file = await filled(tmp_path / "state")
    await before.admin.post("/clock", json={"advance_s": 8 * 86_400})
    now = (await before.admin.get("/clock")).json()
    assert (await client.get(LISTS)).status_code == 401
    again = (await before.account("an.kah")).headers()
    await before.client_with(again).post(LISTS, json={"name": "Late"})
    file.close()
    before.save_with(lambda: None)
    after = InProcessTrakt(rate_limits=False)
    assert (await (await restarted(after, tmp_path / "state", client)).get(LISTS)).status_code == 401
    assert (await after.admin.get("/clock")).json() == now
    assert (await after.client_with(again).get(f"{LISTS}/late")).status_code == 200
    assert (await after.client_with(again).delete(f"{LISTS}/late")).status_code == 204


async def test_a_file_of_another_catalogue_is_refused_and_of_one_that_has_grown_is_not(tmp_path: Path) -> None:
    _, client, file = await filled(tmp_path / "state")
    file.close()
    more = Title(kind=Kind.MOVIE, trakt=99_999, slug="more", name="More")
    for titles, is_refused in (
        (shipped_titles()[1:], True),
        ((more, *shipped_titles()), True),
        ((*shipped_titles(), more), False),
    ):
        after = InProcessTrakt(titles=titles, rate_limits=False)
        if is_refused:
            with pytest.raises(StateFileError, match="another catalogue, which had 4103 titles"):
                await restarted(after, tmp_path / "state", client)
        else:
            again = await restarted(after, tmp_path / "state", client)
            assert (await again.get(f"{LISTS}/queue/items")).json()[0]["movie"]["title"] == "Toy Story"


async def test_a_file_of_the_form_before_is_taken_over(tmp_path: Path) -> None:
    before, client, file = await filled(tmp_path / "state")
    file.close()
    before.save_with(lambda: None)
    with closing(sqlite3.connect(tmp_path / "state", isolation_level=None)) as database:
        ((slug, account, history),) = database.execute(
            "SELECT slug, a.content, h.content FROM accounts a JOIN histories h USING (slug)"
        )
        old = json.dumps({**json.loads(account), **json.loads(history)})
        database.execute("UPDATE accounts SET content = ? WHERE slug = ?", (old, slug))
        numbers = json.loads(database.execute("SELECT content FROM numbers").fetchone()[0])
        del numbers["clock_offset_ms"], numbers["catalogue"]
        database.execute("UPDATE numbers SET content = ?", (json.dumps(numbers),))
        database.execute("DROP TABLE histories")
        database.execute("PRAGMA user_version = 1")
    for _ in range(2):
        after = InProcessTrakt(rate_limits=False, unknown_ids_exist=True)
        file = StateFile(after.sim, tmp_path / "state")
        file.load()
        again = after.client_with(dict(client.headers))
        assert await everything(again) == await everything(client)
        # The next start reads what this one writes.
        after.sim.accounts.touch(after.sim.accounts.by_slug["an-kah"])
        file.close()


async def test_a_change_of_a_list_does_not_write_the_plays_again(tmp_path: Path) -> None:
    _, client, file = await filled(tmp_path / "state")
    file._database.execute("DELETE FROM histories")
    await client.post(LISTS, json={"name": "Third"})
    assert file._database.execute("SELECT count(*) FROM histories").fetchone() == (0,)
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 5}}]})
    assert file._database.execute("SELECT count(*) FROM histories").fetchone() == (1,)
    file.close()


async def test_dead_tokens_stay_dead_and_others_alive(tmp_path: Path) -> None:
    before, client, file = await filled(tmp_path / "state")
    refresh = {"grant_type": "refresh_token", "client_id": "watchbuddy-local"}
    first = await before.account("an.kah")
    rotated = await before.client_without_token().post(
        "/oauth/token", json={**refresh, "refresh_token": first.refresh_token}
    )
    revoked = await before.account("an.kah")
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    await before.client_without_token().post("/oauth/revoke", json={"token": revoked.access_token, **app})
    ended = await before.account("other")
    await before.admin.post("/accounts/other/tokens/expire")
    file.close()
    after = InProcessTrakt()
    await restarted(after, tmp_path / "state", client)
    assert (await after.client_with(first.headers()).get(LISTS)).status_code == 200
    assert (await after.client_with(revoked.headers()).get(LISTS)).status_code == 401
    assert (await after.client_with(ended.headers()).get(LISTS)).status_code == 401
    for token, status in (
        (first.refresh_token, 400),
        (rotated.json()["refresh_token"], 200),
        (revoked.refresh_token, 400),
        (ended.refresh_token, 200),
    ):
        response = await after.client_without_token().post("/oauth/token", json={**refresh, "refresh_token": token})
        assert response.status_code == status


@pytest.mark.parametrize("content", [b"{}", b"no database" * 100])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state"
    path.write_bytes(content)
    with pytest.raises(StateFileError, match="not a database"):
        StateFile(InProcessTrakt().sim, path)
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE things (id integer)")
    with pytest.raises(StateFileError, match="something else"):
        StateFile(InProcessTrakt().sim, tmp_path / "other")


async def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    _, _, file = await filled(tmp_path / "state")
    file.save()
    with pytest.raises(StateFileError, match="in use by another simulator"):
        StateFile(InProcessTrakt().sim, tmp_path / "state").load()
    file.close()


async def test_what_was_answered_is_kept_over_an_end_and_over_a_crash(tmp_path: Path) -> None:
    simulator = SimulatorProcess("--no-rate-limits", "--state", str(tmp_path / "state"))
    await simulator.start()
    try:
        token = await simulator.admin.account("demo", vip=True)
        names: list[str] = []
        async with httpx.AsyncClient(headers=token.headers()) as client:
            for end in (simulator.stop, simulator.kill, simulator.kill, simulator.stop):
                for _ in range(5):
                    names.append(f"list {len(names)}")
                    await client.post(f"{simulator.url}{LISTS}", json={"name": names[-1]})
                await end()
                await simulator.start()
                shown = (await client.get(f"{simulator.url}{LISTS}")).json()
                assert [one["name"] for one in shown] == names
    finally:
        await simulator.stop()
    assert files_in(tmp_path) == ["state"]


async def test_what_was_applied_is_kept_though_its_answer_never_came(tmp_path: Path) -> None:
    simulator = SimulatorProcess("--no-rate-limits", "--state", str(tmp_path / "state"))
    await simulator.start()
    try:
        token = await simulator.admin.account("demo")
        async with httpx.AsyncClient(headers=token.headers(), timeout=0.5) as client:
            await client.post(f"{simulator.url}{LISTS}", json={"name": "a"})
            await simulator.admin.fault("timeout", delay_s=30, after=True, method="DELETE")
            with pytest.raises(httpx.ReadTimeout):
                await client.delete(f"{simulator.url}{LISTS}/a")
        await simulator.kill()
        await simulator.start()
        assert await simulator.admin.lists_of("demo") == []
    finally:
        await simulator.stop()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--catalogue", "missing.csv"],
        ["--state", "no/such/folder/state.json"],
        ["--latency-ms", "-1"],
        ["--latency-ms", "inf"],
        ["--client-id", ""],
        ["--redirect-uri", " "],
        ["--auth-url", "nonsense"],
        ["--port", "99999999"],
        ["--host", "203.0.113.7"],
        ["--nonsense"],
    ],
)
async def test_a_wrong_command_line_ends_it_with_one_reason_and_no_trace(arguments: list[str], tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trakt_simulator", "--port", "0", *arguments, stderr=asyncio.subprocess.PIPE, cwd=tmp_path
    )
    _, told = await process.communicate()
    assert process.returncode != 0
    assert b"python -m trakt_simulator: " in told
    assert b"Traceback" not in told
