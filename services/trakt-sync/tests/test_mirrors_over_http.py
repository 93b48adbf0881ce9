"""A user's lists on Trakt over HTTP: how they are, title by title, and what would be sent."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.desired import Desired, Details, Mode, Policies
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.progress import Drift, Limit, Progress, TraktList
from trakt_sync.mirroring.views import MirrorView, item_views
from trakt_sync.store import views
from trakt_sync.testing import Harness, movies, unwanted, wanted
from trakt_sync.testing.clock import MovableClock
from trakt_sync.testing.http import application_on, bearer, client_of, http_settings
from watchbuddy_contracts import Item, ItemIds, Title

LISTS = "/api/trakt/lists"
UNKNOWN = Item(media_type="movie", ids=ItemIds(tmdb=999_999_999))


@pytest.fixture
async def client(running: Harness, dsn: str, simulator_url: str) -> AsyncIterator[httpx.AsyncClient]:
    del running  # an account, and its worker
    async with application_on(http_settings(dsn, simulator_url)) as app, client_of(app) as client:
        yield client


async def read(client: httpx.AsyncClient, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_list_says_how_it_is_on_trakt_and_what_is_missing(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(title="Heists", items=[*movies(1, 2), UNKNOWN]))
    await running.settled()
    [there] = await admin.lists_of("ada")

    shown = await read(client, f"{LISTS}/1")
    assert (shown["state"], shown["wanted_version"], shown["applied_version"]) == ("in_sync", 1, 1)
    assert (shown["trakt_list_id"], shown["last_error"]) == (there.ids["trakt"], None)
    assert shown["url"].endswith(f"/{there.ids['slug']}") or shown["url"].endswith(f"/{there.ids['trakt']}")
    assert {state: count for state, count in shown["items"].items() if count} == {"mirrored": 2, "not_found": 1}

    page = await read(client, f"{LISTS}/1/items?state=not_found")
    [item] = page["items"]
    assert (page["total"], item["ids"]["tmdb"]) == (1, 999_999_999)
    assert item["reason"] == "Trakt does not know it under these ids."
    assert item["remedy"].startswith("Give it another id")
    second = await read(client, f"{LISTS}/1/items?limit=2&page=2")
    assert (second["total"], [one["state"] for one in second["items"]]) == (3, ["not_found"])

    account = await read(client, "/api/trakt/account")
    assert (account["state"], account["used"]) == ("connected", {"lists": 1, "items": 2})


async def test_a_list_in_the_watchlist_says_how_it_is_there(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await admin.seed({"username": "ada", "watchlist": {"items": [{"ids": {"trakt": 9}}]}})
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    await running.want(wanted(version=2, items=movies(1, 2), target="watchlist"))
    await running.settled()
    shown = await read(client, f"{LISTS}/1")
    assert (shown["state"], shown["applied_version"], shown["trakt_list_id"]) == ("in_sync", 2, None)
    assert shown["url"] is None  # whose account it is was not asked
    await running.pool.execute("UPDATE account SET trakt_slug = 'ada'")
    assert (await read(client, f"{LISTS}/1"))["url"] == "https://trakt.tv/users/ada/watchlist"
    assert {state: count for state, count in shown["items"].items() if count} == {"mirrored": 2, "kept": 1}
    assert (await read(client, "/api/trakt/account"))["used"] == {"lists": 0, "items": 0}


async def test_a_list_that_waits_says_for_what_and_when_it_is_tried_again(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", method="POST", path="/users/me/lists", status=422, times=None)
    await running.want(wanted(items=movies(1)))

    async def waiting() -> bool:
        return bool(await running.pool.fetchval("SELECT waits_for FROM work_queue"))

    await eventually(waiting)
    shown = await read(client, f"{LISTS}/1")
    assert (shown["state"], shown["last_error"]["reason"]) == ("waiting", "rejected")
    assert shown["next_attempt_at"] is not None
    assert shown["items"]["missing"] == 1


async def test_a_list_that_waits_for_the_end_of_its_accounts_block_says_so_and_one_with_nothing_to_do_does_not(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(3, items=movies(3)))
    await running.settled(3)
    await admin.fault("rate_limited_html", method="POST", times=None)
    await running.want(wanted(1, items=movies(1)))

    async def blocked_until() -> datetime | None:
        until: datetime | None = await running.pool.fetchval(
            "SELECT nullif(blocked_until, '-infinity') FROM account WHERE user_id = 'ada'"
        )
        return until

    until = await eventually(blocked_until)
    await running.want(wanted(2, title="Noir", items=movies(2)))
    shown = [await read(client, f"{LISTS}/{list_id}") for list_id in (1, 2)]
    assert [(one["state"], one["last_error"]["reason"]) for one in shown] == [("waiting", "rate_limited")] * 2
    assert [datetime.fromisoformat(one["next_attempt_at"]) for one in shown] == [until] * 2
    planned = (await client.post(f"{LISTS}/2/plan")).json()
    assert (planned["reason"], planned["requests"]) == ("rate_limited", 2)
    at_rest = await read(client, f"{LISTS}/3")
    assert (at_rest["state"], at_rest["last_error"]) == ("in_sync", None)


async def test_a_title_that_trakt_has_learned_comes_when_its_list_is_tried_again(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=[*movies(1), UNKNOWN]))
    await running.settled()
    await admin.options(unknown_ids_exist=True)
    asked = await client.post(f"{LISTS}/1/retry")
    assert (asked.status_code, asked.json()["items"]["not_found"]) == (202, 0)

    async def on_trakt() -> int:
        return (await admin.lists_of("ada"))[0].item_count

    await eventually(on_trakt, until=lambda count: count == 2)


async def test_an_audit_on_demand_puts_a_list_right_that_was_renamed_by_hand(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin, simulator_url: str
) -> None:
    await running.want(wanted(title="Heists", items=movies(1)))
    await running.settled()
    [there] = await admin.lists_of("ada")
    hand = (await admin.account("ada")).headers()
    async with httpx.AsyncClient(base_url=simulator_url, headers=hand, trust_env=False) as trakt:
        await trakt.put(f"/users/me/lists/{there.ids['trakt']}", json={"name": "Mine"})
    asked = await client.post(f"{LISTS}/1/audit")
    assert (asked.status_code, asked.json()["list_id"]) == (202, 1)

    async def name() -> str:
        return (await admin.lists_of("ada"))[0].name

    await eventually(name, until=lambda found: found == "Heists")


async def test_another_users_list_is_none_and_a_deleted_one_is_told_while_it_is_known(
    running: Harness, client: httpx.AsyncClient
) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    for method, path in (("GET", ""), ("GET", "/items"), ("POST", "/plan"), ("POST", "/retry"), ("POST", "/audit")):
        answer = await client.request(method, f"{LISTS}/1{path}", headers=bearer("eve"))
        assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")
        assert (await client.request(method, f"{LISTS}/2{path}")).status_code == 404
        assert (await client.request(method, f"{LISTS}/0{path}")).status_code == 422
        no_token = await client.request(method, f"{LISTS}/1{path}", headers={"Authorization": ""})
        assert no_token.status_code == 401
    await running.want(unwanted())
    await running.settled()
    shown = await read(client, f"{LISTS}/1")
    assert (shown["state"], shown["is_wanted"], shown["trakt_list_id"]) == ("deleted", False, None)


def test_every_title_is_in_one_state() -> None:
    titles = [Title("movie", number, None, None) for number in range(1, 7)]
    entries = (
        Entry(titles[0], "mirrored", 1),
        Entry(titles[1], "not_found", 2),
        Entry(titles[2], "unconfirmed", 3),
        Entry(titles[5], "mirrored", 4),
    )
    progress = Progress(trakt_list=TraktList(1), limit=Limit(2, is_upper_bound=False, met_at=MovableClock()()))
    desired = Desired(is_present=True, details=Details("Heists", ""), items=(*titles[:5], titles[0]))
    shown = item_views(Job(1, "ada", 1, desired, progress, entries))
    assert [(view.title.trakt, view.state) for view in shown] == [
        (1, "mirrored"),
        (2, "not_found"),
        (3, "unconfirmed"),
        (4, "left_out"),
        (5, "left_out"),
        (6, "to_be_removed"),
    ]


def test_a_list_that_stays_deleted_on_trakt_is_not_called_in_sync() -> None:
    policies = Policies(when_deleted="detach")
    desired = Desired(is_present=True, details=Details("Heists", ""), policies=policies)
    progress = Progress(applied_version=1, drift=Drift(is_detached=True))
    view = MirrorView(Job(1, "ada", 1, desired, progress), None, None, "connected", None, None, "ada", None)
    assert (view.state(MovableClock()()), view.page) == ("detached", None)


@pytest.mark.parametrize(
    ("mode", "states"),
    [
        ("mirror", ["to_be_removed", "to_be_removed", "not_removed"]),
        ("keep_extra", ["to_be_removed", "kept", "not_removed"]),
        ("add_only", ["kept", "kept", "not_removed"]),
    ],
)
def test_what_the_mode_leaves_on_trakt_is_kept(mode: Mode, states: list[str]) -> None:
    entries = (
        Entry(Title("movie", 1, None, None), "mirrored", 1),
        Entry(Title("movie", 2, None, None), "mirrored", 2, is_by_others=True),
        Entry(Title("movie", 3, None, None), "not_removed", 3),
    )
    desired = Desired(is_present=True, details=Details("Heists", ""), policies=Policies(mode=mode))
    shown = item_views(Job(1, "ada", 1, desired, Progress(trakt_list=TraktList(1)), entries))
    assert [view.state for view in shown] == states


async def test_every_statement_of_views_fits_the_schema(running: Harness) -> None:
    async with running.pool.acquire() as connection:
        for statement in (views.MIRROR, views.ACCOUNT, views.USED):
            await connection.prepare(statement)
