"""An OpenID Connect provider as its client sees it: discovery, codes with PKCE, tokens, their renewal and their end."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import structlog
from pydantic import AnyHttpUrl, BaseModel, SecretStr, ValidationError

from chassis.clock import Clock
from chassis.errors import TransientError, UnauthorizedError
from chassis.http.auth import FAR, Authenticator

log = structlog.get_logger()

DISCOVERY: Final = "/.well-known/openid-configuration"
KNOWN_FOR: Final = timedelta(hours=1)
"""How long a provider's addresses are known before they are asked for again."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
MAX_ANSWER: Final = 1024 * 1024
"""Bytes, unpacked. Tokens have some thousand."""


class ProviderAwayError(TransientError):
    """The identity provider does not answer, or not in its own language."""

    def __init__(self) -> None:
        super().__init__("the identity provider does not answer at the moment; try again")


class GrantRefusedError(Exception):
    """The provider does not take a code or a refresh token, or gave what we cannot take."""


class Addresses(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: AnyHttpUrl
    token_endpoint: AnyHttpUrl
    revocation_endpoint: AnyHttpUrl | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Granted(BaseModel):
    access_token: SecretStr
    id_token: SecretStr | None = None
    refresh_token: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a login, or a renewal, brought. Args: refresh: None: there is none, or no new one."""

    user_id: str
    access: SecretStr
    expires_at: datetime
    refresh: SecretStr | None


@dataclass(frozen=True, slots=True)
class Registration:
    """How the provider knows us. Args: secret: None: it trusts PKCE alone."""

    issuer: str
    client_id: str
    secret: SecretStr | None
    scopes: str
    audience: str


class Provider:
    """The provider whose access tokens our APIs take."""

    def __init__(
        self, http: aiohttp.ClientSession, registration: Registration, authenticator: Authenticator, now: Clock
    ) -> None:
        self._http, self._us, self._authenticator, self._now = http, registration, authenticator, now
        self._addresses: tuple[Addresses, datetime] | None = None

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, registration: Registration, authenticator: Authenticator, now: Clock
    ) -> AsyncIterator["Provider"]:
        """Give the provider with its connections."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=TIMEOUT) as http:
            yield cls(http, registration, authenticator, now)

    @property
    def name(self) -> str:
        """How people know it: its host."""
        return urlsplit(self._us.issuer).hostname or self._us.issuer

    @property
    def issuer(self) -> str:
        return self._us.issuer

    async def login_address(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser logs in. Raises: ProviderAwayError."""
        addresses = await self._known()
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._us.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._us.scopes,
            "audience": self._us.audience,  # of use to some; others have to overlook what they do not know
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = str(addresses.authorization_endpoint)
        return f"{page}{'&' if urlsplit(page).query else '?'}{urlencode(query)}"

    async def exchange(self, code: str, *, redirect_uri: str, nonce: str, verifier: str) -> Tokens:
        """Return the tokens of a code.

        Raises:
            GrantRefusedError: the code is no good, or the tokens are not for this login or not for our APIs.
            ProviderAwayError: a retry may help.
        """
        granted = await self._grant(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            }
        )
        tokens = await self._checked(granted)
        if granted.id_token is None:
            raise GrantRefusedError("there is no id_token")
        try:
            claims = await self._authenticator.claims(granted.id_token.get_secret_value(), audience=self._us.client_id)
        except UnauthorizedError as exc:
            raise GrantRefusedError(f"the id_token is not accepted: {exc.detail}") from exc
        if claims.get("nonce") != nonce or claims["sub"] != tokens.user_id:
            raise GrantRefusedError("the id_token is of another login")
        return tokens

    async def renew(self, refresh: SecretStr) -> Tokens:
        """Return new tokens for a refresh token. Raises: as `exchange`."""
        return await self._checked(
            await self._grant({"grant_type": "refresh_token", "refresh_token": refresh.get_secret_value()})
        )

    async def revoke(self, refresh: SecretStr) -> None:
        """Tell the provider that nobody uses the refresh token any more; when it cannot be told, say so."""
        try:
            endpoint = (await self._known()).revocation_endpoint
            if endpoint is not None:
                form = {"token": refresh.get_secret_value(), "token_type_hint": "refresh_token"}
                await self._post(str(endpoint), form)
        except ProviderAwayError as exc:
            log.warning("refresh_token_not_revoked", error=exc.detail)

    async def _checked(self, granted: _Granted) -> Tokens:
        try:
            user_id = await self._authenticator.user_id(f"Bearer {granted.access_token.get_secret_value()}")
            claims = await self._authenticator.claims(granted.access_token.get_secret_value())
        except UnauthorizedError as exc:
            raise GrantRefusedError(f"the access token is not for these APIs: {exc.detail}") from exc
        ends = datetime.fromtimestamp(min(int(claims["exp"]), FAR), self._now().tzinfo)
        return Tokens(user_id, granted.access_token, ends, granted.refresh_token)

    async def _grant(self, form: dict[str, str]) -> _Granted:
        status, answer = await self._post(str((await self._known()).token_endpoint), form)
        if status == 200:  # noqa: PLR2004 - RFC 6749 5.1
            try:
                return _Granted.model_validate(answer)
            except ValidationError as exc:
                raise GrantRefusedError(f"the answer has no tokens: {exc.error_count()} errors") from None
        raise GrantRefusedError(str(answer.get("error")) if isinstance(answer, dict) else f"status {status}")

    async def _post(self, url: str, form: dict[str, str]) -> tuple[int, Any]:
        headers = {"Accept": "application/json"}
        form = form | {"client_id": self._us.client_id}
        if self._us.secret is not None:
            secret = self._us.secret.get_secret_value()
            if "client_secret_basic" in (await self._known()).token_endpoint_auth_methods_supported:
                headers["Authorization"] = aiohttp.encode_basic_auth(quote(self._us.client_id, ""), quote(secret, ""))
            else:
                form |= {"client_secret": secret}
        return await self._ask("POST", url, data=form, headers=headers)

    async def _known(self) -> Addresses:
        if self._addresses is not None and self._now() - self._addresses[1] < KNOWN_FOR:
            return self._addresses[0]
        status, answer = await self._ask("GET", f"{self._us.issuer.rstrip('/')}{DISCOVERY}")
        try:
            addresses = Addresses.model_validate(answer)
        except ValidationError as exc:
            log.warning("provider_not_understood", status=status, errors=exc.error_count())
            raise ProviderAwayError from None
        if addresses.issuer != self._us.issuer:
            log.error("provider_is_another", issuer=addresses.issuer)
            raise ProviderAwayError
        self._addresses = addresses, self._now()
        return addresses

    async def _ask(self, method: str, url: str, **request: Any) -> tuple[int, Any]:  # noqa: ANN401 - aiohttp's arguments
        try:
            async with self._http.request(method, url, allow_redirects=False, **request) as response:
                body = await _whole(response)
                if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - it may be asked again
                    raise ProviderAwayError
                return response.status, json.loads(body) if body else None
        except (aiohttp.ClientError, OSError, ValueError, RecursionError) as exc:
            log.warning("provider_not_reached", error=repr(exc))
            raise ProviderAwayError from exc


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_any():
        content += piece
        if len(content) > MAX_ANSWER:
            raise ValueError("the answer is too large")
    return bytes(content)
