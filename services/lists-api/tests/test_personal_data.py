"""What lists-api has of users: as docs/privacy.md says, and swept as it says."""

from datetime import timedelta

from chassis.testing_privacy import assert_described, first_cells, section
from lists_api.lists.retention import sweep
from lists_api.store.personal import TABLES
from lists_api.testing import Api
from watchbuddy_contracts import TOPICS, dead_letter_topic

REFUSE = """
INSERT INTO outbox_rejected (id, event_id, topic, key, value, headers, error, rejected_at)
VALUES (1, gen_random_uuid(), 't', 'ada', '', '{}', 'too large', $1)"""


async def test_every_table_is_described_exported_and_erased(api: Api) -> None:
    await assert_described(api.pool, "lists-api", TABLES, passing={"outbox"})


def test_every_topic_is_described() -> None:
    dead = {dead_letter_topic(topic.name, group) for topic in TOPICS for group in topic.groups}
    assert first_cells(section("Kafka")) == {topic.name for topic in TOPICS} | dead


async def test_refused_events_and_counts_of_uses_are_swept(api: Api) -> None:
    await api.call("POST", "/api/lists/preview", json={"filters": {}})
    await api.pool.execute(REFUSE, api.clock())
    now = api.clock() + timedelta(minutes=59)
    swept = await sweep(api.pool, api.settings, now=now)
    assert (swept["use_counts"], swept["rejected_events"]) == (0, 0)
    assert (await sweep(api.pool, api.settings, now=now + timedelta(minutes=2)))["use_counts"] == 1
    swept = await sweep(api.pool, api.settings, now=api.clock() + timedelta(days=30, seconds=1))
    assert swept["rejected_events"] == 1
    assert await api.pool.fetchval("SELECT count(*) FROM outbox_rejected") == 0
