"""The active faults: which requests they match, how often, and what they do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from trakt_simulator.faults.effects import NO_EFFECTS, Effects
from trakt_simulator.faults.fault import DAMAGES, ENDINGS, Fault
from trakt_simulator.faults.named_titles import names_a_title

# These affect every request that they match, so they are counted at once.
_ALWAYS_APPLIED = ENDINGS | {"latency"}


@dataclass(slots=True)
class ActiveFault:
    """A fault under its number. `left` is how many more requests it affects; None: without end."""

    id: int
    fault: Fault
    left: int | None
    random: Random

    def matches(self, method: str, path: str, username: str | None, body: bytes) -> bool:
        fault = self.fault
        return (
            (fault.method in (None, method) or (fault.method == "GET" and method == "HEAD"))
            and (fault.account is None or fault.account == username)
            and (fault.path is None or fnmatchcase(path, fault.path))
            and (fault.ids is None or names_a_title(body, fault.ids, fault.media))
        )

    def is_drawn(self) -> bool:
        return self.fault.probability >= 1 or self.random.random() < self.fault.probability


@dataclass(slots=True)
class Faults:
    """All active faults."""

    _active: dict[int, ActiveFault] = field(default_factory=dict)
    _next_id: int = 1

    def __iter__(self) -> Iterator[ActiveFault]:
        return iter(self._active.values())

    def add(self, fault: Fault) -> int:
        """Return the number of the fault."""
        number = self._next_id
        self._next_id += 1
        # Repeatable, not secret: the same seed affects the same requests.
        self._active[number] = ActiveFault(number, fault, fault.times, Random(fault.seed))  # noqa: S311
        return number

    def remove(self, number: int) -> bool:
        return self._active.pop(number, None) is not None

    def clear(self) -> None:
        self._active.clear()

    def longest_stale_ms(self) -> int:
        """Return how far back old rows are needed."""
        return max((int(a.fault.delay_s * 1000) for a in self if a.fault.kind == "stale_items"), default=0)

    def match(
        self, method: str, path: str, username: str | None, body: bytes = b""
    ) -> tuple[Effects, list[ActiveFault]]:
        """Return the effects on this request, and the faults that `count_applied` counts after it.

        At most one ending applies. Endings and latencies are counted here. The others are counted when they took
        effect: a read does not use up a `reorder_noop`.

        Args:
            method: as sent, HEAD too.
            path: as sent.
            username: the caller's.
            body: as sent.
        """
        if not self._active:
            return NO_EFFECTS, []
        effects = Effects()
        pending = []
        for active in list(self._active.values()):
            is_second_ending = effects.ending is not None and active.fault.kind in ENDINGS
            if is_second_ending or not active.matches(method, path, username, body) or not active.is_drawn():
                continue
            _apply(active, effects)
            if active.fault.kind in _ALWAYS_APPLIED:
                self._count(active, effects)
            else:
                pending.append(active)
        return effects, pending

    def count_applied(self, effects: Effects, pending: list[ActiveFault]) -> None:
        """Count the faults that changed the request, after it was carried out."""
        for active in pending:
            if active.fault.kind in effects.applied:
                self._count(active, effects)
                if active.fault.kind in DAMAGES:
                    effects.delay_s += active.fault.delay_s

    def _count(self, active: ActiveFault, effects: Effects) -> None:
        effects.logged.append(active.fault.kind)
        if active.left is not None:
            active.left -= 1
            if not active.left:
                self._active.pop(active.id, None)


def _apply(active: ActiveFault, effects: Effects) -> None:
    fault = active.fault
    length_ms = int(fault.delay_s * 1000)
    match fault.kind:
        case "latency":
            effects.delay_s += _draw_delay(fault, active.random)
        case "stale_items":
            effects.stale_ms = max(effects.stale_ms, length_ms)
        case "stale_lists":
            effects.stale_lists_ms = max(effects.stale_lists_ms, length_ms)
        case "new_list_404":
            effects.new_list_404_ms = max(effects.new_list_404_ms, length_ms)
        case "duplicate_rows":
            effects.has_duplicate_rows = True
        case "reorder_noop":
            effects.is_reorder_noop = True
        case "unremovable":
            effects.unremovable.append(fault)
        case "account_limit_partial":
            effects.is_limit_partial = True
        case kind if kind in DAMAGES:
            effects.damages = (*effects.damages, kind)
        case _:
            effects.ending = fault


def _draw_delay(fault: Fault, random: Random) -> float:
    match fault.distribution:
        case "uniform":
            return max(0.0, random.uniform(fault.delay_s - fault.spread_s, fault.delay_s + fault.spread_s))
        case "normal":
            return max(0.0, random.gauss(fault.delay_s, fault.spread_s))
        case "exponential":
            return random.expovariate(1 / fault.delay_s) if fault.delay_s else 0.0
        case _:
            return fault.delay_s
