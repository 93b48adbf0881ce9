"""What the faults do to one request."""

from dataclasses import dataclass, field

from trakt_simulator.faults.fault import Fault


@dataclass(slots=True, eq=False)
class Effects:
    """The effects of all faults that match a request.

    `ending` replaces the response. `damages` are the kinds that damage it. The other fields change the behaviour of
    endpoints; an endpoint that is changed notes it by `mark_applied`.
    """

    ending: Fault | None = None
    delay_s: float = 0
    damages: tuple[str, ...] = ()
    stale_ms: int = 0
    stale_lists_ms: int = 0
    new_list_404_ms: int = 0
    has_duplicate_rows: bool = False
    is_reorder_noop: bool = False
    unremovable: list[Fault] = field(default_factory=list)
    is_limit_partial: bool = False
    applied: set[str] = field(default_factory=set)
    """Kinds that changed the request or its response. Endings and latencies always do."""
    logged: list[str] = field(default_factory=list)
    """Kinds for the request log."""

    def mark_applied(self, kind: str) -> None:
        self.applied.add(kind)


NO_EFFECTS = Effects()
