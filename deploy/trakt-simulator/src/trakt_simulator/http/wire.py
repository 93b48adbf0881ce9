"""What comes in and what goes out: a call as the endpoints see it, an answer as it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from trakt_simulator.faults.faults import NO_EFFECTS, Effects
from trakt_simulator.state.account import Account

Headers = list[tuple[bytes, bytes]]
JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")
HTML_TYPE = (b"content-type", b"text/html; charset=UTF-8")
# Trakt's errors come from Rails with an empty body and this type.
EMPTY_TYPE = (b"content-type", b"text/html; charset=utf-8")
_MAX_DEPTH = 100


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)


class TraktError(Exception):
    """Ends a call with an answer that is no success; an empty body unless given, as Trakt answers.

    Args:
        message: text of `X-Error-Message`, for the human who reads the log.
    """

    def __init__(
        self, status: int, *, message: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.body = body
        self.headers: Headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        if message:
            self.headers.append((b"x-error-message", message.encode("ascii", "replace")))

    def answer(self) -> Answer:
        has_type = any(name == b"content-type" for name, _ in self.headers)
        return Answer(self.status, self.body, [*self.headers] if has_type else [EMPTY_TYPE, *self.headers])


@dataclass(slots=True)
class Call:
    """One request to the Trakt API.

    `method` is GET for a HEAD, which `is_head` tells apart; `params` are the variable parts of the path, `account` the
    caller (None without a token), `client` the caller's address, `base_url` this server as the caller reached it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    raw_body: bytes
    now_ms: int
    is_head: bool = False
    client: str = ""
    base_url: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    effects: Effects = NO_EFFECTS

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def caller(self) -> Account:
        """The caller, where the endpoint needs one."""
        if self.account is None:
            raise TraktError(HTTPStatus.UNAUTHORIZED)
        return self.account

    def json_object(self) -> dict[str, object]:
        """Return the body's object; no body, `null` and `{}` are all empty.

        Raises:
            TraktError: 412 not declared as JSON, 400 not JSON, 422 JSON but no object.
        """
        if not self.raw_body:
            return {}
        if not self.header(b"content-type").lower().startswith("application/json"):
            raise TraktError(HTTPStatus.PRECONDITION_FAILED, message="content type must be application/json")
        try:
            value = orjson.loads(self.raw_body)
        except orjson.JSONDecodeError as error:
            raise TraktError(HTTPStatus.BAD_REQUEST, message="request could not be parsed") from error
        if value is None:
            return {}
        if is_too_deep(value):
            raise TraktError(HTTPStatus.BAD_REQUEST, message="request is nested too deeply")
        if not isinstance(value, dict):
            raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="body must be an object")
        return value


def is_too_deep(value: object) -> bool:
    """Tell whether JSON is nested in more than 100 levels.

    orjson reads 1,024 and writes 254, but what was read is written again: in `not_found`, in the request log.
    """
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def json_answer(value: object, status: int = HTTPStatus.OK, headers: Headers | None = None) -> Answer:
    return Answer(status, orjson.dumps(value), [JSON_TYPE, *(headers or ())])


def no_content() -> Answer:
    return Answer(HTTPStatus.NO_CONTENT)
