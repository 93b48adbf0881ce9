"""Lists on Trakt that are read once, for users who make lists of them."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.errors import TraktError
from trakt_sync.retention import sweep
from trakt_sync.testing import Harness, harness, import_of, movies, wanted
from trakt_sync.testing.list_imports import HEISTS, answer, reason, seed
from watchbuddy_contracts import (
    ForeignEntries,
    TraktListRead,
    TraktListReadFailed,
    TraktListSynced,
    TraktReauthorizationRequired,
)

LISTS = "/users/*/lists/*"


async def number_of(admin: SimulatorAdmin, username: str, index: int = 0) -> str:
    return str((await admin.lists_of(username))[index].ids["trakt"])


async def test_a_list_is_read_in_its_order_with_its_texts_and_its_page(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin, description="By how cleverly they get away")
    await running.want(import_of("best-heists", "grace"))
    event = await answer(running)
    assert isinstance(event, TraktListRead)
    assert [item.ids.trakt for item in event.items] == [3, 1, 2]
    assert all(item.ids.tmdb and item.ids.imdb for item in event.items)
    assert (event.name, event.description) == ("Best heists", "By how cleverly they get away")
    assert event.url == "https://trakt.tv/users/grace/lists/best-heists"
    assert str(event.trakt_list_id) == await number_of(admin, "grace")
    assert (event.item_count, event.foreign) == (3, ForeignEntries())


async def test_a_list_is_found_by_slug_by_number_and_by_number_alone(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin)
    await seed(admin, "ada", name="Mine", privacy="private", items=HEISTS[:1])
    public, own = await number_of(admin, "grace"), await number_of(admin, "ada")
    await running.want(
        import_of(public, "grace", number=1),
        import_of(public, number=2),
        import_of("mine", number=3),
        import_of(own, number=4),
    )
    events = await running.sent(TraktListRead, count=4)
    assert {event.import_id.int: (event.name, len(event.items)) for event in events} == {
        1: ("Best heists", 3),
        2: ("Best heists", 3),
        3: ("Mine", 1),
        4: ("Mine", 1),
    }


async def test_seasons_episodes_and_people_are_left_out_and_counted(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin, items=[*HEISTS, {"type": "person", "ids": {"imdb": "nm0000199"}}])
    await running.want(import_of("best-heists", "grace"))
    event = await answer(running)
    assert isinstance(event, TraktListRead)
    assert (len(event.items), event.item_count, event.foreign) == (3, 4, ForeignEntries(people=1))


async def test_all_pages_are_read_and_a_row_that_comes_twice_counts_once(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.options(unknown_ids_exist=True)
    await seed(admin, items=[{"type": "movie", "ids": {"trakt": number}} for number in range(1, 601)])
    await running.want(import_of("best-heists", "grace"))
    event = await answer(running)
    assert isinstance(event, TraktListRead)
    assert [item.ids.trakt for item in event.items] == [*range(1, 601)]
    requests = await admin.requests()
    assert len([request for request in requests if "/items/" in request.path]) == 3


async def test_a_reading_that_misses_entries_is_no_reading_and_done_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.options(unknown_ids_exist=True)
    await seed(admin, items=[{"type": "movie", "ids": {"trakt": number}} for number in range(1, 301)])
    await admin.fault("duplicate_rows", method="GET", path=f"{LISTS}/items/*")
    await running.want(import_of("best-heists", "grace"))
    (event,) = await running.sent(TraktListRead)
    assert [item.ids.trakt for item in event.items] == [*range(1, 301)]


async def test_an_empty_list_is_read_as_empty(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin, items=[])
    await running.want(import_of("best-heists", "grace"))
    event = await answer(running)
    assert isinstance(event, TraktListRead)
    assert (event.items, event.item_count) == ((), 0)


async def test_a_request_that_is_delivered_ten_times_is_read_and_answered_once(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await seed(admin)
    request = import_of("best-heists", "grace")
    await running.want(*[request] * 5)
    await answer(running)
    await admin.clear_requests()
    await running.want(*[request] * 5)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert not [one for one in await admin.requests() if "grace" in one.path]
    await answer(running)


async def test_a_request_that_comes_again_gets_the_same_answer_under_its_own_id(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await seed(admin)
    requests = [
        import_of("best-heists", "grace"),
        import_of("none", "grace", number=2),
        import_of("x", user="bob", number=3),
    ]
    await running.want(*requests)
    await running.sent(TraktListRead, TraktListReadFailed, count=3)
    before = await running.pool.fetch("DELETE FROM outbox WHERE headers ->> 'ce_type' LIKE '%list_read%' RETURNING *")
    await admin.clear_requests()
    await running.want(*requests)
    again = await running.pool.fetch("SELECT * FROM outbox WHERE headers ->> 'ce_type' LIKE '%list_read%'")
    assert {(row["event_id"], row["value"]) for row in again} == {(row["event_id"], row["value"]) for row in before}
    assert await admin.requests() == []


@pytest.mark.parametrize(
    ("trakt_list", "owner"),
    [("no-such-list", "grace"), ("best-heists", "nobody"), ("999999999", "me"), ("no-such-list", "me")],
)
async def test_a_list_that_is_not_there_is_not_found(
    running: Harness, admin: SimulatorAdmin, trakt_list: str, owner: str
) -> None:
    await seed(admin)
    await running.want(import_of(trakt_list, owner))
    assert await reason(running) == ("not_found", None)


@pytest.mark.parametrize("status", [401, 403])
async def test_another_users_private_list_is_private_whatever_status_trakt_gives(
    running: Harness, admin: SimulatorAdmin, status: int
) -> None:
    await seed(admin)
    headers = {"X-Private-User": "true"} if status == 401 else {}
    await admin.fault("status", method="GET", path=f"{LISTS}/items/*", status=status, headers=headers, times=None)
    await running.want(import_of("best-heists", "grace"))
    assert await reason(running) == ("private", None)
    assert await running.events(TraktReauthorizationRequired) == []
    assert len(await admin.requests(path="/oauth/token")) == 0


async def test_the_users_own_mirror_is_refused_and_not_read(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.want(import_of(await number_of(admin, "ada")))
    assert await reason(running) == ("own_mirror", None)


async def test_a_mirror_of_another_user_can_be_imported(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    number = await number_of(admin, "ada")
    await admin.seed({"username": "bob", "friends": ["ada"]})
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await running.want(wanted(version=2, items=movies(1)).model_copy(update={"privacy": "public"}))
    await running.settled()
    await running.want(import_of(number, "ada", user="bob"))
    event = await answer(running)
    assert (event.user_id, type(event)) == ("bob", TraktListRead)


async def test_a_list_that_none_of_ours_can_hold_is_too_large(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.options(unknown_ids_exist=True)
    await seed(admin, items=[{"type": "movie", "ids": {"trakt": number}} for number in range(1, 10_002)])
    await running.want(import_of("best-heists", "grace"))
    assert await reason(running) == ("too_large", None)
    assert not [request for request in await admin.requests() if "/items/" in request.path]


async def test_without_an_account_it_is_answered_at_once(running: Harness) -> None:
    await running.want(import_of("best-heists", "grace", user="bob"))
    assert await reason(running) == ("not_connected", None)


async def test_with_an_account_that_must_be_connected_again_it_is_answered_at_once(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.expire_tokens("ada", refresh_too=True)
    await running.want(wanted(items=movies(1)))
    await running.sent(TraktReauthorizationRequired)
    await running.want(import_of("best-heists", "grace"))
    assert await reason(running) == ("auth", None)


async def test_two_workers_answer_each_import_once(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    async with harness(dsn, simulator_url) as made:
        users = [f"user-{number}" for number in range(6)]
        await seed(admin)
        for user in users:
            await made.connect(user, (await admin.account(user)).model_dump_json())
        async with made.worker(), made.worker():
            for number, user in enumerate(users):
                await made.want(import_of("best-heists", "grace", number=number + 1, user=user))
                await made.want(wanted(number + 1, items=movies(1), user=user))
            events = await made.sent(TraktListRead, count=6)
            await made.settled(*range(1, 7))
    assert sorted(event.import_id.int for event in events) == [*range(1, 7)]
    assert [len(await admin.lists_of(user)) for user in users] == [1] * 6


async def test_imports_do_not_keep_lists_from_trakt(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin)
    await running.want(*(import_of("best-heists", "grace", number=number) for number in range(1, 21)))
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert len(await running.sent(TraktListRead, count=20)) == 20
    assert len(await running.events(TraktListSynced)) == 1


async def test_an_answered_import_is_forgotten_after_its_retention_and_no_other(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await seed(admin)
    await running.want(import_of("best-heists", "grace"))
    await answer(running)
    assert (await sweep(running.pool, running.settings, now=running.clock()))["imports"] == 0
    later = running.clock() + timedelta(days=31)
    await running.want(import_of("no-account", user="bob", number=2))
    assert (await sweep(running.pool, running.settings, now=later))["imports"] == 2


async def test_a_slug_of_any_characters_stays_one_part_of_the_path(running: Harness, admin: SimulatorAdmin) -> None:
    token = SecretStr((await admin.account("ada")).access_token)
    for owner, trakt_list in (("..", "best-heists"), ("a/b", "c?d"), ("me", "../../x")):
        with pytest.raises(TraktError):
            await running.trakt.find_list(token, owner, trakt_list)
