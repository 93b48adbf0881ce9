"""How Hypothesis chooses schedules."""

from typing import Final

from hypothesis import strategies as st

from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Expire,
    Fault,
    Freeze,
    Leave,
    Operation,
    Pages,
    Redeliver,
    Thaw,
    Wait,
    Work,
)

LISTS: Final = st.integers(1, 2)
NAMES: Final = (
    "m1", "m1t", "m1i", "m1a", "m2", "m2t", "m3i", "m3a", "m4i", "m5a", "s1", "s1i", "s2t", "s2a", "s3", "m9", "m9t"
)  # fmt: skip
"""Some titles by several ids."""
ITEMS: Final = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6).map(tuple)
FATES: Final = st.sampled_from(["now", "now", "now", "with_next", "late"])
MOMENTS: Final = st.sampled_from(["before", "after"])
CALLS: Final = st.integers(0, 7)
"""A step makes about as many."""

edits: Final = st.builds(
    Edit,
    number=LISTS,
    items=st.one_of(ITEMS, ITEMS, ITEMS, st.sampled_from([None, ()])),
    title=st.sampled_from([None, None, "a", "b"]),
    privacy=st.sampled_from([None, None, "public"]),
    is_ordered=st.sampled_from([None, None, True, False]),
    fate=FATES,
)
faults: Final = st.sampled_from(
    [
        Fault("status", status=500),
        Fault("status", status=502, times=6),
        Fault("status", status=503, after=True),
        Fault("close"),
        Fault("close", after=True),
        Fault("close", method="POST", after=True),
        Fault("close", method="PUT", after=True),
        Fault("timeout", delay_s=30, after=True),
        Fault("close", method="POST", path="/users/me/lists", after=True),
        Fault("status", method="DELETE", status=500, delay_s=22, after=True),
        Fault("rate_limited"),
        Fault("rate_limited_html", times=3),
        Fault("status", status=429),
        Fault("truncate"),
        Fault("not_json"),
        Fault("locked"),
        Fault("status", status=422),
        Fault("reorder_noop"),
        Fault("status", method="POST", status=400, after=True),
        Fault("status", method="POST", status=404, after=True),
        Fault("status", method="POST", path="/users/me/lists", status=409, after=True),
        Fault("status", method="PUT", status=422, after=True),
        Fault("rate_limited_html", method="POST", path="/users/me/lists", after=True),
        Fault("rate_limited_html", method="POST", after=True),
        Fault("status", status=401, after=True),
        Fault("status", method="DELETE", status=403, after=True),
        Fault("new_list_404", delay_s=100, times=4),
        Fault("not_json", method="PUT"),
        Fault("truncate", method="POST"),
        Fault("null_ids", method="GET", times=3),
        Fault("stale_items", delay_s=300, times=3),
        Fault("stale_items", delay_s=300, times=None),
        Fault("stale_lists", delay_s=300, times=3),
        Fault("stale_lists", delay_s=300, times=None),
        Fault("stale_lists", delay_s=60, times=None),
        Fault("late", method="POST", delay_s=45),
        Fault("late", method="PUT", delay_s=45),
        Fault("late", method="POST", delay_s=200),
        Fault("status", status=400, ids={"trakt": 1}, media="movies", times=None),
        Fault("status", status=500, ids={"trakt": 2}, media="shows", times=None),
        Fault("unremovable", times=2),
    ]
)
work: Final = st.builds(Work, st.sampled_from([1, 1, 1, 2, 3, 9]))
troubles: Final = st.one_of(
    faults,
    faults,
    st.builds(Crash, CALLS, MOMENTS),
    st.builds(Freeze, CALLS, MOMENTS),
    st.builds(Expire, st.booleans()),
)
others: Final = st.one_of(
    st.builds(Delete, LISTS, FATES),
    st.builds(Redeliver, st.integers(0, 9)),
    st.builds(Wait, st.sampled_from([1, 20, 200, 3000, 90_000])),
    st.just(Thaw()),
    st.builds(Ask, LISTS),
    st.builds(Connect, st.sampled_from(["ada", "bob"])),
    st.just(Leave()),
    st.builds(ByHand, st.sampled_from(["add", "remove", "swap", "rename", "publish", "delete"]), LISTS),
    st.builds(Pages, st.sampled_from([1, 2])),
)
# What happens to a step decides most: so trouble comes together with work that meets it.
blocks: Final = st.one_of(
    st.tuples(edits, troubles, work),
    st.tuples(edits, work, troubles, work, edits),
    st.tuples(troubles, work, edits),
    st.tuples(others, troubles, work),
    st.tuples(edits, work, st.just(Leave()), troubles, work, st.builds(Connect, st.just("ada")), troubles, work),
    st.tuples(edits),
    st.tuples(others),
    st.tuples(troubles),
    st.tuples(work),
)


def _joined(parts: list[tuple[Operation, ...]]) -> list[Operation]:
    return [operation for part in parts for operation in part]


schedules: Final[st.SearchStrategy[list[Operation]]] = st.lists(blocks, min_size=2, max_size=8).map(_joined)
