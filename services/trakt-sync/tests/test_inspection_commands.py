"""The commands that look at all lists: verify, backfill, audit, orphans; and at one account."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import CLIENT, KEY, Harness, harness, movies, wanted

Run = Callable[..., Coroutine[Any, Any, tuple[int | None, str]]]


@pytest.fixture
def environment(dsn: str, simulator_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": dsn,
        "TOKEN_ENCRYPTION_KEYS": KEY,
        "TRAKT_API_URL": simulator_url,
        "TRAKT_AUTH_URL": simulator_url,
        "TRAKT_CLIENT_ID": CLIENT.client_id,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run a command as the operator does; return its exit status and what it printed."""

    async def command(*arguments: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "trakt_sync", *arguments, env=environment, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    return command


async def by_hand(running: Harness, admin: SimulatorAdmin, method: str, path: str, body: object = None) -> None:
    """Do something to ada's lists on Trakt."""
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers()) as http:
        answer = await http.request(method, f"{running.settings.trakt_api_url}users/me/lists{path}", json=body)
        answer.raise_for_status()


async def written_long_ago(running: Harness) -> None:
    await running.pool.execute(
        "UPDATE mirror SET trakt_list = jsonb_set(trakt_list, '{written_at}', '\"2026-01-01T00:00:00Z\"')"
    )


async def test_verify_compares_title_by_title(running: Harness, admin: SimulatorAdmin, run: Run) -> None:
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, title="Noir", items=movies(3)))
    await running.settled(1, 2)
    status, text = await run("verify")
    assert (status, text.count("too early")) == (2, 2)
    await written_long_ago(running)
    status, text = await run("verify")
    assert (status, text.splitlines()[-1]) == (0, "2 of 2 lists are equal")
    first = (await running.job(1)).trakt_list_id
    await by_hand(running, admin, "POST", f"/{first}/items/remove", {"movies": [{"ids": {"trakt": 2}}]})
    await by_hand(running, admin, "POST", f"/{first}/items", {"movies": [{"ids": {"trakt": 9}}]})
    status, text = await run("verify", "--user", "ada")
    assert status == 1
    assert "1 missing: movie 2" in text
    assert "1 extra: movie" in text
    status, text = await run("verify", "--list", "1", "--json")
    line = json.loads(text)
    assert (line["state"], line["item_count"], line["missing"]) == ("differs", 2, [{"trakt": 2}])


async def test_verify_and_backfill_know_a_list_that_is_in_the_watchlist(
    running: Harness, admin: SimulatorAdmin, run: Run
) -> None:
    await admin.seed({"username": "ada", "watchlist": {"items": [{"ids": {"trakt": 9}}]}})
    await running.want(wanted(1, items=movies(1, 2), target="watchlist"))
    await running.settled()
    assert (await run("verify"))[0] == 2
    await written_long_ago(running)
    status, text = await run("verify")
    assert (status, text.splitlines()[-1]) == (0, "1 of 1 lists are equal")
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers(), base_url=str(running.settings.trakt_api_url)) as http:
        await http.post("/sync/watchlist/remove", json={"movies": [{"ids": {"trakt": 2}}]})
        await http.post("/sync/watchlist", json={"movies": [{"ids": {"trakt": 8}}]})
    status, text = await run("verify")
    assert (status, "1 missing: movie 2" in text, "extra" in text) == (1, True, False)
    status, text = await run("backfill")
    assert (status, text.startswith("1 lists: 1 need nothing")) == (0, True)
    assert (await run("orphans"))[0] == 0


async def test_backfill_mirrors_what_has_no_trakt_list_and_then_nothing(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, run: Run
) -> None:
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(wanted(1, items=movies(1)), wanted(2, items=movies(2), user="bob"))
        await one.pool.execute("UPDATE account SET checked_list_id = NULL")
        await one.pool.execute("DELETE FROM work_queue")  # somebody lost the work
        status, text = await run("backfill", "--dry-run")
        assert await admin.lists_of("ada") == []
        async with one.worker():
            status, text = await run("backfill")
        assert text.splitlines()[-1] == (
            "2 lists: 0 need nothing, 1 had no Trakt list, 1 are of users without a connected account"
        )
        (made,) = await admin.lists_of("ada")
        assert [item.ids["trakt"] for item in made.items] == [1]
        status, text = await run("backfill", "--user", "ada")
        assert (status, text) == (
            0,
            "1 lists: 1 need nothing, 0 had no Trakt list, 0 are of users without a connected account\n",
        )
        assert len(await admin.lists_of("ada")) == 1


