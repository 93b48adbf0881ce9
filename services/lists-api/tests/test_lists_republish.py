from functools import partial

from lists_api.lists.republish import republish, republish_all
from lists_api.testing import Api, Stored, movies
from watchbuddy_contracts import ListRunChanged, TraktListDeleted, TraktListSynced


async def confirm(api: Api, list_id: int, version: int) -> None:
    event = TraktListSynced(
        list_id=list_id,
        user_id="ada",
        version=version,
        title="Heists",
        trakt_list_id=500 + list_id,
        added=0,
        removed=0,
        unchanged=0,
    )
    await api.receive(event)


async def confirm_deletion(api: Api, list_id: int, version: int) -> None:
    event = TraktListDeleted(list_id=list_id, user_id="ada", version=version, title="Heists")
    await api.receive(event)


async def send_again(api: Api) -> int:
    return await republish(api.pool, wake=api.waker.wake, now=api.clock)


def newest(events: list[Stored]) -> dict[int, tuple[object, object]]:
    states = [one for one in events if not isinstance(one.event, ListRunChanged)]
    return {one.event.list_id: (one.event_id, one.event) for one in states}


async def test_the_newest_state_of_each_list_goes_out_again_under_its_first_id(api: Api) -> None:
    made = [(await api.create(title=f"List {number}", items=movies(number, 9)))["id"] for number in range(1, 5)]
    await api.call("PATCH", f"/api/lists/{made[1]}", json={"description": "Mine", "mirror": {"order": True}})
    await api.call("POST", f"/api/lists/{made[2]}/sync?watched_only=true")
    await api.work_off()
    await api.call("DELETE", f"/api/lists/{made[3]}")
    first = newest(await api.outbox())
    await api.relay_everything()
    assert await send_again(api) == 4
    again = await api.outbox()
    assert newest(again) == first
    assert len(again) == 4


async def test_what_trakt_sync_has_confirmed_is_not_sent_again(api: Api) -> None:
    confirmed, edited, deleted, leaving = [(await api.create())["id"] for _ in range(4)]
    for list_id in (confirmed, edited, deleted, leaving):
        await confirm(api, list_id, 1)
    await api.call("PATCH", f"/api/lists/{edited}", json={"title": "Capers"})
    for list_id in (deleted, leaving):
        await api.call("DELETE", f"/api/lists/{list_id}")
    await confirm_deletion(api, deleted, 2)
    await api.relay_everything()
    assert await send_again(api) == 2
    assert {one.event.list_id for one in await api.outbox()} == {edited, leaving}


async def test_an_event_that_still_waits_is_not_doubled(api: Api) -> None:
    await api.create()
    await send_again(api)
    await send_again(api)
    assert len(await api.outbox()) == 1


async def test_with_nothing_to_send_again_nothing_happens(api: Api) -> None:
    assert await send_again(api) == 0
    assert (await api.outbox(), api.waker.wakes) == ([], 0)


async def test_all_lists_go_out_again_for_trakt_sync_alone(api: Api) -> None:
    kept, deleted = [(await api.create())["id"] for _ in range(2)]
    await confirm(api, kept, 1)
    await api.call("DELETE", f"/api/lists/{deleted}")
    await confirm_deletion(api, deleted, 2)
    first = newest(await api.outbox())
    await api.relay_everything()
    again = partial(republish_all, api.pool, wake=api.waker.wake, now=api.clock)
    assert await again(user_id="nobody", list_id=None) == 0
    assert await again(user_id="ada", list_id=kept) == 1
    await api.relay_everything()
    assert await again(user_id=None, list_id=None) == 2
    assert newest(await api.outbox()) == first
    groups = await api.pool.fetch("SELECT headers ->> 'replay_group' AS name FROM outbox")
    assert {row["name"] for row in groups} == {"trakt-sync"}
