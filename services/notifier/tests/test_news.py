"""The rule by which conditions are told, over any events."""

from itertools import groupby
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifier.messages import Change, Key, Message, NewMessage, Told, news
from notifier.testing import TIME

KEYS = (Key("ada", 7, "sync"), Key("ada", 7, "titles"), Key("ada", 0, "account"), Key("bob", 7, "sync"))


def told(number: int, key: Key, state: str) -> Told:
    event_id = UUID(int=number + 1)
    message = NewMessage(event_id, event_id, key.user_id, TIME, Message(state, "info", "tested"))
    return Told(event_id, key.user_id, None, (Change(key, state, message),))


events = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(["", "worse", "bad"]))).map(
    lambda pairs: [told(number, key, state) for number, (key, state) in enumerate(pairs)]
)


@given(events)
def test_each_change_of_a_condition_is_told_once_and_nothing_else(events: list[Told]) -> None:
    states: dict[Key, str] = {}
    said = [new.id for new in news(states, events)]
    expected = []
    for key in KEYS:
        its = [(one.event_id, one.changes[0].state) for one in events if one.changes[0].key == key]
        runs = [(state, next(iter(run))[0]) for state, run in groupby(its, key=lambda pair: pair[1])]
        expected += [event_id for state, event_id in (runs[1:] if runs and runs[0][0] == "" else runs)]
        assert states.get(key, "") == (its[-1][1] if its else "")
    assert said == sorted(expected)


@given(events, st.integers(min_value=0))
def test_sets_of_any_size_tell_the_same(events: list[Told], cut: int) -> None:
    one: dict[Key, str] = {}
    two: dict[Key, str] = {}
    at = cut % (len(events) + 1)
    in_parts = [*news(two, events[:at]), *news(two, events[at:])]
    assert list(news(one, events)) == in_parts
    assert one == two
