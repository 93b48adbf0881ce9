"""Tokens that a local key signs: self-hosting without an identity provider."""

from datetime import timedelta
from typing import Final

import jwt

from chassis.clock import Clock, utc_now

LOCAL_ALGORITHM: Final = "HS256"
MAX_USER_ID: Final = 255


def issue_token(
    key: str, *, user_id: str, issuer: str, audience: str, lifetime: timedelta, now: Clock = utc_now
) -> str:
    """Return a token signed with the local key."""
    issued = now()
    claims = {"sub": user_id, "iss": issuer, "aud": audience, "iat": issued, "exp": issued + lifetime}
    return jwt.encode(claims, key, algorithm=LOCAL_ALGORITHM)
