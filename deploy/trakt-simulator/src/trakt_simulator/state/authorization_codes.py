"""Authorization codes, with PKCE (RFC 7636, S256 only)."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from secrets import compare_digest

from trakt_simulator.state.account import Account
from trakt_simulator.state.tokens import new_token

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@dataclass(frozen=True, slots=True)
class Authorization:
    """A user's consent. It is used once, by the same app with the same redirect URI.

    `challenge` is None when the app did not use PKCE. The app then needs its secret.
    """

    account: Account
    client_id: str
    redirect_uri: str
    challenge: str | None
    expires_ms: int


@dataclass(slots=True)
class AuthorizationCodes:
    """Codes that are not used yet."""

    _by_code: dict[str, Authorization] = field(default_factory=dict)

    def add(self, authorization: Authorization, now_ms: int) -> str:
        """Return a new code for this authorization."""
        self._by_code = {code: one for code, one in self._by_code.items() if now_ms < one.expires_ms}
        code = new_token()
        self._by_code[code] = authorization
        return code

    def take(self, code: str) -> Authorization | None:
        """Use a code; None when it is unknown or was used."""
        return self._by_code.pop(code, None)

    def owner_of(self, code: str) -> Account | None:
        authorization = self._by_code.get(code)
        return authorization.account if authorization else None


def is_proven(challenge: str, verifier: str) -> bool:
    """Tell whether the verifier is well-formed and the challenge is its hash."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode())
