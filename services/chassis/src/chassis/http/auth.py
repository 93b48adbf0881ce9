"""Who is calling. An identity provider (JWKS) or a local key (self-hosting) signs the bearer JWT.

The user is the token's `sub`. No parameter of a request decides it.
"""

import asyncio
from datetime import timedelta
from typing import Annotated, Any, Final

import jwt
from fastapi import Header, Request
from fastapi.security import HTTPBearer

from chassis.clock import Clock, utc_now
from chassis.errors import UnauthorizedError
from chassis.http.provider_keys import ProviderKeys
from chassis.http.verified_tokens import KEEP, VerifiedTokens
from chassis.local_tokens import LOCAL_ALGORITHM, MAX_USER_ID
from chassis.settings import AuthSettings
from chassis.telemetry.users import name_user
from watchbuddy_contracts import is_pseudonym

JWKS_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA")
LEEWAY: Final = timedelta(seconds=30)
MAX_TOKEN: Final = 16 * 1024
"""Characters of a token that is looked at. Providers' tokens have 1,000 to 4,000."""
MAX_REASON: Final = 200
"""Characters of PyJWT's words, which repeat a token's key id."""
FAR: Final = 2**33
"""The year 2242, in seconds since 1970."""
WITHDRAWN_AFTER: Final = timedelta(minutes=5)
"""How long a key that the provider has withdrawn is trusted at most."""


class _Described(HTTPBearer):
    async def __call__(self, request: Request) -> None:  # type: ignore[override]
        """Read nothing."""


BEARER: Final = _Described(
    bearerFormat="JWT", description="The user is the token's `sub`.", scheme_name="token", auto_error=False
)
"""A router's dependency, for the OpenAPI document alone. `current_user` checks the token."""


class Authenticator:
    """Checks a token's signature, issuer, audience and expiry. One that was accepted is known for a minute."""

    def __init__(self, settings: AuthSettings, now: Clock = utc_now) -> None:
        self._settings = settings
        self._verified = VerifiedTokens(now)
        self._jwks: ProviderKeys | None = None
        if settings.auth_jwks_url:
            self._jwks = ProviderKeys(str(settings.auth_jwks_url), WITHDRAWN_AFTER - KEEP)

    async def user_id(self, authorization: str | None) -> str:
        """Return the user that an Authorization header names.

        Raises:
            UnauthorizedError: there is no bearer token, or we do not accept it. The text says which.
            KeysAwayError: the identity provider's keys cannot be read now. A retry may help.
        """
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise UnauthorizedError("send a token: Authorization: Bearer <token>")
        if len(token) > MAX_TOKEN:
            raise UnauthorizedError(f"the token is not accepted: it has more than {MAX_TOKEN} characters")
        known = self._verified.user_of(token)
        if known is not None:
            return known
        claims = await self.claims(token)
        user_id = claims["sub"]
        if not isinstance(user_id, str) or not _is_user_id(user_id):
            raise UnauthorizedError("the token's sub is no user id")
        self._verified.add(token, user_id, until=min(int(claims["exp"]), FAR) + LEEWAY.total_seconds())
        return user_id

    async def claims(self, token: str, *, audience: str | None = None) -> dict[str, Any]:
        """Return what a token says that our issuer has signed.

        Args:
            audience: whom it is for; None: these APIs.

        Raises:
            UnauthorizedError, KeysAwayError: as `user_id`.
        """
        settings = self._settings
        try:
            key: Any
            if self._jwks is not None:
                key = (await asyncio.to_thread(self._jwks.get_signing_key_from_jwt, token)).key
                algorithms = list(JWKS_ALGORITHMS)
            else:
                assert settings.auth_local_key is not None  # noqa: S101 - the settings guarantee it
                key, algorithms = settings.auth_local_key.get_secret_value(), [LOCAL_ALGORITHM]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=algorithms,
                issuer=settings.auth_issuer,
                audience=audience or settings.auth_audience,
                leeway=LEEWAY,
                options={"require": ["sub", "exp"]},
            )
        except jwt.PyJWTError as exc:
            raise UnauthorizedError(f"the token is not accepted: {str(exc)[:MAX_REASON]}") from exc
        return claims


def _is_user_id(text: str) -> bool:
    """Whether Postgres can store it (it has no NUL and no lone surrogate), and it stands for no erased user."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return 1 <= len(text) <= MAX_USER_ID and "\x00" not in text and not is_pseudonym(text)


async def current_user(
    request: Request, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
) -> str:
    """Return the calling user's id. A FastAPI dependency; see `user_of`."""
    return await user_of(request, authorization)


async def user_of(request: Request, authorization: str | None) -> str:
    """Return the calling user's id, and count the request.

    Raises:
        UnauthorizedError, KeysAwayError: as `Authenticator.user_id`.
        RateLimitError: the user asks too often.
    """
    state = request.app.state
    user_id: str = await state.authenticator.user_id(authorization)
    name_user(user_id)
    state.limits.take_user(user_id)
    return user_id
