"""Events that nobody of ours sends: they change no other user's list, and hold up nothing."""

from collections.abc import AsyncIterator

import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.bounds import MAX_ITEMS, MAX_TITLE, TooLargeError
from trakt_sync.testing import Harness, harness, movies, synced_by_hand, unwanted, wanted
from watchbuddy_contracts import ListDeleted, ListState, TraktListDeleted


@pytest.fixture
async def idle(dsn: str) -> AsyncIterator[Harness]:
    """The subscriber's side alone: no worker, no account, no Trakt."""
    async with harness(dsn, "http://127.0.0.1:9") as made:
        yield made


FOREIGN = {
    "edit": wanted(version=9, title="Taken", items=movies(66), user="eve"),
    "deletion": unwanted(version=9, user="eve"),
    "the same version": wanted(title="Taken", user="eve"),
}


@pytest.mark.parametrize("event", FOREIGN.values(), ids=FOREIGN)
async def test_one_users_event_never_changes_anothers_mirror(
    running: Harness, admin: SimulatorAdmin, event: ListState | ListDeleted
) -> None:
    await admin.account("eve", vip=True)
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    sent = await running.pool.fetch("DELETE FROM outbox RETURNING event_id")
    await admin.clear_requests()

    await running.want(event, synced_by_hand(9, user="eve"))

    assert sent
    assert await running.events() == []
    assert await running.due_at() is None
    await running.want(wanted(version=2, items=movies(1, 2, 3)))  # the owner's next edit is made as ever
    await running.settled()
    [shown] = await admin.lists_of("ada")
    assert (shown.name, len(shown.items)) == ("Heists", 3)
    assert await admin.lists_of("eve") == []


async def test_an_owners_event_counts_though_anothers_comes_with_it(idle: Harness) -> None:
    await idle.want(wanted(items=movies(1)))
    await idle.want_together(unwanted(version=9, user="eve"), wanted(version=2, title="Mine", items=movies(1)))
    await idle.want_together(wanted(version=3, title="Still mine"), wanted(version=9, title="Taken", user="eve"))
    job = await idle.job()
    assert (job.version, job.user_id, job.desired.details.name) == (3, "ada", "Still mine")
    assert await idle.events(TraktListDeleted) == []


async def test_an_owners_deletion_counts_though_anothers_comes_with_it(idle: Harness) -> None:
    await idle.want(wanted(items=movies(1)))
    await idle.want_together(wanted(version=9, user="eve"), unwanted(version=2))
    [deleted] = await idle.events(TraktListDeleted)
    assert (deleted.user_id, deleted.version) == ("ada", 2)


TOO_LARGE = {
    "10,001 items": wanted(items=movies(*range(1, MAX_ITEMS + 2))),
    "10,000 characters of title": wanted(title="x" * 10_000),
    "one character too many": wanted(title="x" * (MAX_TITLE + 1)),
}


@pytest.mark.parametrize("event", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_a_larger_list_than_lists_are_is_recorded_in_no_part(idle: Harness, event: ListState) -> None:
    with pytest.raises(TooLargeError, match="list 1 has"):
        await idle.want_together(wanted(2), event)
    assert await idle.pool.fetchval("SELECT count(*) FROM desired_list") == 0
