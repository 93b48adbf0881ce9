"""Logging in at Trakt: one method a request to the OAuth host. The renewal of tokens is the client's (`client.py`)."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

import httpx
from pydantic import AfterValidator, Field, SecretStr, ValidationError

from chassis.clock import Clock
from trakt_sync.errors import AppRefusedError, GrantRefusedError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.trakt.app import App
from trakt_sync.trakt.device_code import DeviceCode, PollAnswer
from trakt_sync.trakt.statuses import check
from trakt_sync.trakt.tokens import OAuthErrorWire, Token, Tokens, TokenWire
from trakt_sync.trakt.transport import QuickTries, translated, tried
from trakt_sync.trakt.wire import Wire

DENIED: Final = 418
"""Trakt's status for a device that the user did not let in."""
DEFAULT_INTERVAL_S: Final = 5.0
"""RFC 8628's, where Trakt names none."""

_ANSWERS: Final[dict[int, PollAnswer]] = {
    HTTPStatus.BAD_REQUEST: "pending",
    HTTPStatus.NOT_FOUND: "unknown",
    HTTPStatus.CONFLICT: "used",
    HTTPStatus.GONE: "expired",
    DENIED: "denied",
}


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("no address of a page")
    return text


class DeviceCodeWire(Wire):
    device_code: Token
    user_code: Annotated[str, Field(min_length=1, max_length=64)]
    verification_url: Annotated[str, Field(max_length=2048), AfterValidator(_web_address)]
    expires_in: Annotated[float, Field(gt=0, le=24 * 60 * 60)]
    interval: Annotated[float, Field(ge=0, le=10 * 60)] = DEFAULT_INTERVAL_S


class OAuth:
    """The OAuth host over HTTP. Args as those of `TraktClient`."""

    def __init__(
        self,
        api: httpx.AsyncClient,
        auth_url: str,
        app: App,
        *,
        now: Clock = lambda: datetime.now(UTC),
        tries: QuickTries | None = None,
    ) -> None:
        self._api = api
        self._auth_url = auth_url.rstrip("/")
        self._app = app
        self._now = now
        self._tries = tries or QuickTries()

    async def start_device(self) -> DeviceCode:
        """Begin a device's login.

        Raises:
            TraktError: Trakt did not begin it.
        """
        response = await self._post("/oauth/device/code", {"client_id": self._app.client_id})
        _check_app(response)
        check(response)
        try:
            wire = DeviceCodeWire.model_validate_json(response.content)
        except ValidationError:
            raise _unreadable(response) from None
        return DeviceCode(
            wire.device_code,
            wire.user_code,
            wire.verification_url,
            timedelta(seconds=wire.expires_in),
            timedelta(seconds=wire.interval or DEFAULT_INTERVAL_S),
        )

    async def poll_device(self, device_code: SecretStr) -> Tokens | PollAnswer:
        """Ask once what the user decided: the tokens, or what Trakt's status says.

        Raises:
            AppRefusedError: Trakt does not know our application.
            RateLimitedError: the polls come too fast.
            TraktError: no answer, or none to this question: ask again later.
        """
        response = await self._post(
            "/oauth/device/token", {"code": device_code.get_secret_value(), **self._app.credentials}
        )
        if response.is_success:
            return self._tokens_of(response)
        _check_app(response)
        answer = _ANSWERS.get(response.status_code)
        if answer is None:
            check(response)
            raise _unreadable(response)
        return answer

    async def exchange(self, code: SecretStr, verifier: SecretStr, redirect_uri: str) -> Tokens:
        """Exchange the code that a browser brought back. It works once.

        Args:
            verifier: whose challenge the login began with (RFC 7636).
            redirect_uri: that the login began with.

        Raises:
            GrantRefusedError: Trakt does not accept the code.
            TraktError: no answer, or another refusal.
        """
        body = {
            "code": code.get_secret_value(),
            "code_verifier": verifier.get_secret_value(),
            "redirect_uri": redirect_uri,
            "grant_type": "authorization_code",
            **self._app.credentials,
        }
        response = await self._post("/oauth/token", body)
        if response.is_success:
            return self._tokens_of(response)
        _check_app(response)
        if response.status_code == HTTPStatus.BAD_REQUEST:
            raise GrantRefusedError("Trakt does not accept the code")
        check(response)
        raise _unreadable(response)

    async def revoke(self, token: SecretStr) -> None:
        """Revoke a token pair by its access token.

        Raises:
            TraktError: Trakt did not say that it did.
        """
        check(await self._post("/oauth/revoke", {"token": token.get_secret_value(), **self._app.credentials}))

    async def _post(self, path: str, body: dict[str, str]) -> httpx.Response:
        """Send again only while nothing was sent: a code works once."""
        return await tried(
            lambda: translated(lambda: self._api.post(f"{self._auth_url}{path}", json=body)),
            self._tries,
            TraktUnreachableError,
        )

    def _tokens_of(self, response: httpx.Response) -> Tokens:
        try:
            return TokenWire.model_validate_json(response.content).to_tokens(self._now())
        except (ValidationError, OverflowError):
            raise _unreadable(response) from None


def _check_app(response: httpx.Response) -> None:
    """Raise AppRefusedError when it is our application that is refused, in words and not by a status alone."""
    if response.is_success:
        return
    try:
        error = OAuthErrorWire.model_validate_json(response.content).error
    except ValidationError:
        return
    if error in ("invalid_client", "unauthorized_client"):
        raise AppRefusedError(f"Trakt refuses our application ({error})")


def _unreadable(response: httpx.Response) -> TraktUnavailableError:
    return TraktUnavailableError(f"Trakt answered {response.status_code} with something unreadable")
