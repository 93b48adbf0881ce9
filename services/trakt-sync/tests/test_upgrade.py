"""A database of the version before, with lists in every state, goes on after the upgrade as if nothing had happened."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from chassis.postgres import database as postgres
from chassis.postgres.database import Connection
from chassis.testing import migrate_as_before
from trakt_simulator.testing import SimulatorAdmin, TokenPair
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.mirroring.progress import Incident, Limit, Pending, Staleness, Tally
from trakt_sync.testing import KEY, Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import Title, TraktListCreated, TraktListSynced, TraktWatchlistSynced

BEFORE = ("0001", "0002", "0003", "0004")
"""The migrations of version 0.1.0."""

MIRROR = {
    "user_id": "ada",
    "version": 1,
    "is_wanted": True,
    "title": "Heists",
    "description": "Custom list managed by WatchBuddy (ID: 1)",
    "privacy": "private",
    "display_numbers": True,
    "allow_comments": False,
    "is_ordered": False,
    "items": [["movie", 1, None, None], ["movie", 2, None, None]],
}


@pytest.fixture
def fresh_dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def old(fresh_dsn: str) -> AsyncIterator[tuple[str, Connection]]:
    """Give a database as version 0.1.0 left it, and a connection to it."""
    connection = await postgres.connect(fresh_dsn, purpose="test")
    await migrate_as_before(connection, "trakt_sync", *BEFORE)
    yield fresh_dsn, connection
    await connection.close()


async def insert(connection: Connection, table: str, **values: object) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})",  # noqa: S608 - the test's own names
        *values.values(),
    )


async def insert_account(connection: Connection, pair: TokenPair, now: datetime) -> None:
    given = parse_tokens(pair.model_dump_json(), now)
    await insert(
        connection,
        "account",
        user_id="ada",
        trakt_user="ada",
        tokens=Vault([KEY]).seal(given.tokens),
        expires_at=given.tokens.expires_at,
        state="connected",
        connected_at=now,
        trakt_id="ada",
        is_identified=True,
    )


async def make_remote(one: Harness, *numbers: int) -> int:
    """Make a list on Trakt with these movies by today's version; return its id."""
    await one.want(wanted(items=movies(*numbers)))
    (created,) = await one.sent(TraktListCreated)
    await one.sent(TraktListSynced)
    number: int = created.trakt_list_id
    return number


