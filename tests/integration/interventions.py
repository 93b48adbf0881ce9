"""What is asked of the running system, and done to it, behind the back of its APIs."""

from typing import Any

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.kafka.connection import connection_arguments
from chassis.testing import eventually
from integration.system import RunningSystem
from watchbuddy_contracts import Topic


async def asked(system: RunningSystem, database: str, statement: str, *values: object) -> Any:  # noqa: ANN401 - of any type
    """Return the first value of a statement's answer."""
    connection = await asyncpg.connect(system.database(database))
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def found(system: RunningSystem, database: str, statement: str, *values: object, count: int = 1) -> None:
    """Wait until the statement counts as many."""

    async def counted() -> int:
        number: int = await asked(system, database, statement, *values)
        return number

    await eventually(counted, until=lambda number: number >= count)


async def restarted(system: RunningSystem, *names: str) -> None:
    """Restart processes: a gauge that is asked for once a minute is asked for at a start."""
    await system.stop_processes(*names)
    await system.start_processes(*names)


async def limit_records(system: RunningSystem, topic: Topic, size: int) -> None:
    """Give a topic another limit of a record's size, in bytes."""
    admin = AIOKafkaAdminClient(**connection_arguments(system.broker.settings))
    await admin.start()
    try:
        changed = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs={"max.message.bytes": str(size)})
        for answer in await admin.alter_configs([changed]):
            assert all(code == 0 for code, *_ in answer.resources), answer
    finally:
        await admin.close()
