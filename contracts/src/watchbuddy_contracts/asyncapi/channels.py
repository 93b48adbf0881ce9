"""The channels of the AsyncAPI document (topics and dead-letter topics), and the operations of each service on them."""

from collections.abc import Iterable, Sequence
from typing import Any

from watchbuddy_contracts.asyncapi.messages import KAFKA_BINDING_VERSION
from watchbuddy_contracts.events import EVENTS
from watchbuddy_contracts.schemas import JsonSchema
from watchbuddy_contracts.topics import DEAD_LETTER_RETENTION, Topic, dead_letter_topic


def channels_of(topics: Iterable[Topic]) -> dict[str, JsonSchema]:
    """Return a channel for each topic and for each dead-letter topic, by address."""
    channels = {}
    for topic in topics:
        channels[topic.name] = _channel(
            topic.name,
            f"Events of {topic.producer}.",
            [model.__name__ for model in EVENTS.values() if model.topic == topic.name],
            partitions=topic.partitions,
            configuration={"max.message.bytes": topic.max_message_bytes},
        )
        for group in topic.groups:
            name = dead_letter_topic(topic.name, group)
            retention_ms = int(DEAD_LETTER_RETENTION.total_seconds() * 1000)
            channels[name] = _channel(
                name,
                f"Records of {topic.name} that consumer group {group} cannot decode or handle.",
                ["DeadLetter"],
                partitions=1,
                configuration={"retention.ms": retention_ms, "max.message.bytes": topic.max_message_bytes},
            )
    return channels


def operations_of(topics: Iterable[Topic]) -> dict[str, JsonSchema]:
    """Return what each service sends and receives, by `<service>.<verb>.<topic>`."""
    operations = {}
    for topic in topics:
        operations[f"{topic.producer}.send.{topic.name}"] = _operation(
            "send", topic.name, topic.producer, f"{topic.producer} sends its events to the topic."
        )
        for group in topic.groups:
            operations[f"{group}.receive.{topic.name}"] = _operation(
                "receive",
                topic.name,
                group,
                f"{group} consumes the topic.",
                bindings={
                    "kafka": {
                        "groupId": {"type": "string", "const": group},
                        "bindingVersion": KAFKA_BINDING_VERSION,
                    }
                },
            )
            name = dead_letter_topic(topic.name, group)
            operations[f"{group}.send.{name}"] = _operation(
                "send", name, group, f"{group} puts records aside that it cannot decode or handle."
            )
    return operations


def _channel(
    address: str, summary: str, messages: Sequence[str], *, partitions: int, configuration: dict[str, int]
) -> JsonSchema:
    return {
        "address": address,
        "summary": summary,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "partitions": partitions,
                "topicConfiguration": configuration,
                "bindingVersion": KAFKA_BINDING_VERSION,
            }
        },
    }


def _operation(action: str, channel: str, service: str, summary: str, **members: Any) -> JsonSchema:  # noqa: ANN401
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "tags": [{"name": service}],
        **members,
    }
