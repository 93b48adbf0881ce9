"""A list on Trakt becomes a list here, over all of the system, with a mirror of its own."""

import uuid

from chassis.testing import eventually
from integration.system import RunningSystem
from integration.users import User, shown_items

HEISTS = [{"type": kind, "ids": {"trakt": number}} for kind, number in (("movie", 3), ("show", 1), ("movie", 2))]


async def public_list(system: RunningSystem) -> str:
    """Make a public list of somebody else on Trakt and return its address."""
    owner = f"grace-{uuid.uuid4().hex[:8]}"
    heists = {"name": "Best heists", "privacy": "public", "items": HEISTS}
    await system.trakt.seed({"username": owner, "lists": [heists]})
    return f"https://trakt.tv/users/{owner}/lists/best-heists"


async def test_a_list_of_somebody_else_becomes_ones_own_once(system: RunningSystem, user: User) -> None:
    address = await public_list(system)
    first, again = [await user.import_from_trakt(address) for _ in range(2)]
    assert first == again

    await user.told("Imported 'Best heists' from Trakt: 3 titles.", "Created list 'Best heists' on Trakt")
    [made] = await user.mirrored()
    [there] = await user.on_trakt()
    assert (made.title, made.trakt_list_id) == ("Best heists", there.ids["trakt"])
    assert shown_items(there) == [("movie", 3), ("show", 1), ("movie", 2)]
    assert there.privacy == "private"
    assert await user.import_from_trakt(address) == first
    assert len(await user.lists()) == 1


async def test_an_import_survives_the_death_of_every_process_that_takes_part(system: RunningSystem, user: User) -> None:
    await system.stop_processes("trakt-sync consume")
    await user.import_from_trakt(await public_list(system))
    for name in ("lists-api relay", "trakt-sync work", "trakt-sync relay", "lists-api consume"):
        await system.kill(name)
        await system.start_processes(name)
    await system.start_processes("trakt-sync consume")

    await user.told("Imported 'Best heists' from Trakt: 3 titles.")
    await user.mirrored()
    assert await user.differences() == []


async def test_a_list_that_is_not_there_is_told_with_its_reason(user: User) -> None:
    await user.import_from_trakt("no-such-list")
    text = "The list 'no-such-list' could not be imported from Trakt: there is no such list."
    [message] = await eventually(user.messages, until=bool)
    assert (message.text, message.severity, message.list_id) == (text, "warning", None)
    assert await user.lists() == []
