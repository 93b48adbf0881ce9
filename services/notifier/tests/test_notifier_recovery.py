"""A database that was restored: the topics are ahead of it, and make the messages that it lacks, each once."""

from datetime import UTC, datetime

from chassis.kafka.envelope import Delivered
from chassis.postgres.database import create_pool
from chassis.postgres.wakeup import Waker
from chassis.testing import FakeClock, back_up, restore
from notifier import page_store
from notifier.channels import delivery_store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.stored import Filter
from notifier.subscribers import GROUP
from notifier.testing import delivered, sync_started
from notifier.testing_channels import Delivering


def events(*titles: str) -> list[Delivered]:
    return [delivered(sync_started(title=title)) for title in titles]


async def test_messages_since_the_backup_are_made_again_and_not_sent_again(dsn: str) -> None:
    sent = events("First", "Second", "Third", "Fourth")
    async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        of = Delivering(pool, FakeClock(datetime(2026, 6, 10, 12, tzinfo=UTC)))
        await of.add(severities=["info"])
        await Dispatcher(pool, waker, runs, group=GROUP).dispatch(sent[:2])
        await of.settle()
        assert len(of.sending.texts) == 1
    backup = await back_up(dsn)
    async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        await Dispatcher(pool, waker, runs, group=GROUP).dispatch(sent[2:])

    await restore(dsn, backup)
    async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        dispatcher = Dispatcher(pool, waker, runs, group=GROUP)
        await dispatcher.dispatch(sent)  # the group was rewound to before the backup
        page = await page_store.page(pool, "ada", Filter(), limit=10)
        texts = [f"Syncing '{title}'..." for title in ("Fourth", "Third", "Second", "First")]
        assert [one.text for one in page.messages] == texts

        of = Delivering(pool, FakeClock(datetime(2026, 6, 10, 13, tzinfo=UTC)))
        assert await delivery_store.pass_over(pool) == 1
        assert await delivery_store.pass_over(pool) == 0
        await of.settle()
        assert of.sending.texts == []
        await dispatcher.dispatch(events("Fifth"))
        await of.settle()
        assert of.sending.texts == ["Syncing 'Fifth'..."]
