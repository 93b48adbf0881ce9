"""A device's login as Trakt begins it, and what a poll of it may say."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pydantic import SecretStr

PollAnswer = Literal["pending", "denied", "expired", "used", "unknown"]


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A device's login, begun at Trakt.

    Args:
        device_code: what is polled with.
        user_code: what the user enters at `verification_url`.
        lifetime: how long they may.
        interval: Trakt is polled no sooner.
    """

    device_code: SecretStr
    user_code: str
    verification_url: str
    lifetime: timedelta
    interval: timedelta
