"""A list that is mirrored to its user's watchlist, from its making to its end."""

from collections import Counter

import httpx

from chassis.testing import eventually
from integration.catalogue import identities, movies
from integration.system import RunningSystem
from integration.users import User, shown_items


async def test_a_list_lives_in_the_watchlist_beside_what_its_user_put_there(user: User, system: RunningSystem) -> None:
    pair = await system.trakt.account(user.name)
    own = {"movies": [{"ids": {"trakt": 900}}]}
    async with httpx.AsyncClient(base_url=system.trakt_url, headers=pair.headers(), trust_env=False) as trakt:
        (await trakt.post("/sync/watchlist", json=own)).raise_for_status()
    mine = await in_watchlist(user, system)
    seen = await user.newest_request()

    made = await user.create("To watch", movies(20), mirror={"target": "watchlist"})
    await user.told("Synced to your Trakt watchlist: +20 -0")
    [here] = await user.mirrored(made.id)
    assert here.trakt_list_id is None
    assert await in_watchlist(user, system) == [*mine, *identities(movies(20))]
    assert await user.on_trakt() == []
    sent = Counter(f"{one.method} {one.path}" for one in await user.requests(after=seen))
    assert sent == {"GET /sync/watchlist/all/rank/asc": 1, "POST /sync/watchlist": 1}

    await user.replace(made.id, movies(19, after=2))
    await user.told("Synced to your Trakt watchlist: +1 -2")
    assert await in_watchlist(user, system) == [*mine, *identities(movies(19, after=2))]

    await user.change(made.id, mirror={"target": "list"})
    await user.told("Created list 'To watch' on Trakt")
    await user.mirrored(made.id)
    assert await user.items_on_trakt(made.id) == list(identities(movies(19, after=2)))
    assert await in_watchlist(user, system) == mine

    await user.change(made.id, mirror={"target": "watchlist"})
    await user.mirrored(made.id)
    assert await user.on_trakt() == []
    await user.delete(made.id)
    await user.told(f"List {made.id} deleted.")
    await eventually(lambda: in_watchlist(user, system), until=lambda there: there == mine)


async def in_watchlist(user: User, system: RunningSystem) -> list[object]:
    watchlist = await system.trakt.watchlist_of(user.name)
    assert watchlist is not None
    return list(shown_items(watchlist))
