"""How Hypothesis chooses schedules."""

from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Erase,
    Expire,
    Fault,
    Freeze,
    Leave,
    Limit,
    OnWatchlist,
    Operation,
    Pages,
    Redeliver,
    Thaw,
    Unwatch,
    Wait,
    Watch,
    Work,
)

NAMES: Final = (
    "m1", "m1t", "m1i", "m1a", "m2", "m2t", "m3i", "m3a", "m4i", "m5a", "s1", "s1i", "s2t", "s2a", "s3", "m9", "m9t"
)  # fmt: skip
"""Some titles by several ids."""
ITEMS: Final = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6).map(tuple)
FATES: Final = st.sampled_from(["now", "now", "now", "with_next", "late"])
MOMENTS: Final = st.sampled_from(["before", "after"])
CALLS: Final = st.integers(0, 7)
"""A step makes about as many."""


def edits_of(
    numbers: st.SearchStrategy[int], *, has_policies: bool = False, **further: st.SearchStrategy[Any]
) -> st.SearchStrategy[Edit]:
    """Return edits of these lists, some with other policies. Args: further: of other fields of `Edit`."""
    policies = {
        "mode": st.sampled_from([None, None, None, "keep_extra", "add_only", "mirror"]),
        "when_deleted": st.sampled_from([None, None, "detach", "detach", "recreate"]),
        "when_changed": st.sampled_from([None, "take_over", "take_over", "restore"]),
        "when_removed": st.sampled_from([None, "take_over", "take_over", "restore"]),
    }
    return st.builds(
        Edit,
        number=numbers,
        items=st.one_of(ITEMS, ITEMS, ITEMS, st.sampled_from([None, ()])),
        title=st.sampled_from([None, None, "a", "b"]),
        privacy=st.sampled_from([None, None, "public"]),
        is_ordered=st.sampled_from([None, None, True, False]),
        fate=FATES,
        **policies if has_policies else {},
        **further,
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
ailments: Final = st.sampled_from(
    [
        Fault("locked", account="ada", times=None),
        Fault("status", path="/users/*", status=401, account="ada", times=None),
        Fault("status", method="POST", path="/users/me/lists", status=403, account="ada", times=None),
        Fault("locked", account="bob", times=None),
    ]
)
"""What ails one account and may not harm others."""
limits: Final = st.builds(
    Limit,
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([None, None, 2, 4]),
    account=st.sampled_from(["ada", "ada", "bob"]),
)
upgrades: Final = st.builds(Limit, account=st.sampled_from(["ada", "ada", "bob"]))
work: Final = st.builds(Work, st.sampled_from([1, 1, 1, 2, 3, 9]))
waits: Final = st.builds(Wait, st.sampled_from([1, 20, 200, 3000, 90_000]))
interruptions: Final = st.one_of(st.builds(Crash, CALLS, MOMENTS), st.builds(Freeze, CALLS, MOMENTS))
HANDS: Final = st.sampled_from(["add", "add_other", "remove", "swap", "rename", "publish", "delete"])


def _troubles(users: st.SearchStrategy[str]) -> st.SearchStrategy[Operation]:
    return st.one_of(faults, faults, interruptions, st.builds(Expire, st.booleans(), users))


def _others(numbers: st.SearchStrategy[int], users: st.SearchStrategy[str]) -> st.SearchStrategy[Operation]:
    return st.one_of(
        st.builds(Delete, numbers, FATES),
        st.builds(Redeliver, st.integers(0, 9)),
        waits,
        st.just(Thaw()),
        st.builds(Ask, numbers),
        st.builds(Connect, st.sampled_from(["ada", "bob"]), users),
        st.builds(Leave, users),
        st.builds(ByHand, HANDS, numbers),
        st.builds(Pages, st.sampled_from([1, 2])),
    )


Block: TypeAlias = st.SearchStrategy[tuple[Operation, ...]]


def _blocks(numbers: st.SearchStrategy[int], users: st.SearchStrategy[str], edits: st.SearchStrategy[Edit]) -> Block:
    """Return parts of schedules. What happens to a step decides most: so trouble comes with work that meets it."""
    troubles, others = _troubles(users), _others(numbers, users)
    return st.one_of(
        st.tuples(edits, troubles, work),
        st.tuples(edits, work, troubles, work, edits),
        st.tuples(troubles, work, edits),
        st.tuples(others, troubles, work),
        st.tuples(edits, work, st.just(Leave()), troubles, work, st.just(Connect()), troubles, work),
        st.tuples(edits),
        st.tuples(others),
        st.tuples(troubles),
        st.tuples(work),
    )


def _joined(parts: list[tuple[Operation, ...]]) -> list[Operation]:
    return [operation for part in parts for operation in part]


def _schedules(*blocks: Block) -> st.SearchStrategy[list[Operation]]:
    return st.lists(st.one_of(*blocks), min_size=2, max_size=8).map(_joined)


OF_ONE: Final = st.integers(1, 2)
OF_TWO: Final = st.sampled_from([1, 1, 2, 3, 3])
ADA: Final = st.just("ada")
BOTH: Final = st.sampled_from(["ada", "bob"])
one_users: Final = edits_of(OF_ONE)
two_users: Final = edits_of(OF_TWO)
handled: Final = edits_of(st.just(1), has_policies=True)

plain: Final = _schedules(_blocks(OF_ONE, ADA, one_users))
limited: Final = _schedules(
    _blocks(OF_ONE, ADA, one_users),
    st.tuples(limits, one_users, work, one_users, work),
    st.tuples(limits, one_users, work, st.builds(Delete, OF_ONE, FATES), work),
    st.tuples(one_users, st.just(Work(9)), limits, work, one_users),
    st.tuples(upgrades, work, waits),
)
"""On an account with small limits."""
shared: Final = _schedules(
    _blocks(OF_TWO, BOTH, two_users),
    st.tuples(st.builds(Connect, st.just("ada"), st.just("bob")), two_users, work),
    st.tuples(two_users, ailments, work, two_users),
    st.tuples(two_users, two_users, interruptions, work, st.just(Thaw())),
    st.tuples(limits, two_users, work),
)
"""Of two users, of one Trakt account or of two."""
by_hand: Final = _schedules(
    _blocks(st.just(1), ADA, handled),
    st.tuples(handled, st.just(Work(9)), st.builds(ByHand, HANDS), waits, work),
    st.tuples(handled, st.just(Work(9)), st.builds(ByHand, HANDS), st.just(Ask()), work),
    st.tuples(st.builds(ByHand, HANDS), st.builds(ByHand, HANDS), work, handled),
)
"""With changes on Trakt itself, and policies for them."""
TARGETS: Final = st.sampled_from([None, "watchlist", "watchlist", "watchlist", "list"])
TITLES: Final = st.sampled_from(["m1", "m1", "m2", "m3", "s1", "s2", "m6"])
watched: Final = st.builds(Watch, TITLES, st.sampled_from([0, 0, 400]))
seen: Final = st.one_of(watched, watched, st.builds(Unwatch, TITLES))
on_watchlist: Final = st.one_of(
    st.builds(OnWatchlist, st.sampled_from(["add", "add", "remove", "swap"]), TITLES),
    st.builds(OnWatchlist, st.sampled_from(["add", "remove"]), TITLES),
    watched,
)
to_watch: Final = edits_of(OF_ONE, has_policies=True, target=TARGETS)
ends: Final = st.one_of(
    st.builds(Delete, st.just(1), FATES), st.builds(Edit, st.just(1), target=st.just("list"), fate=FATES)
)
heirs: Final = st.builds(Edit, st.just(2), ITEMS, target=st.just("watchlist"), fate=FATES)
watchlists: Final = _schedules(
    _blocks(OF_ONE, ADA, to_watch),
    st.tuples(on_watchlist, to_watch, work, on_watchlist, work),
    st.tuples(to_watch, st.just(Work(9)), on_watchlist, waits, work),
    st.tuples(to_watch, st.just(Work(9)), on_watchlist, st.just(Ask()), work),
    st.tuples(st.builds(Edit, st.just(1), ITEMS, target=st.just("watchlist")), work, ends, heirs, _troubles(ADA), work),
    st.tuples(
        st.builds(Edit, st.just(1), ITEMS, target=st.just("watchlist")), st.just(Work(9)), ends, work, heirs, work
    ),
    st.tuples(st.builds(Limit, watchlist=st.sampled_from([1, 2, 3])), to_watch, work),
)
"""Of lists for the watchlist, which its user changes as well."""
both_to_watch: Final = edits_of(OF_TWO, has_policies=True, target=TARGETS)
shared_watchlists: Final = _schedules(
    _blocks(OF_TWO, BOTH, both_to_watch),
    st.tuples(st.builds(Connect, st.just("ada"), st.just("bob")), both_to_watch, work, both_to_watch, work),
    st.tuples(both_to_watch, work, st.builds(Leave, BOTH), work),
    st.tuples(on_watchlist, both_to_watch, work),
)
"""Of two users, of one watchlist or of two."""
asking: Final = edits_of(OF_ONE, uses_watched=st.sampled_from([None, True, True, False]))
histories: Final = _schedules(
    _blocks(OF_ONE, ADA, asking),
    st.tuples(asking, st.just(Work(9)), seen, interruptions, st.just(Wait(20_000)), work),
    st.tuples(seen, seen, asking, interruptions, work),
    st.tuples(asking, work, seen, st.just(Wait(90_000)), work),
    st.tuples(asking, work, faults, seen, st.just(Wait(20_000)), work),
)
"""Of lists that have a use for what their user watches."""
leaving_for_good: Final = st.builds(Erase, ADA, st.booleans())
erasures: Final = _schedules(
    _blocks(OF_ONE, ADA, to_watch),
    st.tuples(to_watch, work, leaving_for_good, _troubles(ADA), work),
    st.tuples(to_watch, st.just(Work(9)), _troubles(ADA), leaving_for_good, work, st.just(Connect()), to_watch, work),
    st.tuples(to_watch, interruptions, work, leaving_for_good, work, st.just(Thaw()), work),
    st.tuples(leaving_for_good, st.builds(Redeliver, st.integers(0, 9)), to_watch, work),
)
"""Of a user who is erased, and may come back."""
schedules: Final[st.SearchStrategy[list[Operation]]] = st.one_of(
    plain, limited, shared, by_hand, watchlists, shared_watchlists, histories
)
