"""A list that its owner fills by hand: made, changed, renamed, deleted."""

from typing import Any

from local_stack.demo.errors import StepFailedError
from local_stack.demo.stage import TRAKT_LIMIT, Stage

TITLE, NEW_TITLE = "Heist night", "Heist weekend"
DESCRIPTION = "Somebody always talks"
HEAT, STING, DOGS, KILLING, SUSPECTS, BROWN, LUPIN = (
    {"media_type": media_type, "ids": {"imdb": imdb}}
    for media_type, imdb in (
        ("movie", "tt0113277"),
        ("movie", "tt0070735"),
        ("movie", "tt0105236"),
        ("movie", "tt0049406"),
        ("movie", "tt0114814"),
        ("movie", "tt0119396"),
        ("show", "tt2531336"),
    )
)
FIRST_ITEMS = [HEAT, STING, DOGS, KILLING, LUPIN]
LATER_ITEMS = [HEAT, STING, DOGS, KILLING, SUSPECTS, BROWN]  # Lupin goes, two come


async def make(stage: Stage) -> int:
    """Make the list; return its id."""
    body = {"title": TITLE, "list_type": "manual", "description": DESCRIPTION, "items": FIRST_ITEMS}
    made = await stage.act(f"made the list '{TITLE}' with {len(FIRST_ITEMS)} titles", "POST", "/api/lists", body)

    async def mirrored() -> str | None:
        if (await stage.trakt.lists()).get(TITLE) != _imdb_ids_of(FIRST_ITEMS):
            return None
        there, ids = await stage.trakt.as_its_user_sees_it(TITLE)
        if ids != _imdb_ids_of(FIRST_ITEMS):
            raise StepFailedError(f"Trakt shows its user other titles, or in another order: {ids}")
        numbers = "numbered" if there["display_numbers"] else "not numbered"
        comments = "comments on" if there["allow_comments"] else "comments off"
        return f"{there['privacy']}, {numbers}, {comments}, '{there['description']}', every title in order"

    await stage.see("on Trakt", mirrored, TRAKT_LIMIT)
    await stage.see_message(f"Created list '{TITLE}' on Trakt")
    await stage.see_message(f"Synced to Trakt: +{len(FIRST_ITEMS)} -0")
    list_id = int(made["id"])
    await stage.see_in_sync(list_id)
    return list_id


async def change_items(stage: Stage, list_id: int) -> None:
    """Put other titles on the list."""
    done = "put other titles on it: two come, one goes"
    await stage.act(done, "PUT", f"/api/lists/{list_id}/items", {"items": LATER_ITEMS})

    async def mirrored() -> str | None:
        ids = (await stage.trakt.lists()).get(TITLE, [])
        return f"{len(ids)} titles" if ids == _imdb_ids_of(LATER_ITEMS) else None

    await stage.see("on Trakt", mirrored, TRAKT_LIMIT)
    await stage.see_message("Synced to Trakt: +2 -1")


async def rename(stage: Stage, list_id: int) -> None:
    """Give the list another title."""
    await stage.act(f"renamed it to '{NEW_TITLE}'", "PATCH", f"/api/lists/{list_id}", {"title": NEW_TITLE})

    async def mirrored() -> str | None:
        names = set(await stage.trakt.lists())
        return f"'{NEW_TITLE}'" if NEW_TITLE in names and TITLE not in names else None

    await stage.see("on Trakt", mirrored, TRAKT_LIMIT)


async def delete(stage: Stage, list_id: int) -> None:
    """Delete the list."""
    await stage.act("deleted it", "DELETE", f"/api/lists/{list_id}")

    async def gone() -> str | None:
        return "gone" if NEW_TITLE not in await stage.trakt.lists() else None

    await stage.see("on Trakt", gone, TRAKT_LIMIT)
    await stage.see_message(f"List {list_id} deleted.")
    await stage.see_message(f"Deleted '{NEW_TITLE}' from Trakt")


def _imdb_ids_of(items: list[dict[str, Any]]) -> list[str]:
    return [item["ids"]["imdb"] for item in items]
