"""Whatever is lost and in whatever order lists are made, changed and deleted: Trakt ends up equal to what is wanted."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

import pytest
from pydantic import SecretStr

from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from trakt_sync.testing.fakes import FakeTrakt, FlakyTrakt
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import TraktListCreated

TOKENS = Tokens(SecretStr("access"), SecretStr("refresh"), datetime(2100, 1, 1, tzinfo=UTC))
LISTS = (1, 2, 3)


@pytest.mark.parametrize("seed", range(4))
async def test_trakt_equals_what_is_wanted_once_losses_end(dsn: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    fake = FakeTrakt(TOKENS)
    flaky = FlakyTrakt(fake, random.random, share=0.4)
    final: dict[int, tuple[str, list[int]] | None] = {}
    async with harness(
        dsn, "http://127.0.0.1:9", trakt=lambda _: cast("Trakt", flaky), trakt_probe_interval=timedelta(milliseconds=20)
    ) as one:
        await one.connect("ada", '{"access_token": "access", "refresh_token": "refresh", "expires_in": 604800}')
        async with one.worker():
            for version in range(1, 13):
                list_id = random.choice(LISTS)
                if final.get(list_id, ()) is None:
                    continue
                if version > 8 and random.random() < 0.3:
                    await one.want(unwanted(list_id, version))
                    final[list_id] = None
                else:
                    numbers = random.sample(range(1, 20), random.randint(0, 8))
                    title, items = random.choice(["A", "B"]), movies(*numbers)
                    await one.want(
                        wanted(list_id, version, title=title, items=items, list_type="smart", is_ordered=True)
                    )
                    final[list_id] = (title, numbers)
                await wait_a_moment(one, random)
            flaky.share = 0.0
            await one.settled(*final, within_s=20)
        assert sorted(shown(fake)) == sorted(filter(None, final.values()))
        assert len(await one.events(TraktListCreated)) >= len(shown(fake))


async def wait_a_moment(one: Harness, random: Random) -> None:
    """Let the worker get somewhere, at random how far."""
    for _ in range(random.randint(0, 30)):
        await one.due_at()


def shown(fake: FakeTrakt) -> list[tuple[str, list[int]]]:
    return [
        (one.details.name, [entry.title.trakt or 0 for entry in fake.items[list_id]])
        for list_id, one in fake.lists.items()
    ]
