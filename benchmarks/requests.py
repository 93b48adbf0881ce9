"""How many requests Trakt gets, under its real limits: one write a second, 500 reads in five minutes."""

from benchmarks.figures import Figure, at_most
from benchmarks.system import Running, User, movies, running

ITEMS = 1000
CHANGED = 10


async def run() -> list[Figure]:
    async with running("embedded", write_interval="PT1S", rate_limits=True) as system:
        user = await system.connect("requests")
        await system.trakt.clear_requests()
        list_id = await user.make_list("A thousand", movies(1, ITEMS))
        await user.in_sync(list_id)
        first = await _count(system, user)
        await user.lists.put(f"/api/lists/{list_id}/items", json={"items": movies(1 + CHANGED, ITEMS)})
        await user.in_sync(list_id)
        changed = await _count(system, user)
        await user.lists.post(f"/api/lists/{list_id}/sync")
        await user.in_sync(list_id)
        unchanged = await _count(system, user)
        await user.lists.patch(f"/api/lists/{list_id}", json={"title": "Exactly a thousand"})
        await user.in_sync(list_id)
        renamed = await _count(system, user)
        refused = len(await system.trakt.requests(account=user.name, status=429))
        (mirrored,) = await system.trakt.lists_of(user.name)
        wrong = sum(a.ids.get("trakt") != n for n, a in enumerate(mirrored.items, 1 + CHANGED))
        await user.close()
    return [
        Figure(f"first mirror of {ITEMS:,} items", first, "requests", at_most(5)),
        Figure(f"+{CHANGED} -{CHANGED}", changed, "requests", at_most(2)),
        Figure("unchanged (sync asked for)", unchanged, "requests", at_most(0)),
        Figure("rename", renamed, "requests", at_most(1)),
        Figure("answers 429 in all of it", refused, "answers", at_most(0)),
        Figure("items on Trakt that are not the wanted ones", wrong, "items", at_most(0)),
    ]


async def _count(system: Running, user: User) -> int:
    """Return the requests since the last count."""
    count = len(await system.trakt.requests(account=user.name))
    await system.trakt.clear_requests()
    return count
