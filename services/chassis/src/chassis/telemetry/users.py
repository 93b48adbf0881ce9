"""Users in spans: by a pseudonym, where there is a key for it, and not at all elsewhere (decision 63)."""

import hashlib
import hmac

from opentelemetry import trace

from chassis.telemetry.declared import USER, Attribute

LENGTH = 32
"""Hexadecimal digits of a pseudonym: 128 bits."""


class _Key:
    """The key of this process, which its settings give it at its start."""

    value: bytes | None = None


def configure_users(key: str | None) -> None:
    """Have spans of this process name users by a pseudonym. None: they do not."""
    _Key.value = None if key is None else key.encode()


def pseudonym(key: str, user_id: str) -> str:
    """Return how traces name a user: a keyed hash, the same in all processes that have the key."""
    return hmac.new(key.encode(), user_id.encode(), hashlib.sha256).hexdigest()[:LENGTH]


def of_user(user_id: bytes) -> dict[Attribute, str | int]:
    """Return the attribute that names a user; none without a key. Args: user_id: in UTF-8."""
    if _Key.value is None:
        return {}
    return {USER: hmac.new(_Key.value, user_id, hashlib.sha256).hexdigest()[:LENGTH]}


def name_user(user_id: str) -> None:
    """Name the user in the current span."""
    if _Key.value is not None:
        trace.get_current_span().set_attributes({str(name): value for name, value in of_user(user_id.encode()).items()})
