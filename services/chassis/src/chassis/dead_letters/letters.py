"""What a dead letter is, and which ones are meant. All of it is pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from watchbuddy_contracts import EVENTS, TOPICS, ListEvent, dead_letter_topic

Headers = tuple[tuple[str, bytes | None], ...]
ADDED: Final = "dlq_"
"""How the names of the headers begin that a dead letter has beside those of its record."""
SETTLED: Final = "dlq_settled"
"""The header of a mark, a record behind a dead letter of the same partition: it is done with. Its value says how."""
SETTLED_OFFSET: Final = "dlq_settled_offset"
"""The mark's other header: the dead letter's offset."""


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def of_text(cls, text: str) -> "Place":
        """Return the place that `str` gave.

        Raises:
            ValueError: it is none.
        """
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset))


class Source(NamedTuple):
    """Whose dead letters a topic holds: records of `topic` that `group` could not handle."""

    topic: str
    group: str


SOURCES: Final = {
    dead_letter_topic(topic.name, group): Source(topic.name, group) for topic in TOPICS for group in topic.groups
}
"""Dead-letter topic → what it holds."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter; its first six fields are those of a record.

    Args:
        headers: as the record had them, without what was added.
        at: when it was given up.
        added: the headers that were added, as text, by their names behind `dlq_`.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    at: datetime
    added: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.topic, self.partition, self.offset)

    @property
    def source(self) -> Source:
        return SOURCES[self.topic]

    @property
    def user_id(self) -> str:
        return _text(self.key)

    @property
    def ce_type(self) -> str:
        return self.header("ce_type")

    @property
    def list_id(self) -> str | None:
        """The list that it says it is about; None: it is an event of another kind, or says nothing."""
        model = EVENTS.get(self.ce_type)
        return self.header("ce_subject") if model is not None and issubclass(model, ListEvent) else None

    def header(self, name: str) -> str:
        return _text(dict(self.headers).get(name))


def letter_of(place: Place, key: bytes | None, value: bytes | None, headers: Headers, at: datetime) -> Letter:
    """Return the dead letter in a record of a dead-letter topic."""
    added = {name.removeprefix(ADDED): _text(raw) for name, raw in headers if name.startswith(ADDED)}
    own = tuple((name, raw) for name, raw in headers if not name.startswith(ADDED))
    return Letter(*place, key, value, own, at, added)


def settled_by(place: Place, headers: Headers) -> Place | None:
    """Return the place of the dead letter that a record says is done with; None: it is no mark."""
    offset = _text(dict(headers).get(SETTLED_OFFSET))
    return place._replace(offset=int(offset)) if offset.isdigit() else None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters are meant: those that satisfy all that is named.

    Args:
        since, until: of the time when the record was given up; `until` is not in it.
    """

    places: Collection[Place] = ()
    topic: str | None = None
    group: str | None = None
    user: str | None = None
    list_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def topics(self) -> Sequence[str]:
        """The dead-letter topics in which they may be."""
        named = {place.topic for place in self.places}
        return [
            name
            for name, source in SOURCES.items()
            if self.topic in {None, source.topic}
            and self.group in {None, source.group}
            and (not named or name in named)
        ]

    def takes(self, letter: Letter) -> bool:
        return (
            (not self.places or letter.place in self.places)
            and self.user in {None, letter.user_id}
            and (self.list_id is None or letter.list_id == str(self.list_id))
            and (self.since is None or letter.at >= self.since)
            and (self.until is None or letter.at < self.until)
        )


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode(errors="replace")
