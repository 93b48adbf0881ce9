"""A broker for the tests of delivery."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.settings import ServiceSettings
from chassis.testing_delivery import GROUP
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS, dead_letter_topic


@pytest.fixture
async def settings() -> AsyncIterator[ServiceSettings]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1, dead_letter_topic(LISTS.name, GROUP): 1})
    await kafka.start()
    yield ServiceSettings(
        database_url="postgresql://nobody",
        kafka_bootstrap_servers=kafka.bootstrap_servers,
        kafka_fetch_max_wait=timedelta(milliseconds=10),
        kafka_session_timeout=timedelta(seconds=1.5),
    )
    await kafka.stop()
