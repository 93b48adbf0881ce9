"""A list that fills itself: made from filters, ranked with reasons, fresh after a thumb."""

from typing import Any

from local_stack.demo.stage import LOCAL_LIMIT, TRAKT_LIMIT, Stage

FILTERS = {"genres": ["comedy"], "year_from": 1990, "year_to": 1999, "media_types": ["movie"], "watched": "not_watched"}
TITLE = "Unseen Comedy Movies (1990s)"
SIZE = 10
SHOWN = 3


async def make(stage: Stage) -> int:
    """Make the list; return its id."""
    body = {"list_type": "smart", "filters": FILTERS, "item_limit": SIZE}
    made = await stage.act("asked for the best comedies of the nineties, not seen yet", "POST", "/api/lists", body)
    path = f"/api/lists/{made['id']}"

    async def filled() -> str | None:
        known = await stage.read(path)
        return f"'{known['title']}', {known['item_count']} titles" if known["status"] == "complete" else None

    await stage.see("filled", filled, LOCAL_LIMIT)
    for item in (await _items(stage, path))[:SHOWN]:
        stage.say(f"    {item['rank']}. {item['title']} ({item['year']}): {item['explanation']}")
    await _see_on_trakt(stage, path)
    return int(made["id"])


async def rate_down(stage: Stage, list_id: int) -> None:
    """Rate the first title down and run the list: the title leaves, with what is like it, and the next best come."""
    path = f"/api/lists/{list_id}"
    first = (await _items(stage, path))[0]
    rating = f"/api/ratings/{first['media_type']}/{first['ids']['imdb']}"
    await stage.act(f"gave '{first['title']}' a thumb down", "PUT", rating, {"thumb": "down"})
    run = await stage.act("asked for a run", "POST", f"{path}/sync?force_full=true")

    async def ended() -> str | None:
        state = await stage.read(run["status_url"])
        names = [item["title"] for item in await _items(stage, path)]
        if state["state"] != "succeeded" or first["title"] in names:
            return None
        return f"{state['removed']} left, {state['updated']} came; '{names[0]}' is the first now"

    await stage.see("run", ended, LOCAL_LIMIT)
    done = await stage.read(run["status_url"])
    await _see_on_trakt(stage, path)
    await stage.see_message(f"Synced to Trakt: +{done['updated']} -{done['removed']}")


async def _see_on_trakt(stage: Stage, path: str) -> None:
    async def mirrored() -> str | None:
        wanted = [item["ids"]["imdb"] for item in await _items(stage, path)]
        there = (await stage.trakt.lists()).get(TITLE)
        return f"the same {len(wanted)} titles" if there is not None and set(there) == set(wanted) else None

    await stage.see("on Trakt", mirrored, TRAKT_LIMIT)


async def _items(stage: Stage, path: str) -> list[dict[str, Any]]:
    page: dict[str, Any] = await stage.read(f"{path}/items?limit=100")
    items: list[dict[str, Any]] = page["items"]
    return items
