"""Faults on demand: which calls they meet, how often, and what they do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

EndingKind = Literal[
    "status",
    "close",
    "timeout",
    "rate_limited",
    "rate_limited_html",
    "forbidden_html",
    "account_limit",
    "account_limit_headers",
    "locked",
    "vip_only",
]
DamageKind = Literal["truncate", "not_json", "extra_fields", "null_years", "null_ids"]
BehaviourKind = Literal[
    "latency", "stale_items", "new_list_404", "duplicate_rows", "reorder_noop", "account_limit_partial"
]
FaultKind = EndingKind | DamageKind | BehaviourKind
ENDINGS = frozenset(get_args(EndingKind))
DAMAGES = frozenset(get_args(DamageKind))
_LASTING = ("latency", "stale_items", "new_list_404")
# A day: longer waits are a slip, and the event loop's clock cannot hold all numbers.
_MAX_DELAY_S = 86_400
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The length of what is sent is the server's to say.
_FORBIDDEN_HEADERS = frozenset({"content-length", "transfer-encoding"})


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _FORBIDDEN_HEADERS or not value.isprintable():
            raise ValueError(f"{name!r}: {value!r} cannot be sent")
    return headers


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Method = Annotated[Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], BeforeValidator(_upper)]


class Fault(BaseModel):
    """A fault, as the admin API takes it.

    Ends a call with another answer: `status` (with `status`, `headers`, `body`), `close` (the connection, without an
    answer), `timeout` (nothing for `delay_s`, then closed), `rate_limited` (429 with headers), `rate_limited_html` (429
    of the edge: HTML, Retry-After 300, no X-Ratelimit), `forbidden_html` (403 of the edge), `account_limit` (420,
    empty), `account_limit_headers` (420 as documented), `locked` (423), `vip_only` (426).

    Spoils the answer: `truncate` (the body ends half-way), `not_json` (200 and HTML), `extra_fields`, `null_years`,
    `null_ids` (imdb, tmdb, tvdb).

    Changes the behaviour: `latency` (`delay_s`, spread by `distribution`), `stale_items` (items are read as they were
    `delay_s` ago), `new_list_404` (a list is not found until it is `delay_s` old), `duplicate_rows` (each page after the
    first begins with the last row of the page before, and lacks one), `reorder_noop` (a reorder answers success and does
    nothing), `account_limit_partial` (an add that crosses the limit adds what fits, then answers 420).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    method: Method | None = None
    """GET (which meets a HEAD too), HEAD, POST, …; None: all."""
    path: str | None = Field(default=None, pattern="^[/*]")
    """fnmatch pattern over the path as sent, without the query; `*` also spans slashes. None: all."""
    account: str | None = None
    """Username of the caller's token (of OAuth calls: of the token or code in the body); None: everybody."""
    times: int | None = Field(default=1, ge=1)
    """How many calls it meets; None: all until it is removed. A call that it could not change is not met."""
    probability: float = Field(default=1.0, ge=0, le=1)
    """Of meeting a call that fits; drawn from `seed`, so that a run can be repeated."""
    seed: int = 0
    status: int = Field(default=500, ge=400, le=599)
    after: bool = False
    """True: the call is carried out first, and only its answer is lost."""
    headers: Annotated[dict[str, str], AfterValidator(_sendable)] = Field(default_factory=dict)
    body: str = ""
    delay_s: float = Field(default=0, ge=0, le=_MAX_DELAY_S)
    """Waited before the answer (or the end of the connection); for some kinds the length of the effect."""
    spread_s: float = Field(default=0, ge=0, le=_MAX_DELAY_S)
    distribution: Literal["fixed", "uniform", "normal", "exponential"] = "fixed"
    """Of a latency: exactly `delay_s`; `delay_s` ± `spread_s` evenly or normally; exponential with mean `delay_s`."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.kind in _LASTING and not self.delay_s:
            raise ValueError(f"delay_s: {self.kind} without it does nothing")
        return self


@dataclass(slots=True)
class ActiveFault:
    """A fault under its number, with the meetings that are left (None: without end)."""

    id: int
    fault: Fault
    left: int | None
    random: Random

    def fits(self, method: str, path: str, username: str | None) -> bool:
        fault = self.fault
        return (
            (fault.method in (None, method) or (fault.method == "GET" and method == "HEAD"))
            and (fault.account is None or fault.account == username)
            and (fault.path is None or fnmatchcase(path, fault.path))
        )

    def is_drawn(self) -> bool:
        return self.fault.probability >= 1 or self.random.random() < self.fault.probability


@dataclass(slots=True, eq=False)
class Effects:
    """What the faults do to one call. `names` are the kinds that did something."""

    names: list[str] = field(default_factory=list)
    ending: Fault | None = None
    delay_s: float = 0
    damages: tuple[str, ...] = ()
    stale_ms: int = 0
    new_list_404_ms: int = 0
    has_duplicate_rows: bool = False
    is_reorder_noop: bool = False
    is_limit_partial: bool = False
    taken: set[str] = field(default_factory=set)
    """Kinds that changed the call or its answer; only endings and latencies do so whatever the call is."""
    waiting: list[ActiveFault] = field(default_factory=list)
    """Faults that are counted when their kind is taken."""

    def take(self, kind: str) -> None:
        self.taken.add(kind)


NO_EFFECTS = Effects()


@dataclass(slots=True)
class Faults:
    """The faults that are on."""

    _active: dict[int, ActiveFault] = field(default_factory=dict)
    _next_id: int = 1

    def __iter__(self) -> Iterator[ActiveFault]:
        return iter(self._active.values())

    def add(self, fault: Fault) -> int:
        number = self._next_id
        self._next_id += 1
        # Repeatable, not secret: the same seed meets the same calls.
        self._active[number] = ActiveFault(number, fault, fault.times, Random(fault.seed))  # noqa: S311
        return number

    def remove(self, number: int) -> bool:
        return self._active.pop(number, None) is not None

    def clear(self) -> None:
        self._active.clear()

    def longest_stale_ms(self) -> int:
        """How far back rows must be kept for the faults that are on."""
        return max((int(a.fault.delay_s * 1000) for a in self if a.fault.kind == "stale_items"), default=0)

    def meet(self, method: str, path: str, username: str | None) -> Effects:
        """Return what the faults that fit this call do to it. One ending at most is used up.

        Endings and latencies are counted here, the others by `settle`, if they took effect: a reorder that shall do
        nothing is not used up by a read.

        Args:
            method: as sent, HEAD too.
            path: as sent.
            username: the caller's.
        """
        if not self._active:
            return NO_EFFECTS
        effects = Effects()
        for active in list(self._active.values()):
            is_second_ending = effects.ending is not None and active.fault.kind in ENDINGS
            if is_second_ending or not active.fits(method, path, username) or not active.is_drawn():
                continue
            _apply(active, effects)
            if active.fault.kind in ENDINGS or active.fault.kind == "latency":
                self._count(active, effects)
            else:
                effects.waiting.append(active)
        return effects

    def settle(self, effects: Effects) -> None:
        """Count the faults that changed the call, once it is carried out."""
        for active in effects.waiting:
            if active.fault.kind in effects.taken:
                self._count(active, effects)
                if active.fault.kind in DAMAGES:
                    effects.delay_s += active.fault.delay_s

    def _count(self, active: ActiveFault, effects: Effects) -> None:
        effects.names.append(active.fault.kind)
        if active.left is not None:
            active.left -= 1
            if not active.left:
                self._active.pop(active.id, None)


def _apply(active: ActiveFault, effects: Effects) -> None:
    fault = active.fault
    length_ms = int(fault.delay_s * 1000)
    match fault.kind:
        case "latency":
            effects.delay_s += _drawn_delay(fault, active.random)
        case "stale_items":
            effects.stale_ms = max(effects.stale_ms, length_ms)
        case "new_list_404":
            effects.new_list_404_ms = max(effects.new_list_404_ms, length_ms)
        case "duplicate_rows":
            effects.has_duplicate_rows = True
        case "reorder_noop":
            effects.is_reorder_noop = True
        case "account_limit_partial":
            effects.is_limit_partial = True
        case kind if kind in DAMAGES:
            effects.damages = (*effects.damages, kind)
        case _:
            effects.ending = fault


def _drawn_delay(fault: Fault, random: Random) -> float:
    match fault.distribution:
        case "uniform":
            return max(0.0, random.uniform(fault.delay_s - fault.spread_s, fault.delay_s + fault.spread_s))
        case "normal":
            return max(0.0, random.gauss(fault.delay_s, fault.spread_s))
        case "exponential":
            return random.expovariate(1 / fault.delay_s) if fault.delay_s else 0.0
        case _:
            return fault.delay_s