async def test_list_in_sync_is_changed_on_the_trakt_list_that_it_had(
    dsn: str, old: tuple[str, Connection], simulator_url: str, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada", vip=True)
    async with harness(dsn, simulator_url) as first, first.worker():
        await first.connect("ada", pair.model_dump_json())
        trakt_list_id = await make_remote(first, 1, 2)
    old_dsn, connection = old
    async with harness(old_dsn, simulator_url) as one:
        now = one.clock()
        await insert_account(connection, pair, now)
        details = {"name": "Heists", "description": MIRROR["description"], "privacy": "private"}
        await insert(
            connection,
            "mirror",
            **MIRROR,
            list_id=1,
            applied_version=1,
            trakt_list_id=trakt_list_id,
            slug="heists",
            made_at=now,
            details={**details, "display_numbers": True, "allow_comments": False},
            result={
                "version": 1,
                "ce_type": "watchbuddy.trakt.list_synced.v1",
                "event_id": str(uuid4()),
                "payload": {},
            },
        )
        for number in (1, 2):
            await insert(
                connection, "ledger", list_id=1, media_type="movie", trakt=number, state="mirrored", noted_at=now
            )
        await postgres.migrate(old_dsn, "chassis", "trakt_sync")
        await admin.clear_requests()
        async with one.worker():
            await one.want(wanted(version=2, items=movies(2, 3)))
            (synced,) = await one.sent(TraktListSynced)
            assert (synced.trakt_list_id, synced.added, synced.removed) == (trakt_list_id, 1, 1)
            assert [request.method for request in await admin.requests()] == ["POST", "POST"]
            await one.want(unwanted(version=3))
            await one.settled()
    assert await admin.lists_of("ada") == []


async def test_every_state_of_progress_is_kept(old: tuple[str, Connection], admin: SimulatorAdmin) -> None:
    dsn, connection = old
    async with harness(dsn, "http://127.0.0.1:9") as one:
        now = one.clock().replace(microsecond=0)
        await insert_account(connection, await admin.account("ada"), now)
        await insert(
            connection,
            "mirror",
            **{**MIRROR, "version": 4},
            list_id=1,
            applied_version=3,
            trakt_list_id=50,
            former_ids=[7, 8],
            written_at=now,
            foreign_count=2,
            is_trusted=False,
            read_after=now + timedelta(minutes=3),
            vain_reads=2,
            pending={"kind": "add", "titles": [["movie", 2, None, None]], "row_ids": []},
            capacity=10,
            is_probing=True,
            limited_at=now,
            attempts=3,
            told="network",
            parked_for="network",
            remaining=2,
            due_at=now + timedelta(minutes=1),
            added=5,
            is_renamed=True,
        )
        await insert(connection, "ledger", list_id=1, media_type="movie", trakt=1, state="unsure", noted_at=now)
        intent = {"at": now.isoformat(), "name": "B", "description": "", "doubted_at": now.isoformat()}
        await insert(connection, "mirror", **MIRROR, list_id=2, intent=intent, due_at=now)
        await insert(
            connection, "mirror", **{**MIRROR, "is_wanted": False}, list_id=3, applied_version=1, deleted_at=now
        )
        await insert(
            connection,
            "left_behind",
            list_id=3,
            trakt_id="bob",
            trakt_list_id=60,
            entries=[{"media_type": "show", "trakt": 5, "tmdb": None, "imdb": None, "state": "unsure", "place_id": 9}],
        )
        await postgres.migrate(dsn, "chassis", "trakt_sync")
        progress = (await one.job(1)).progress
        assert (progress.applied_version, progress.trakt_list_id, progress.former_ids) == (3, 50, (7, 8))
        assert progress.trakt_list is not None
        assert (progress.trakt_list.foreign_count, progress.trakt_list.written_at) == (2, now)
        assert progress.staleness == Staleness(now + timedelta(minutes=3), reads=2)
        assert progress.pending == Pending("add", (Title("movie", 2),))
        assert progress.limit == Limit(10, is_upper_bound=True, met_at=now)
        assert progress.incident == Incident(3, "network", 4)
        assert progress.tally == Tally(added=5, is_renamed=True)
        assert (await one.due_at(1), (await one.job(1)).remaining) == (now + timedelta(minutes=1), 2)
        intent_after = (await one.job(2)).progress.intent
        assert intent_after is not None
        assert (intent_after.name, intent_after.unanswered_since) == ("B", now)
        assert await one.due_at(3) is None
        row = await one.pool.fetchrow("SELECT lists_at, claim_lists_at, claim_imports_at FROM account")
        assert row is not None
        assert tuple(row) == (now, now, None)
        rows = await one.pool.fetch(
            "SELECT trakt_account, trakt_list_id, trakt, state, list_item_id FROM mirror JOIN ledger USING (mirror_id)"
            " ORDER BY mirror_id"
        )
        assert [tuple(row) for row in rows] == [
            ("ada", 50, 1, "unconfirmed", None),
            ("bob", 60, 5, "unconfirmed", 9),
        ]


async def test_result_of_the_version_before_is_sent_again_under_its_id(
    old: tuple[str, Connection],
) -> None:
    dsn, connection = old
    event_id = uuid4()
    about = {"user_id": "ada", "list_id": 1, "version": 1, "title": "Heists", "trakt_list_id": 50}
    payload = json.loads(json.dumps({**about, "added": 2, "removed": 0, "unchanged": 0}))
    result = {"version": 1, "ce_type": TraktListSynced.ce_type, "event_id": str(event_id), "payload": payload}
    await insert(connection, "mirror", **MIRROR, list_id=1, applied_version=1, trakt_list_id=50, result=result)
    await postgres.migrate(dsn, "chassis", "trakt_sync")
    async with harness(dsn, "http://127.0.0.1:9") as one:
        await one.want(wanted(items=movies(1, 2)))
        assert await one.pool.fetchval("SELECT event_id FROM outbox") == event_id


async def test_a_list_for_the_watchlist_that_was_given_up_is_mirrored_there(
    fresh_dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await postgres.migrate(fresh_dsn, "chassis", "trakt_sync")
    async with harness(fresh_dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(wanted(items=movies(1), target="watchlist"))
        # As the version before left it: at rest, and its user was told.
        await one.pool.execute("DELETE FROM work_queue")
        await one.pool.execute("UPDATE account SET checked_list_id = NULL, lists_at = NULL")
        await one.pool.execute("DELETE FROM schema_migrations WHERE name = '0013_watchlist.sql'")
        await postgres.migrate(fresh_dsn, "chassis", "trakt_sync")
        async with one.worker():
            await one.sent(TraktWatchlistSynced)
    watchlist = await admin.watchlist_of("ada")
    assert watchlist is not None
    assert [item.ids["trakt"] for item in watchlist.items] == [1]
