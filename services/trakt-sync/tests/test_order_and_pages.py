"""An order comes though its answer is lost, and a list is read whole though its pages repeat rows."""

from datetime import timedelta

import httpx

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, shows, synced_by_hand, wanted
from watchbuddy_contracts import TraktDriftFound

REORDER = "/users/*/lists/*/items/reorder"


async def shown(admin: SimulatorAdmin) -> list[tuple[str, object]]:
    (one,) = await admin.lists_of("ada")
    return [(item.type, item.ids["trakt"]) for item in one.items]


async def test_an_order_whose_answer_is_lost_waits_for_no_window(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    items = [one for number in range(1, 9) for one in (*shows(number), *movies(number))]
    async with harness(dsn, simulator_url, trakt_stale_window=timedelta(minutes=5)) as running:
        await running.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await admin.fault("close", method="POST", path=REORDER, after=True)
        async with running.worker():
            await running.want(wanted(items=items))
            await running.settled()
            assert await shown(admin) == [(item.media_type, item.ids.trakt) for item in items]


async def test_a_list_whose_pages_repeat_rows_is_read_whole(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.options(max_page_size=10)
    await admin.fault("duplicate_rows", times=None)
    await running.want(wanted(items=movies(*range(1, 36)), is_ordered=True))
    await running.settled()
    running.move_clock(timedelta(hours=1))
    pair = await admin.account("ada")
    url = f"{running.settings.trakt_api_url}users/me/lists/{(await running.job()).trakt_list_id}/items"
    async with httpx.AsyncClient(headers=pair.headers()) as http:
        await http.post(f"{url}/remove", json={"movies": [{"ids": {"trakt": 17}}]})
    await running.want(synced_by_hand(1))
    await running.sent(TraktDriftFound)
    await running.settled()
    assert await shown(admin) == [("movie", number) for number in range(1, 36)]
