"""What every Trakt does, the fake as the real client on the simulator: one suite for both."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.errors import GrantRefusedError, LeaseLostError, ListGoneError, TokenRefusedError
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.mirroring.remote import AccountLimits
from trakt_sync.testing import CLIENT, QUICK
from trakt_sync.testing.fakes import FakeTrakt
from trakt_sync.trakt.api import Trakt, WriteLease
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.trakt.transport import connect
from watchbuddy_contracts import Title

DETAILS = Details("Heists 🎬", "Mine", "friends", display_numbers=True, allow_comments=False)
MOVIES = (Title("movie", trakt=3), Title("movie", trakt=1), Title("show", trakt=1))
UNKNOWN = Title("movie", trakt=900_000)


@dataclass(frozen=True)
class Subject:
    trakt: Trakt
    tokens: Tokens

    @property
    def token(self) -> SecretStr:
        return self.tokens.access

    @property
    def lease(self) -> WriteLease:
        return WriteLease(self.token, datetime.now(UTC) + timedelta(minutes=1))


@pytest.fixture(params=["fake", "real"])
async def subject(request: pytest.FixtureRequest, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Subject]:
    if request.param == "fake":
        tokens = Tokens(SecretStr("access"), SecretStr("refresh"), datetime.now(UTC) + timedelta(days=7))
        yield Subject(FakeTrakt(tokens), tokens)
        return
    pair = await admin.account("ada", vip=True)
    tokens = Tokens(SecretStr(pair.access_token), SecretStr(pair.refresh_token), datetime.now(UTC) + timedelta(days=7))
    async with connect(simulator_url, CLIENT.client_id) as api:
        yield Subject(TraktClient(api, simulator_url, CLIENT, tries=QUICK), tokens)


async def test_created_list_is_among_the_accounts_lists(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    lists = await subject.trakt.read_lists(subject.token)
    assert lists.is_complete
    assert lists.answered_at is not None
    assert abs(lists.answered_at - datetime.now(UTC)) < timedelta(minutes=1)
    (shown,) = lists.lists
    assert (shown.trakt_list_id, shown.details, shown.item_count) == (made.trakt_list_id, DETAILS, 0)
    assert abs(shown.created_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_update_changes_the_given_fields_only(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.update_list(subject.lease, made.trakt_list_id, {"name": "New", "privacy": "private"})
    (shown,) = (await subject.trakt.read_lists(subject.token)).lists
    assert shown.details == replace(DETAILS, name="New", privacy="private")


async def test_items_are_appended_in_order_and_counted(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    first = await subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES)
    again = await subject.trakt.add_items(subject.lease, made.trakt_list_id, (*MOVIES, Title("movie", trakt=2)))
    assert (first.item_count, first.not_found, again.item_count) == (3, (), 4)
    assert (first.existing, again.existing) == (0, 3)
    read = await subject.trakt.read_items(subject.token, made.trakt_list_id)
    assert read.is_complete
    # movies of one call stand before its shows: Trakt takes them in two arrays
    found = [(entry.title.media_type, entry.title.trakt) for entry in read.entries]
    assert found == [("movie", 3), ("movie", 1), ("show", 1), ("movie", 2)]
    assert len({entry.list_item_id for entry in read.entries}) == 4


async def test_unknown_titles_come_back_as_they_were_sent(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    answer = await subject.trakt.add_items(subject.lease, made.trakt_list_id, (*MOVIES, UNKNOWN))
    assert (answer.not_found, answer.item_count) == ((UNKNOWN,), 3)


async def test_removing_what_is_not_there_does_no_harm(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES)
    for _ in range(2):
        answer = await subject.trakt.remove_items(subject.lease, made.trakt_list_id, MOVIES[:1])
        assert answer.item_count == 2


async def test_reorder_puts_the_places_in_the_given_order_and_names_unknown_ones(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES)
    before = (await subject.trakt.read_items(subject.token, made.trakt_list_id)).entries
    order = [entry.list_item_id for entry in reversed(before) if entry.list_item_id is not None]
    answer = await subject.trakt.reorder_items(subject.lease, made.trakt_list_id, [*order, 123_456_789])
    assert answer.skipped == (123_456_789,)
    after = (await subject.trakt.read_items(subject.token, made.trakt_list_id)).entries
    assert [entry.list_item_id for entry in after] == order


async def test_the_watchlist_takes_gives_and_orders_titles_as_a_list_does(subject: Subject) -> None:
    added = await subject.trakt.add_items(subject.lease, WATCHLIST, (*MOVIES, UNKNOWN))
    assert (added.item_count, added.existing, added.not_found) == (3, 0, (UNKNOWN,))
    assert (await subject.trakt.add_items(subject.lease, WATCHLIST, MOVIES[:1])).existing == 1
    read = await subject.trakt.read_items(subject.token, WATCHLIST)
    assert [entry.title.trakt for entry in read.entries] == [3, 1, 1]
    order = [entry.list_item_id for entry in reversed(read.entries) if entry.list_item_id is not None]
    assert (await subject.trakt.reorder_items(subject.lease, WATCHLIST, order)).skipped == ()
    removed = await subject.trakt.remove_items(subject.lease, WATCHLIST, MOVIES[:1])
    assert removed.item_count == 2
    after = await subject.trakt.read_items(subject.token, WATCHLIST)
    assert [(entry.title.media_type, entry.title.trakt) for entry in after.entries] == [("show", 1), ("movie", 1)]
    assert after.is_complete
    assert (await subject.trakt.read_lists(subject.token)).lists == ()


async def test_the_watchlists_stamp_moves_with_its_changes_alone(subject: Subject) -> None:
    before = await subject.trakt.show_watchlist(subject.token)
    assert await subject.trakt.show_watchlist(subject.token) == before
    await subject.trakt.add_items(subject.lease, WATCHLIST, MOVIES)
    after = await subject.trakt.show_watchlist(subject.token)
    assert after != before
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES)
    assert await subject.trakt.show_watchlist(subject.token) == after


async def test_deleted_list_is_gone_for_every_call(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.delete_list(subject.lease, made.trakt_list_id)
    assert (await subject.trakt.read_lists(subject.token)).lists == ()
    for call in (
        subject.trakt.delete_list(subject.lease, made.trakt_list_id),
        subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES),
        subject.trakt.update_list(subject.lease, made.trakt_list_id, {"name": "New"}),
        subject.trakt.read_items(subject.token, made.trakt_list_id),
    ):
        with pytest.raises(ListGoneError):
            await call


async def test_nothing_is_written_when_the_permit_has_run_out(subject: Subject) -> None:
    made = await subject.trakt.create_list(subject.lease, DETAILS)
    await subject.trakt.add_items(subject.lease, made.trakt_list_id, MOVIES)
    late = WriteLease(subject.token, datetime.now(UTC))
    for call in (
        subject.trakt.create_list(late, DETAILS),
        subject.trakt.update_list(late, made.trakt_list_id, {"name": "New"}),
        subject.trakt.add_items(late, made.trakt_list_id, (Title("movie", trakt=2),)),
        subject.trakt.remove_items(late, made.trakt_list_id, MOVIES),
        subject.trakt.reorder_items(late, made.trakt_list_id, []),
        subject.trakt.delete_list(late, made.trakt_list_id),
    ):
        with pytest.raises(LeaseLostError):
            await call
    (shown,) = (await subject.trakt.read_lists(subject.token)).lists
    assert (shown.details, shown.item_count) == (DETAILS, 3)


async def test_limits_of_a_vip_account(subject: Subject) -> None:
    settings = await subject.trakt.read_settings(subject.token)
    assert settings.limits == await subject.trakt.read_limits(subject.token) == AccountLimits(100, 5000, 5000)
    assert (settings.owner.is_vip, settings.owner.slug, settings.timezone) == (True, settings.owner.name, "Etc/UTC")


async def test_account_has_an_id_that_stays(subject: Subject) -> None:
    first = await subject.trakt.read_settings(subject.token)
    assert first.owner.trakt_id is not None
    assert await subject.trakt.read_settings(subject.token) == first


async def test_wrong_token_is_refused(subject: Subject) -> None:
    with pytest.raises(TokenRefusedError):
        await subject.trakt.read_lists(SecretStr("nonsense"))
    with pytest.raises(TokenRefusedError):
        await subject.trakt.probe(SecretStr("nonsense"))
    for unsendable in ("nonsense\n", "nönsense"):
        with pytest.raises(TokenRefusedError):
            await subject.trakt.probe(SecretStr(unsendable))


async def test_refresh_token_works_once(subject: Subject) -> None:
    fresh = await subject.trakt.refresh(subject.tokens.refresh)
    await subject.trakt.probe(fresh.access)
    assert fresh.expires_at > datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(GrantRefusedError):
        await subject.trakt.refresh(subject.tokens.refresh)
