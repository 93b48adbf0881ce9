"""A fault as the admin API takes it."""

import re
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

EndingKind = Literal[
    "status",
    "close",
    "timeout",
    "late",
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
    "latency",
    "stale_items",
    "stale_lists",
    "new_list_404",
    "duplicate_rows",
    "reorder_noop",
    "unremovable",
    "account_limit_partial",
]
FaultKind = EndingKind | DamageKind | BehaviourKind
ENDINGS = frozenset(get_args(EndingKind))
DAMAGES = frozenset(get_args(DamageKind))
_NEED_DELAY = ("latency", "late", "stale_items", "stale_lists", "new_list_404")
# A day. Longer waits are a mistake, and the event loop's clock cannot hold every number.
MAX_DELAY_S = 86_400
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The server sets the length of a body.
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
    """A fault and the requests that it matches.

    Kinds that end a request with another response: `status` (with `status`, `headers`, `body`), `close` (the connection
    is closed without a response), `timeout` (nothing is sent for `delay_s`, then the connection is closed), `late` (the
    connection is closed without a response, and the request is carried out `delay_s` later, whatever came since),
    `rate_limited` (429 with headers), `rate_limited_html` (429 of the edge: HTML, Retry-After 300, no X-Ratelimit),
    `forbidden_html` (403 of the edge), `account_limit` (420, empty), `account_limit_headers` (420 as documented),
    `locked` (423), `vip_only` (426).

    Kinds that damage the response: `truncate` (half of the body is sent), `not_json` (200 and HTML), `extra_fields`,
    `null_years`, `null_ids` (imdb, tmdb, tvdb).

    Kinds that change the behaviour: `latency` (`delay_s`, spread by `distribution`), `stale_items` (items are read as
    they were `delay_s` ago), `stale_lists` (so are an account's lists, with their counts and dates), `new_list_404` (a
    list is not found until it is `delay_s` old), `duplicate_rows` (each page after the first begins with the last row
    of the page before, and lacks one), `reorder_noop` (a reorder reports success and changes nothing), `unremovable` (a
    remove leaves the titles of `ids`, or all, on the list and says `not_found`), `account_limit_partial` (an add over
    the limit adds what fits, then gets 420).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    method: Method | None = None
    """GET (which matches HEAD too), HEAD, POST, …; None: all."""
    path: str | None = Field(default=None, pattern="^[/*]")
    """fnmatch pattern over the path as sent, without the query; `*` also spans slashes. None: all."""
    account: str | None = None
    """Username of the token's account. OAuth requests: of the token or code in the body. None: everybody."""
    ids: dict[str, int | str] | None = Field(default=None, min_length=1)
    """Only requests whose body names a title by one of these ids (`{"imdb": "tt0000001"}`). None: all."""
    media: Literal["movies", "shows", "people"] | None = None
    """Among which of the body's arrays `ids` are looked for; None: among all."""
    times: int | None = Field(default=1, ge=1)
    """How many requests it affects; None: all until it is removed. Requests that it cannot change do not count."""
    probability: float = Field(default=1.0, ge=0, le=1)
    """Of affecting a matching request. It is drawn from `seed`, so a run can be repeated."""
    seed: int = 0
    status: int = Field(default=500, ge=400, le=599)
    after: bool = False
    """True: the request is carried out first, and only its response is lost."""
    headers: Annotated[dict[str, str], AfterValidator(_sendable)] = Field(default_factory=dict)
    body: str = ""
    delay_s: float = Field(default=0, ge=0, le=MAX_DELAY_S)
    """Seconds before the response or the end of the connection. For some kinds: the length of the effect."""
    spread_s: float = Field(default=0, ge=0, le=MAX_DELAY_S)
    distribution: Literal["fixed", "uniform", "normal", "exponential"] = "fixed"
    """Of a latency: exactly `delay_s`; `delay_s` ± `spread_s` evenly or normally; exponential with mean `delay_s`."""

    @model_validator(mode="after")
    def _has_delay(self) -> Self:
        if self.kind in _NEED_DELAY and not self.delay_s:
            raise ValueError(f"delay_s: {self.kind} without it does nothing")
        return self