async def test_orphans_are_shown_and_deleted_on_demand(running: Harness, admin: SimulatorAdmin, run: Run) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled()
    ours = {"name": "Old", "description": "Custom list managed by WatchBuddy (ID: 99)"}
    await by_hand(running, admin, "POST", "", ours)
    await by_hand(running, admin, "POST", "", {"name": "My own"})
    (orphan,) = [one for one in await admin.lists_of("ada") if one.name == "Old"]
    number = int(orphan.ids["trakt"])
    status, text = await run("orphans")
    assert (status, str(number) in text, "My own" in text) == (1, True, False)
    status, _ = await run("orphans", "--delete", str(number), "--dry-run")
    assert (status, len(await admin.lists_of("ada"))) == (1, 3)
    status, text = await run("orphans", "--delete", str(number))
    assert (status, f"deleted {number}" in text) == (0, True)
    assert sorted(one.name for one in await admin.lists_of("ada")) == ["Heists", "My own"]
    await running.pool.execute("UPDATE account SET next_write_at = '-infinity'")


async def test_an_orphan_that_a_list_adopts_before_its_account_is_free_is_left_alone(
    running: Harness, admin: SimulatorAdmin, environment: dict[str, str]
) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled()
    ours = {"name": "Old", "description": "Custom list managed by WatchBuddy (ID: 99)"}
    await by_hand(running, admin, "POST", "", ours)
    (number,) = [int(one.ids["trakt"]) for one in await admin.lists_of("ada") if one.name == "Old"]
    until = running.clock() + timedelta(minutes=5)
    await running.pool.execute("UPDATE account SET lease_token = gen_random_uuid(), lease_until = $1", until)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trakt_sync", "orphans", "--delete", str(number)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert "chosen" in (await process.stdout.readline()).decode()
    await running.pool.execute("UPDATE mirror SET former_ids = ARRAY[$1::bigint]", number)
    await running.pool.execute("UPDATE account SET lease_token = NULL, lease_until = '-infinity'")
    await process.communicate()
    assert process.returncode == 2
    assert number in [one.ids["trakt"] for one in await admin.lists_of("ada")]


async def test_audit_is_asked_for(running: Harness, admin: SimulatorAdmin, run: Run) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled()
    running.move_clock(timedelta(hours=1))
    await by_hand(running, admin, "PUT", f"/{(await running.job()).trakt_list_id}", {"name": "Mine"})
    assert await run("audit", "--user", "eve") == (1, "0 accounts are audited by the workers\n")
    assert await run("audit") == (0, "ada\n1 accounts are audited by the workers\n")
    await running.settled()


async def test_account_show_says_how_an_account_and_its_lists_are(
    running: Harness, admin: SimulatorAdmin, run: Run
) -> None:
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, title="Noir", items=movies(3)))
    await running.settled(1, 2)
    await admin.fault("status", status=423, method="POST", times=None)
    await running.want(wanted(3, items=movies(4)))
    in_a_minute = running.clock() + timedelta(minutes=1)
    await eventually(lambda: running.due_at(3), until=lambda due: due is not None and due > in_a_minute)
    status, text = await run("account", "show", "--user", "ada", "--json")
    shown = json.loads(text)
    assert (status, shown["user_id"], shown["state"], shown["trakt_user"]) == (0, "ada", "connected", "ada")
    assert shown["used"] == {"lists": 2, "items": 3}
    assert (shown["lists"], shown["waits"]) == ({"in_sync": 2, "waiting": 1}, {"account_locked": 1})
    assert (shown["block_reason"], shown["next_attempt_at"] is not None) == ("account_locked", True)
    assert shown["next_audit_at"] is not None
    assert not any("token" in key and key != "token_expires_at" for key in shown)

    status, text = await run("account", "show", "--user", "ada")
    assert (status, "lists           in_sync 2, waiting 1" in text) == (0, True)


async def test_account_show_of_a_user_without_an_account_and_of_an_unknown_one(running: Harness, run: Run) -> None:
    await running.want(wanted(7, user="grace", items=movies(1)))
    status, text = await run("account", "show", "--user", "grace", "--json")
    shown = json.loads(text)
    assert (status, shown["state"], shown["waits"]) == (0, "disconnected", {"not_connected": 1})
    assert (shown["limits"]["lists"], shown["next_audit_at"]) == (None, None)
    assert await run("account", "show", "--user", "nobody") == (1, "")


@pytest.mark.parametrize("named", [("--user", "nobody"), ("--list", "99"), ("--list", "0"), ("--list", str(1 << 63))])
async def test_what_is_not_there_is_not_said_to_be_in_order(running: Harness, run: Run, named: tuple[str, str]) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert [(await run(command, *named))[0] for command in ("verify", "backfill")] == [2, 2]
    assert (await run("orphans", "--delete", "99"))[0] == 2
