"""A request as the endpoints see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from trakt_simulator.faults.effects import NO_EFFECTS, Effects
from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.json_depth import is_too_deep
from trakt_simulator.state.account import Account


@dataclass(slots=True)
class Request:
    """One HTTP request.

    `method` is GET for a HEAD request, which `is_head` marks. `params` are the variable parts of the path. `account` is
    the caller, None without a token. `client_address` is the caller's IP address. `base_url` is this server as the
    caller reached it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    body: bytes
    now_ms: int
    is_head: bool = False
    client_address: str = ""
    base_url: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    effects: Effects = NO_EFFECTS

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def caller(self) -> Account:
        """The caller, for endpoints that need one.

        Raises:
            TraktError: 401 without a token.
        """
        if self.account is None:
            raise TraktError(HTTPStatus.UNAUTHORIZED)
        return self.account

    def wants(self, extension: str) -> bool:
        """Tell whether `?extended=` names this extension."""
        return extension in self.query.get("extended", "").split(",")

    def json_object(self) -> dict[str, object]:
        """Return the JSON object in the body; no body, `null` and `{}` are all empty.

        Raises:
            TraktError: 412 the content type is not JSON, 400 the body is not JSON, 422 it is JSON but no object.
        """
        if not self.body:
            return {}
        if not self.header(b"content-type").lower().startswith("application/json"):
            raise TraktError(HTTPStatus.PRECONDITION_FAILED, message="content type must be application/json")
        try:
            value = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise TraktError(HTTPStatus.BAD_REQUEST, message="request could not be parsed") from error
        if value is None:
            return {}
        if is_too_deep(value):
            raise TraktError(HTTPStatus.BAD_REQUEST, message="request is nested too deeply")
        if not isinstance(value, dict):
            raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="body must be an object")
        return value
