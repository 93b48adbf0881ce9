"""However often something is sent, answered to nobody or read again: one list on Trakt, one message."""

from datetime import timedelta

import pytest

from chassis.testing import eventually
from integration.catalogue import identities, movies
from integration.records import groups
from integration.system import RunningSystem
from integration.users import User, shown_items
from trakt_simulator.testing import FaultKind
from watchbuddy_contracts import TOPICS, TRAKT, TraktListCreated

# A killed worker's lease on the account must end first; Trakt's settling is waited for after that.
AFTER_A_KILL = timedelta(seconds=90)
CONSUMERS = ("trakt-sync consume", "lists-api consume", "notifier consume")
REDELIVERIES = 3


async def assert_made_once(system: RunningSystem, user: User, title: str, count: int) -> None:
    """One list on Trakt with these first movies, one event and one message of its making, nothing to warn of."""
    posts = [one for one in await user.requests(method="POST") if one.path.endswith("/lists")]
    assert [bool(one.fault) for one in posts] == [True], "made by the one request whose answer was lost"
    [there] = await user.on_trakt()
    assert (there.name, shown_items(there)) == (title, list(identities(movies(count))))
    assert await user.differences() == []
    events = (await system.records.events_of(TRAKT.name, user.name)).values()
    assert [event.trakt_list_id for event in events if isinstance(event, TraktListCreated)] == [there.ids["trakt"]]
    messages = await user.messages()
    assert [one.text for one in messages].count(f"Created list '{title}' on Trakt") == 1
    assert [one.text for one in messages if one.severity == "warning"] == []


@pytest.mark.parametrize("kind", ["status", "close"])
async def test_a_list_whose_making_was_answered_badly_is_made_once(
    system: RunningSystem, user: User, kind: FaultKind
) -> None:
    """Trakt makes the list; its answer is 502, or none."""
    await system.trakt.fault(kind, status=502, method="POST", path="/users/*/lists", account=user.name, after=True)

    made = await user.create("Half heard", movies(5))
    await user.mirrored(made.id)
    await user.told("Created list 'Half heard' on Trakt", "Synced to Trakt: +5 -0")

    await assert_made_once(system, user, "Half heard", 5)


async def test_a_list_whose_maker_was_killed_before_the_answer_is_made_once(system: RunningSystem, user: User) -> None:
    # Trakt makes the list and holds its answer back: the process dies while it waits.
    await system.trakt.fault("timeout", method="POST", path="/users/*/lists", account=user.name, after=True, delay_s=30)
    made = await user.create("Orphan?", movies(5))
    await eventually(user.on_trakt)

    await system.kill("trakt-sync work")
    await system.start_processes("trakt-sync work")
    await user.mirrored(made.id, within=AFTER_A_KILL)
    await user.told("Created list 'Orphan?' on Trakt", "Synced to Trakt: +5 -0")

    await assert_made_once(system, user, "Orphan?", 5)


async def test_a_worker_killed_between_two_chunks_goes_on_where_it_stopped(system: RunningSystem, user: User) -> None:
    # The second chunk of items is added, but nobody hears of it.
    made = await user.create("Chunks", movies(250))
    await user.mirrored(made.id)
    await system.trakt.fault(
        "timeout", method="POST", path="/users/*/lists/*/items", account=user.name, after=True, delay_s=30
    )
    await user.add(made.id, movies(450, after=250))

    async def added() -> bool:
        return len(await user.items_on_trakt(made.id)) == 500

    await eventually(added)

    await system.kill("trakt-sync work")
    await system.start_processes("trakt-sync work")
    await user.mirrored(made.id, within=AFTER_A_KILL)

    assert await user.items_on_trakt(made.id) == list(identities(movies(700)))
    assert len(await user.on_trakt()) == 1


async def test_a_lost_answer_to_a_change_of_items_changes_nothing_twice(system: RunningSystem, user: User) -> None:
    made = await user.create("Steady", movies(10))
    await user.mirrored(made.id)
    for path in ("/users/*/lists/*/items", "/users/*/lists/*/items/remove"):
        await system.trakt.fault("status", status=502, method="POST", path=path, account=user.name, after=True)

    await user.replace(made.id, movies(10, after=5))
    await user.mirrored(made.id)

    assert sorted(await user.items_on_trakt(made.id)) == sorted(identities(movies(10, after=5)))
    assert await user.differences() == []
    assert [one.status for one in await user.requests() if one.fault] == [502, 502]


async def test_redelivered_and_replayed_events_are_no_request_and_no_message(system: RunningSystem, user: User) -> None:
    made = [await user.create(f"List {number}", movies(number)) for number in range(1, 4)]
    await user.mirrored()
    await user.replace(made[0].id, movies(4))
    await user.change(made[1].id, title="List two")
    await user.mirrored()
    await user.sync(made[1].id)
    await user.mirrored()
    await user.delete(made[2].id)
    await user.told("Deleted 'List 3' from Trakt", "Synced to Trakt: +3 -0")
    await eventually(lambda: _read(user), until=lambda read: len(read) == 2)  # the audit looks at what was edited
    await system.records.caught_up()
    before = await _world(user)

    for topic in TOPICS:
        await system.records.write(await system.records.read(topic.name) * REDELIVERIES)
    await system.records.caught_up()
    await _sentinel(user, "after the redelivery")
    assert await _world(user) == before

    await system.stop_processes(*CONSUMERS)
    for group in groups():
        await system.records.rewind(group)
    await system.start_processes(*CONSUMERS)
    await system.records.caught_up()
    await _sentinel(user, "after the replay")
    assert await _world(user) == before


async def _sentinel(user: User, title: str) -> None:
    """Make a list, see it through to Trakt and away again: whatever was due before it has been done by then."""
    made = await user.create(title, movies(1))
    await user.mirrored(made.id)
    await user.delete(made.id)
    await user.told(f"Created list '{title}' on Trakt", f"Deleted '{title}' from Trakt", f"List {made.id} deleted.")


async def _read(user: User) -> set[int | None]:
    """Return the user's Trakt lists whose items were read."""
    return {_trakt_list(one.path) for one in await user.requests(method="GET") if "/items" in one.path}


async def _world(user: User) -> dict[str, object]:
    """Return what a redelivery must not change, without what `_sentinel` did."""
    lists = [one for one in await user.on_trakt() if not one.name.startswith("after the")]
    messages = await user.messages()
    sentinels = {one.list_id for one in messages if "'after the" in one.text}
    own = {one.ids["trakt"] for one in lists}
    return {
        "lists here": [(one.id, one.title, one.version, one.trakt_list_id) for one in await user.lists()],
        "lists on Trakt": [(one.name, one.updated_at, shown_items(one)) for one in lists],
        "requests": [(one.id, one.method, one.path) for one in await user.requests() if _trakt_list(one.path) in own],
        "creations": sum(
            isinstance(one.body, dict) and not str(one.body.get("name")).startswith("after the")
            for one in await user.requests(method="POST")
            if one.path.endswith("/lists")
        ),
        "messages": [(one.id, one.text) for one in messages if one.list_id not in sentinels],
    }


def _trakt_list(path: str) -> int | None:
    parts = path.strip("/").split("/")
    return int(parts[3]) if len(parts) > 3 and parts[3].isdigit() else None
