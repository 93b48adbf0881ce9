"""Tokens that were accepted a moment ago. To check one again would cost more than many a request does."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from chassis.clock import Clock

KEEP: Final = timedelta(minutes=1)
"""How long a token is known. It ends soon, because the key that signed it may be withdrawn."""
MAX_KNOWN: Final = 10_000
"""Tokens that are known at a time: 3 MB."""


class VerifiedTokens:
    """The users of accepted tokens, by the tokens' hashes. An entry ends with its token, and after `KEEP`."""

    def __init__(self, now: Clock, *, most: int = MAX_KNOWN) -> None:
        self._now = now
        self._most = most
        self._known: dict[bytes, tuple[str, float]] = {}

    def user_of(self, token: str) -> str | None:
        """Return the user of a token that is known; None: it is to be checked."""
        key = _key(token)
        entry = self._known.get(key)
        if entry is None:
            return None
        user_id, until = entry
        if self._now().timestamp() < until:
            return user_id
        del self._known[key]
        return None

    def add(self, token: str, user_id: str, *, until: float) -> None:
        """Know the token's user. Args: until: when the token ends, in seconds since 1970."""
        while len(self._known) >= self._most:
            del self._known[next(iter(self._known))]  # the oldest
        self._known[_key(token)] = user_id, min(until, (self._now() + KEEP).timestamp())


def _key(token: str) -> bytes:
    return sha256(token.encode(errors="surrogatepass")).digest()
