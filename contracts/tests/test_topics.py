import re

from watchbuddy_contracts import (
    EVENTS,
    LISTS,
    NOTIFICATIONS,
    TOPICS,
    TRAKT,
    ListDeleted,
    TraktReauthorizationRequired,
    dead_letter_topic,
)
from watchbuddy_contracts import partition_key as key_of

ALL_NAMES = [
    *(topic.name for topic in TOPICS),
    *(dead_letter_topic(topic.name, group) for topic in TOPICS for group in topic.groups),
]


def test_every_event_travels_on_a_topic_that_is_provisioned() -> None:
    assert {model.topic for model in EVENTS.values()} == {topic.name for topic in TOPICS}


def test_topics_have_the_names_and_groups_of_the_contract() -> None:
    assert (LISTS.name, LISTS.groups) == ("watchbuddy.lists.v1", ("trakt-sync", "notifier"))
    assert (TRAKT.name, TRAKT.groups) == ("watchbuddy.trakt.v1", ("lists-api", "notifier"))
    assert (NOTIFICATIONS.name, NOTIFICATIONS.groups) == ("watchbuddy.notifications.v1", ("lists-api",))
    assert [topic.partitions for topic in TOPICS] == [12, 12, 1]


def test_each_group_has_a_dead_letter_topic_of_its_own() -> None:
    assert dead_letter_topic(LISTS.name, "notifier") == "watchbuddy.lists.v1.notifier.dlq"
    assert len(ALL_NAMES) == len(set(ALL_NAMES)) == 8


def test_kafka_accepts_every_name() -> None:
    # https://github.com/apache/kafka, Topic.java: 249 characters, no other than these.
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]{1,249}", name) for name in ALL_NAMES)


def test_all_events_of_a_user_have_the_same_key_whatever_they_are_about() -> None:
    events = [
        ListDeleted(user_id="zoë", list_id=7, version=4, title="Heists"),
        ListDeleted(user_id="zoë", list_id=8, version=1, title="Cons"),
        TraktReauthorizationRequired(user_id="zoë"),
    ]
    assert {key_of(event) for event in events} == {"zoë".encode()}


def test_two_users_have_two_keys() -> None:
    assert key_of(TraktReauthorizationRequired(user_id="ada")) != key_of(TraktReauthorizationRequired(user_id="Ada"))
