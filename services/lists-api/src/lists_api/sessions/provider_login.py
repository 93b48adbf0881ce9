"""A login at the identity provider, from its beginning to the browser's return.

The browser keeps one random secret in a cookie for as long as it may take. What a login needs is made of that secret
and of the login's `state`, so two tabs can log in at a time, and nothing is stored here.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderLogin:
    """One login. Args: secret: of the browser; number: of the login, which nobody can guess."""

    secret: str
    number: str

    @property
    def state(self) -> str:
        return f"{self.number}.{self._derived('state')}"

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """PKCE's (RFC 7636 4.1): 43 characters."""
        return self._derived("verifier")

    def _derived(self, use: str) -> str:
        digest = hmac.digest(self.secret.encode(), f"{use}:{self.number}".encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def login_of(state: str, secret: str | None) -> ProviderLogin | None:
    """Return the login that a browser comes back from; None: it is not this browser's."""
    if secret is None:
        return None
    login = ProviderLogin(secret, state.partition(".")[0])
    return login if hmac.compare_digest(login.state.encode(), state.encode(errors="replace")) else None
