"""Secrets at rest: encrypted with Fernet keys that can be rotated."""

from collections.abc import Sequence
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealer:
    """Encrypts texts. The first key encrypts; all decrypt, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (32 bytes, URL-safe base64).

        Raises:
            ValueError: there is no key, or one is no Fernet key.
        """
        if not keys:
            raise ValueError("give at least one key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def of_setting(cls, text: str) -> Self:
        """Return that of keys with commas between them. Raises: ValueError: as above."""
        return cls([key.strip() for key in text.split(",") if key.strip()])

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """Return the text; None: no key opens it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None
