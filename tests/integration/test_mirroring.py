"""What a user does to a list here, the user's Trakt shows: with its items, and with no request more than it takes."""

from collections import Counter

import httpx

from chassis.testing import eventually
from integration.catalogue import by_every_kind_of_id, identities, movies, shows
from integration.system import RunningSystem
from integration.users import User, shown_items
from trakt_simulator.testing import LoggedRequest


def writes(requests: list[LoggedRequest]) -> Counter[str]:
    """Count requests by what they do: `POST items`, `PUT list`, …, reads included."""
    counted: Counter[str] = Counter()
    for request in requests:
        parts = request.path.strip("/").split("/")
        what = {3: "lists", 4: "list", 5: "items"}.get(len(parts), parts[-1])
        if parts[:1] != ["users"]:
            what = request.path
        counted[f"{request.method} {what}"] += 1
    return counted


async def test_a_new_list_appears_on_trakt_with_everything_it_has(user: User) -> None:
    items = by_every_kind_of_id(300)  # more than one call's worth
    seen = await user.newest_request()

    made = await user.create("Heists & Cons", items, description="Best watched twice.", privacy="private")
    await user.told("Created list 'Heists & Cons' on Trakt", "Synced to Trakt: +300 -0")

    [there] = await user.on_trakt()
    assert (there.name, there.description, there.privacy) == ("Heists & Cons", "Best watched twice.", "private")
    assert (there.display_numbers, there.allow_comments) == (True, False)
    assert shown_items(there) == list(identities(items))
    [here] = await user.mirrored(made.id)
    assert here.trakt_list_id == there.ids["trakt"]
    # The two kinds of title by turns: Trakt takes a call's movies before its shows, so one reorder puts them right.
    sent = writes(await user.requests(after=seen))
    assert sent == {"POST lists": 1, "POST items": 2, "GET asc": 2, "POST reorder": 1}


async def test_a_user_who_logs_in_by_device_code_sees_the_list_that_waited(system: RunningSystem) -> None:
    user = system.user()
    made = await user.create("Waiting", movies(3))
    await system.trakt.account(user.name)
    await system.trakt.options(device_interval_s=0.1)
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    async with httpx.AsyncClient(base_url=system.accounts_url, headers=headers, trust_env=False) as accounts:
        begun = (await accounts.post("/api/trakt/device")).json()
        await system.trakt.decide_device(begun["user_code"], user.name)
        await user.mirrored(made.id)
        status = (await accounts.get("/api/trakt/status")).json()

    assert (status["state"], status["trakt_user"]) == ("connected", user.name)
    assert await user.items_on_trakt(made.id) == list(identities(movies(3)))


async def test_who_disconnects_may_have_the_lists_gone_from_trakt_first(system: RunningSystem) -> None:
    user = await system.connected_user(vip=True)
    made = [await user.create(f"Leaving {number}", movies(2)) for number in (1, 2)]
    await user.mirrored()
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    async with httpx.AsyncClient(base_url=system.accounts_url, headers=headers, trust_env=False) as accounts:
        answer = await accounts.post("/api/trakt/disconnect", params={"keep_lists": "false"})
    assert (answer.status_code, answer.json()["state"]) == (200, "disconnecting")

    await user.told("Trakt is disconnected. Your 2 lists on Trakt were removed. All stay here.")
    assert await user.on_trakt() == []

    async def waiting() -> list[tuple[int | None, str]]:
        return [(one.trakt_list_id, one.mirror_state.state) for one in await user.lists()]

    await eventually(waiting, until=lambda found: found == [(None, "pending")] * len(made))


async def test_a_new_list_of_one_kind_is_in_order_without_a_reorder(user: User) -> None:
    seen = await user.newest_request()
    made = await user.create("Films", movies(300, after=100))
    await user.mirrored(made.id)

    assert await user.items_on_trakt(made.id) == list(identities(movies(300, after=100)))
    assert writes(await user.requests(after=seen)) == {"POST lists": 1, "POST items": 2}


async def test_a_list_without_words_of_its_own_says_on_trakt_who_manages_it(user: User) -> None:
    made = await user.create("Plain", movies(1), mirror={"display_numbers": False, "allow_comments": True})
    await user.mirrored(made.id)

    [there] = await user.on_trakt()
    assert there.description == f"Custom list managed by WatchBuddy (ID: {made.id})"
    assert (there.display_numbers, there.allow_comments) == (False, True)


