"""Between accounts, lists and workers: pace, fairness, outages, resuming."""

from datetime import datetime, timedelta
from itertools import pairwise

from chassis.testing import eventually
from trakt_simulator.testing import LoggedRequest, SimulatorAdmin, SimulatorProcess
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import TraktListDeleted, TraktListSynced, TraktSyncFailed

PACE = timedelta(milliseconds=250)


async def writes(admin: SimulatorAdmin, account: str = "ada") -> list[LoggedRequest]:
    return [request for request in await admin.requests(account=account) if request.method != "GET"]


def gaps(requests: list[LoggedRequest]) -> list[timedelta]:
    times = [datetime.fromisoformat(request.at) for request in requests]
    return [later - earlier for earlier, later in pairwise(times)]


async def test_an_accounts_writes_keep_their_distance_over_two_workers(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url, trakt_write_interval=PACE) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker(), one.worker():
            await one.want(*(wanted(list_id, items=movies(list_id)) for list_id in range(1, 4)))
            await one.settled(1, 2, 3)
    between = gaps(await writes(admin))
    assert len(between) == 5
    assert min(between) >= PACE - timedelta(milliseconds=2)  # the log's times are rounded


async def test_users_of_one_trakt_account_share_its_pace_over_two_workers(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    pace, versions = timedelta(milliseconds=120), 3
    await admin.fault("latency", delay_s=0.03, spread_s=0.03, distribution="uniform", times=None)
    async with harness(dsn, simulator_url, trakt_write_interval=pace) as one:
        for user in ("ada", "bob", "eve"):
            await one.connect(user, (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker(), one.worker():
            for version in range(1, versions + 1):
                for number, user in enumerate(("ada", "bob", "eve"), start=1):
                    await one.want(wanted(number, version, items=movies(version), user=user))
                await one.settled(1, 2, 3)
    assert (
        sorted([item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of("ada")) == [[versions]] * 3
    )
    sent = await writes(admin)
    assert len(sent) == 3 * 2 * versions
    ended = [datetime.fromisoformat(one.at) + timedelta(milliseconds=one.duration_ms) for one in sent]
    begun = [datetime.fromisoformat(one.at) for one in sent]
    assert min(begin - end for end, begin in zip(ended, begun[1:], strict=False)) >= pace - timedelta(milliseconds=5)


async def test_worker_goes_on_as_soon_as_the_pace_allows(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    pace = timedelta(milliseconds=300)
    await admin.fault("latency", delay_s=0.15, times=None)  # longer than the worker's look after a claim
    async with harness(dsn, simulator_url, trakt_write_interval=pace, trakt_lease=timedelta(seconds=10)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(items=movies(*range(1, 301))))
            await one.settled()
    assert max(gaps(await writes(admin))) < timedelta(seconds=2)


async def test_the_distance_survives_a_restart(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    async with harness(dsn, simulator_url, trakt_write_interval=timedelta(seconds=1)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(items=movies(1)))
            await eventually(lambda: writes(admin))
        async with one.worker():
            await one.settled()
    assert min(gaps(await writes(admin))) >= timedelta(milliseconds=998)


async def test_small_change_does_not_wait_behind_a_long_first_mirror(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await admin.options(unknown_ids_exist=True)
    async with harness(dsn, simulator_url, trakt_write_interval=timedelta(milliseconds=50)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(1, items=movies(1)))
            await one.settled(1)
            await one.want(wanted(2, items=movies(*range(1, 3001))))
            await eventually(lambda: writes(admin), until=lambda made: len(made) >= 4)
            await one.want(wanted(1, version=2, items=movies(1, 2)))
            await one.settled(1, 2)
            assert [event.list_id for event in await one.events(TraktListSynced)] == [1, 1, 2]


async def test_accounts_are_served_in_turn(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    async with harness(dsn, simulator_url) as one:
        users = [f"user-{number}" for number in range(8)]
        for number, user in enumerate(users):
            await one.connect(user, (await admin.account(user, vip=True)).model_dump_json())
            await one.want(wanted(number + 1, items=movies(*range(1, 601)), user=user))
        async with one.worker(trakt_concurrency=2):
            await one.settled(*range(1, 9), within_s=30)
    served = [request.account for request in await admin.requests() if request.method == "POST"]
    firsts = [served.index(user) for user in users]
    assert max(firsts) < 2 * len(users)  # nobody waits for another's whole list


async def test_killed_first_mirror_goes_on_at_its_chunk(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    await admin.options(unknown_ids_exist=True)
    async with harness(
        dsn, simulator_url, trakt_write_interval=timedelta(milliseconds=200)
    ) as one:  # killed in between
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(wanted(items=movies(*range(1, 2001))))
        async with one.worker():
            await eventually(lambda: writes(admin), until=lambda made: len(made) >= 4)
        async with one.worker():
            await one.settled()
    assert len(await writes(admin)) == 9  # the list and eight chunks, none of them twice
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [*range(1, 2001)]


async def test_outage_is_told_once_a_list_costs_probes_and_all_converges_after(dsn: str) -> None:
    async with SimulatorProcess("--no-rate-limits") as trakt:
        port, url = int(trakt.url.rsplit(":", 1)[1]), trakt.url
        pair = await trakt.admin.account("ada", vip=True)
        async with harness(dsn, url) as one, one.worker():
            await one.connect("ada", pair.model_dump_json())
            await one.want(*(wanted(list_id, items=movies(list_id)) for list_id in range(1, 5)))
            await one.settled(1, 2, 3, 4)
            state = await trakt.stop()
            assert state == 0
            await one.want(
                wanted(1, version=2, items=movies(1, 11)), unwanted(2, version=2), wanted(5, items=movies(5))
            )
            await one.sent(TraktSyncFailed, count=3)
            await one.want(wanted(1, version=3, items=movies(1, 12)), wanted(3, version=2, items=()))
            told = await one.sent(TraktSyncFailed, count=4)
            assert sorted((event.list_id, event.operation) for event in told) == [
                (1, "sync"), (2, "delete"), (3, "sync"), (5, "create"),
            ]  # fmt: skip
            async with SimulatorProcess("--no-rate-limits", port=port) as again:
                await one.connect("ada", (await again.admin.account("ada", vip=True)).model_dump_json())
                await one.settled(1, 2, 3, 5, within_s=5)
                shown = await again.admin.lists_of("ada")
                found = sorted([item.ids["trakt"] for item in shown_list.items] for shown_list in shown)
                assert [1, 12] in found
                assert [5] in found
                assert len(await one.events(TraktSyncFailed)) == 4


async def test_account_whose_calls_all_fail_stops_nobody_else(running: Harness, admin: SimulatorAdmin) -> None:
    await running.connect("bob", (await admin.account("bob", vip=True)).model_dump_json())
    await admin.fault("status", account="bob", status=500, times=None)
    await running.want(*(wanted(list_id, items=movies(1), user="bob") for list_id in range(2, 12)))
    await running.sent(TraktSyncFailed)
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1, within_s=2)
    assert all(event.user_id == "bob" for event in await running.events(TraktSyncFailed))
    assert len(await admin.requests(account="bob")) < 200


async def test_outage_with_answers_of_503_converges_within_seconds_after(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(*(wanted(list_id, items=movies(1, 2)) for list_id in (1, 2, 3)))
    await running.settled(1, 2, 3)
    fault = await admin.fault("status", status=503, times=None)
    await running.want(wanted(1, version=2, items=movies(1, 2, 3)), wanted(2, version=2, items=()), unwanted(3))
    await running.want(wanted(4, items=movies(4)))
    await running.sent(TraktSyncFailed, count=4)
    await running.want(wanted(1, version=3, items=movies(1, 2, 4)))
    probes = [request for request in await admin.requests() if request.status == 503]
    assert len(probes) < 60
    await admin.remove_fault(fault)
    await running.settled(1, 2, 3, 4, within_s=6)
    shown = sorted([item.ids["trakt"] for item in one.items] for one in await admin.lists_of("ada"))
    assert shown == [[], [1, 2, 4], [4]]
    assert len(await running.events(TraktSyncFailed)) == 4
    assert len(await running.events(TraktListDeleted)) == 1


async def test_list_whose_step_has_a_defect_is_postponed_and_holds_up_no_other(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1)
    good = await running.pool.fetchval("SELECT trakt_list FROM mirror")
    await running.pool.execute("UPDATE mirror SET trakt_list = '{}'")  # stands for any state that the code cannot bear
    await running.want(wanted(1, version=2, items=movies(1, 2)), wanted(2, items=movies(2)))
    await running.settled(2, within_s=3)
    columns = "SELECT attempts, applied_version FROM mirror WHERE list_id = 1"
    row = await eventually(lambda: running.pool.fetchrow(columns), until=lambda row: row is not None and row[0] >= 2)
    assert row is not None
    assert row["applied_version"] == 1
    await running.pool.execute("UPDATE mirror SET trakt_list = $1 WHERE list_id = 1", good)
    running.move_clock(timedelta(minutes=1))
    await running.settled(1)
    assert len(await admin.lists_of("ada")) == 2


async def test_healthy_run_of_two_users_of_one_account_meets_no_429(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await admin.options(rate_limits=True)
    pace = timedelta(seconds=1)
    async with harness(dsn, simulator_url, trakt_write_interval=pace) as one:
        for user in ("ada", "bob"):
            await one.connect(user, (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker(), one.worker():
            await one.want(wanted(1, items=movies(*range(1, 251))), wanted(2, items=movies(1), user="bob"))
            await one.settled(1, 2)
    assert await admin.requests(status=429) == []
    sent = await writes(admin)
    assert len(sent) == 4
    assert min(gaps(sent)) >= pace - timedelta(milliseconds=2)  # the log's times are rounded


async def test_result_is_told_within_a_moment_of_the_edit(running: Harness) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    started = datetime.now().astimezone()
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.sent(TraktListSynced, count=2)
    assert datetime.now().astimezone() - started < timedelta(seconds=1)  # far below the safety poll
