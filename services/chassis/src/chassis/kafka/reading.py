"""Reading a topic from its beginning to the end that it has now, beside all consumer groups."""

from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from chassis.kafka.connection import connection_arguments, knock
from chassis.kafka.producer import MAX_REQUEST_BYTES
from chassis.kafka.settings import KafkaSettings


async def read_to_end(settings: KafkaSettings, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Yield the records that the topic holds now, those of a partition in their order. Of no such topic: none.

    No more than a poll of them is in memory.

    Raises:
        ConnectionError: Kafka does not answer, or does not let us in (KafkaRefusedError).
        KafkaError: the topic cannot be read.
    """
    await knock(settings)
    consumer = AIOKafkaConsumer(
        topic,
        **connection_arguments(settings),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=MAX_REQUEST_BYTES,
    )
    try:
        await consumer.start()
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        ends = await consumer.end_offsets(partitions) if partitions else {}
        while left := [one for one in partitions if await consumer.position(one) < ends[one]]:
            for partition, records in (await consumer.getmany(*left, timeout_ms=200)).items():
                for record in records:
                    if record.offset < ends[partition]:
                        yield record
    finally:
        await consumer.stop()