async def test_a_change_of_items_sends_the_difference_alone(user: User) -> None:
    made = await user.create("Changing", movies(30))
    await user.mirrored(made.id)
    seen = await user.newest_request()

    await user.replace(made.id, [*movies(28), *shows(3)])
    await user.told("Synced to Trakt: +3 -2")

    sent = await user.requests(after=seen)
    assert writes(sent) == {"POST items": 1, "POST remove": 1}
    assert _sent_ids(sent) == {("POST", "shows"): {1, 2, 3}, ("POST", "movies"): {29, 30}}
    assert sorted(await user.items_on_trakt(made.id)) == sorted(identities([*movies(28), *shows(3)]))


async def test_movie_five_and_show_five_are_two_items(user: User) -> None:
    made = await user.create("Fives", [*movies(1, after=4), *shows(1, after=4)])
    await user.mirrored(made.id)

    await user.remove(made.id, movies(1, after=4))
    await user.mirrored(made.id)

    assert await user.items_on_trakt(made.id) == [("show", 5)]


async def test_a_rename_is_one_put(user: User) -> None:
    made = await user.create("Old name", movies(2))
    await user.mirrored(made.id)
    seen = await user.newest_request()

    await user.change(made.id, title="New name")
    await user.mirrored(made.id)

    assert writes(await user.requests(after=seen)) == {"PUT list": 1}
    [there] = await user.on_trakt()
    assert there.name == "New name"


async def test_the_same_state_again_is_no_request_and_a_sync_of_it_one_look(user: User) -> None:
    made = await user.create("Same", movies(20))
    await user.mirrored(made.id)
    seen, told = await user.newest_request(), await user.texts()

    await user.replace(made.id, movies(20))
    await user.change(made.id, title="Same")
    assert (await user.read(made.id)).version == made.version
    assert await user.requests(after=seen) == []
    await user.sync(made.id)  # it is on Trakt already: the run has nothing to send

    assert (await user.read(made.id)).version == made.version
    await user.told("Sync (manual) for 'Same': No changes.")
    looked = await eventually(lambda: user.requests(after=seen))
    assert writes(looked) == {"GET lists": 1}
    assert Counter(await user.texts()) - Counter(told) == {"Sync (manual) for 'Same': No changes.": 1}


async def test_a_deleted_list_goes_from_trakt(user: User) -> None:
    kept = await user.create("Kept", movies(1))
    made = await user.create("Going", movies(3))
    await user.mirrored(kept.id, made.id)

    await user.delete(made.id)
    await user.told("Deleted 'Going' from Trakt", f"List {made.id} deleted.")

    assert [one.name for one in await user.on_trakt()] == ["Kept"]
    assert (await user.send("GET", f"/{made.id}")).status_code == 404
    assert await user.differences() == []


async def test_a_list_of_another_user_is_another_accounts(system: RunningSystem, user: User) -> None:
    other = await system.connected_user()
    await user.create("Mine", movies(2))
    await other.create("Mine", movies(2, after=10))
    await user.mirrored()
    await other.mirrored()

    assert [shown_items(one) for one in await user.on_trakt()] == [list(identities(movies(2)))]
    assert [shown_items(one) for one in await other.on_trakt()] == [list(identities(movies(2, after=10)))]


async def test_within_trakts_real_limits_a_thousand_items_are_five_requests(system: RunningSystem, user: User) -> None:
    await system.trakt.options(rate_limits=True)
    connected = await user.newest_request()  # the connection asks whose account it is
    async with system.changed("trakt-sync work", TRAKT_WRITE_INTERVAL="PT1S"):
        made = await user.create("Long", movies(1000))
        await user.mirrored(made.id)
        first = await user.requests(after=connected)
        seen = await user.newest_request()

        await user.replace(made.id, movies(1000, after=10))
        await user.mirrored(made.id)
        second = await user.requests(after=seen)

    assert writes(first) == {"POST lists": 1, "POST items": 4}
    assert writes(second) == {"POST items": 1, "POST remove": 1}
    assert 429 not in [request.status for request in (*first, *second)]
    assert sorted(await user.items_on_trakt(made.id)) == sorted(identities(movies(1000, after=10)))
    assert [one.severity for one in await user.messages() if one.severity == "warning"] == []


def _sent_ids(requests: list[LoggedRequest]) -> dict[tuple[str, str], set[int]]:
    sent: dict[tuple[str, str], set[int]] = {}
    for request in requests:
        assert isinstance(request.body, dict)
        for media_type, items in request.body.items():
            if items:
                sent.setdefault((request.method, media_type), set()).update(one["ids"]["trakt"] for one in items)
    return sent
