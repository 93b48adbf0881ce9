"""What is deleted when it is old: confirmed tombstones, and runs."""

from datetime import timedelta

from lists_api.lists.retention import sweep
from lists_api.mirror_state.testing import gone, synced
from lists_api.testing import Api, movies


async def test_a_tombstone_stays_until_it_is_confirmed_and_some_days_have_passed(api: Api) -> None:
    made = await api.create(items=movies(1))
    await api.call("POST", f"/api/lists/{made['id']}/sync")
    await api.work_off()
    await api.receive(synced(made["id"], version=2))
    await api.call("DELETE", f"/api/lists/{made['id']}")

    async def rows() -> list[int]:
        return [
            await api.pool.fetchval(f"SELECT count(*) FROM {table} WHERE list_id = $1", made["id"])  # noqa: S608
            for table in ("list", "list_item", "mirror", "sync_run")
        ]

    api.clock.advance(timedelta(days=8))
    await sweep(api.pool, api.settings, now=api.clock())
    assert await rows() == [1, 0, 1, 1]  # not confirmed; its items went with the deletion
    await api.receive(gone(made["id"], version=3), synced(made["id"], version=3))
    (row,) = await api.pool.fetch("SELECT state, trakt_list_id FROM mirror")
    assert tuple(row) == ("deleted", None)
    assert (await sweep(api.pool, api.settings, now=api.clock() - timedelta(days=2)))["tombstones"] == 0
    assert (await sweep(api.pool, api.settings, now=api.clock()))["tombstones"] == 1
    assert await rows() == [0, 0, 0, 0]


async def test_old_runs_are_deleted_except_the_one_whose_event_may_be_sent_again(api: Api) -> None:
    made = await api.create()
    runs = []
    for _ in range(2):
        runs.append((await api.call("POST", f"/api/lists/{made['id']}/sync")).json()["status_url"])
        await api.work_off()
    api.clock.advance(timedelta(days=31))
    assert (await sweep(api.pool, api.settings, now=api.clock()))["sync_runs"] == 1
    assert [(await api.call("GET", run)).status_code for run in runs] == [404, 200]
