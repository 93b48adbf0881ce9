"""What users are told of an event: a message, and conditions, of which only changes are told. All of it is pure."""

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from notifier.catalogue import CONDITIONS, LACKING, SILENT, WORDINGS, About, Severity, Wording
from notifier.links import Link
from watchbuddy_contracts import (
    EVENTS,
    Event,
    ListDeleted,
    ListEvent,
    ListRunHeld,
    TraktImportRefused,
    TraktListDeleted,
    TraktListReadFailed,
    TraktSyncFailed,
)

OVER: Final = {"sync": "trakt_sync_recovered", "titles": "trakt_list_complete", "account": "trakt_account_recovered"}
"""The kinds of messages that say that a condition is over."""
INCOMPLETE: Final = "trakt_list_incomplete"
OF_THE_ACCOUNT: Final = frozenset({"limit_reached", "account_locked", "rate_limited", "auth", "not_connected"})
"""Reasons that the user's account explains, and not the list."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a user is told.

    Args:
        kind: what it tells of, in a word for programs.
        list_id: the list that it is about; None: the user's Trakt account.
        list_title: the list's title when it happened.
        link: where the matter stands; None: nowhere any more.
    """

    text: str
    severity: Severity
    kind: str
    list_id: int | None = None
    list_title: str | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is to be stored.

    Args:
        id: the same whenever it is made of the same event.
        created_at: when the event happened.
    """

    id: UUID
    event_id: UUID
    user_id: str
    created_at: datetime
    message: Message


class Key(NamedTuple):
    """What a condition is of. Args: list_id: 0: of the account."""

    user_id: str
    list_id: int
    about: About


@dataclass(frozen=True, slots=True)
class Change:
    """An event's word on a condition. Args: message: told when it changes the state; None: nothing is told."""

    key: Key
    state: str
    message: NewMessage | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that an event has for its user. Args: message: told in any case."""

    event_id: UUID
    user_id: str
    message: NewMessage | None
    changes: tuple[Change, ...]


def told_of(event: Event, event_id: UUID, time: datetime) -> Told | None:
    """Return what an event has for its user, or None when it has nothing.

    Raises:
        KeyError: the type is in no table of the catalogue (a test sees to it that there is no such type).
    """
    kind = EVENTS[event.ce_type]  # the event itself may be of a narrower model
    if kind in SILENT:
        return None
    if kind not in WORDINGS and kind not in CONDITIONS:
        raise KeyError(kind)
    message = message_of(event)
    new = None if message is None else NewMessage(event_id, event_id, event.user_id, time, message)
    changes = tuple(_changes(event, event_id, time))
    return Told(event_id, event.user_id, new, changes) if new or changes else None


def news(states: MutableMapping[Key, str], told: Iterable[Told]) -> Iterator[NewMessage]:
    """Yield what is to be told, in the order of the events, and bring the states of the conditions up to date.

    Args:
        states: of the conditions in which something is wrong.
        told: of events that were not told before.
    """
    for one in told:
        if one.message is not None:
            yield one.message
        for change in one.changes:
            if change.state == states.get(change.key, ""):
                continue
            states[change.key] = change.state
            if change.message is not None:
                yield change.message


def message_of(event: Event) -> Message | None:
    """Return the message that an event has in any case, or None."""
    words = WORDINGS.get(EVENTS[event.ce_type])
    return None if words is None else _message(event, words(event), kind_of(event), _link(event))


def kind_of(event: Event) -> str:
    """Return the event's type as a word: `trakt_list_synced`."""
    _, *words, _ = event.ce_type.split(".")
    return "_".join(words)


def _changes(event: Event, event_id: UUID, time: datetime) -> Iterator[Change]:
    for condition in CONDITIONS.get(EVENTS[event.ce_type], lambda _event: ())(event):
        kind, link = kind_of(event), _link(event)
        if not condition.state:
            kind = OVER[condition.about]
        elif condition.about == "titles":
            kind, link = INCOMPLETE, _to_titles(event)
        message = _message(event, condition.wording, kind, link)
        list_id = event.list_id if isinstance(event, ListEvent) else 0
        new = None
        if message is not None:
            new = NewMessage(uuid5(event_id, condition.about), event_id, event.user_id, time, message)
        yield Change(Key(event.user_id, list_id, condition.about), condition.state, new)


def _message(event: Event, wording: Wording, kind: str, link: Link | None) -> Message | None:
    if wording is None:
        return None
    severity, text = wording
    if isinstance(event, ListEvent):
        return Message(text, severity, kind, event.list_id, event.title, link)
    return Message(text, severity, kind, link=link)


def _link(event: Event) -> Link | None:
    match event:
        case ListDeleted() | TraktListDeleted() | TraktSyncFailed(operation="delete"):
            return None
        case TraktSyncFailed() | TraktListReadFailed() | TraktImportRefused() if event.reason in OF_THE_ACCOUNT:
            return Link(to="account")
        case ListRunHeld():
            return Link(to="run", list_id=event.list_id, run_id=event.run_id)
        case ListEvent():
            return Link(to="list", list_id=event.list_id)
    return None if isinstance(event, TraktListReadFailed | TraktImportRefused) else Link(to="account")


def _to_titles(event: Event) -> Link:
    states = tuple(state for state in LACKING if getattr(event, state))
    return Link.model_validate({"to": "titles", "list_id": getattr(event, "list_id", None), "title_states": states})
