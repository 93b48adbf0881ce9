"""A state file that version 0.1.0 wrote, with what that version answered from it."""

import json
import shutil
from pathlib import Path

import pytest

from trakt_simulator.store.state_file import StateFile
from trakt_simulator.testing.admin_client import api_headers
from trakt_simulator.testing.in_process import InProcessTrakt

DATA = Path(__file__).with_name("data")
RECORDED = json.loads((DATA / "state-0.1.0.json").read_text(encoding="utf-8"))
TOKENS = RECORDED["tokens"]


@pytest.fixture
def upgraded(tmp_path: Path) -> InProcessTrakt:
    """A simulator that loaded the file after this version wrote it once."""
    path = tmp_path / "state"
    shutil.copyfile(DATA / "state-0.1.0.sqlite", path)
    start(path)
    return start(path)


def start(path: Path) -> InProcessTrakt:
    """Load the file, and write all of it again."""
    trakt = InProcessTrakt(rate_limits=False, unknown_ids_exist=True)
    # The file was written a minute after the start of the simulated time.
    trakt.pass_time(60)
    file = StateFile(trakt.sim, path)
    file.load()
    for account in trakt.sim.accounts.by_slug.values():
        trakt.sim.accounts.touch(account)
    file.close()
    return trakt


@pytest.mark.parametrize("path", RECORDED["responses"])
async def test_every_endpoint_answers_as_before_the_upgrade(upgraded: InProcessTrakt, path: str) -> None:
    client = upgraded.client_with({**api_headers(), "Authorization": RECORDED["authorization"]})
    response = await client.get(path)
    assert response.status_code == 200
    assert response.json() == RECORDED["responses"][path]


async def test_the_whole_state_and_the_clock_are_as_before_the_upgrade(upgraded: InProcessTrakt) -> None:
    state = (await upgraded.admin.get("/state")).json()
    for account in state["accounts"]:  # that version had no watchlists
        assert account.pop("watchlist")["items"] == []
        assert account["limits"].pop("watchlist") == (5_000 if account["vip"] else 250)
    assert state == RECORDED["state"]
    assert (await upgraded.admin.get("/clock")).json() == {"now": "2026-11-21T01:01:00.000Z"}


@pytest.mark.parametrize(
    ("pair", "access_status", "refresh_status"), [("rotated", 200, 400), ("live", 200, 200), ("revoked", 401, 400)]
)
async def test_tokens_are_as_alive_as_before_the_upgrade(
    upgraded: InProcessTrakt, pair: str, access_status: int, refresh_status: int
) -> None:
    headers = {**api_headers(), "Authorization": f"Bearer {TOKENS[pair]['access_token']}"}
    assert (await upgraded.client_with(headers).get("/users/me/lists")).status_code == access_status
    body = {
        "grant_type": "refresh_token",
        "client_id": "watchbuddy-local",
        "refresh_token": TOKENS[pair]["refresh_token"],
    }
    assert (await upgraded.client_without_token().post("/oauth/token", json=body)).status_code == refresh_status


async def test_new_lists_and_items_get_numbers_that_were_not_used_before_the_upgrade(upgraded: InProcessTrakt) -> None:
    client = upgraded.client_with({**api_headers(), "Authorization": RECORDED["authorization"]})
    used = {shown["ids"]["trakt"] for account in RECORDED["state"]["accounts"] for shown in account["lists"]}
    created = (await client.post("/users/me/lists", json={"name": "Queue"})).json()
    assert created["ids"]["trakt"] == max(used) + 1
    assert created["ids"]["slug"] == "queue-3"
