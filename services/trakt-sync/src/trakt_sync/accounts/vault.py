"""Token pairs at rest: encrypted, and never in a log, a repr, a trace or an error."""

import json
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from trakt_sync.errors import BadTokensError
from trakt_sync.trakt.tokens import Tokens


class Vault:
    """Encrypts token pairs. The first key encrypts; all decrypt, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (32 bytes, URL-safe base64).

        Raises:
            ValueError: there is no key, or one is no Fernet key.
        """
        if not keys:
            raise ValueError("give at least one key")
        self._first, *_ = fernets = [Fernet(key) for key in keys]
        self._fernet = MultiFernet(fernets)

    def seal_secret(self, secret: SecretStr) -> bytes:
        return self._fernet.encrypt(secret.get_secret_value().encode())

    def open_secret(self, sealed: bytes) -> SecretStr:
        """Return a secret of a login.

        Raises:
            BadTokensError: none of the keys opens it.
        """
        try:
            return SecretStr(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise BadTokensError("no key of TOKEN_ENCRYPTION_KEYS opens the stored secret") from None

    def seal(self, tokens: Tokens) -> bytes:
        pair = {"access": tokens.access.get_secret_value(), "refresh": tokens.refresh.get_secret_value()}
        return self._fernet.encrypt(json.dumps(pair).encode())

    def is_current(self, sealed: bytes) -> bool:
        """Return whether the first key has encrypted it."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same, encrypted with the first key.

        Raises:
            BadTokensError: none of the keys opens it.
        """
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise BadTokensError("no key of TOKEN_ENCRYPTION_KEYS opens the stored tokens") from None

    def open(self, sealed: bytes, expires_at: datetime) -> Tokens:
        """Return the token pair.

        Raises:
            BadTokensError: none of the keys opens it.
        """
        try:
            pair = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise BadTokensError("no key of TOKEN_ENCRYPTION_KEYS opens the stored tokens") from None
        return Tokens(SecretStr(pair["access"]), SecretStr(pair["refresh"]), expires_at)
