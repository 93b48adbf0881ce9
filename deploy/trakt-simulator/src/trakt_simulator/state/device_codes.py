"""The device flow: a code on the device, a decision in the browser, a token for the device."""

import secrets
from dataclasses import dataclass, field
from enum import Enum

from trakt_simulator.state.account import Account
from trakt_simulator.state.tokens import new_token

# Without letters and digits that are mistaken for each other.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_USER_CODE_LENGTH = 8
_KEPT_MS = 3_600_000


class DeviceState(Enum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(slots=True)
class DeviceCode:
    """A login in progress. `polled_ms` is when the device last asked (0: never); `account` who approved."""

    device_code: str
    user_code: str
    client_id: str
    expires_ms: int
    state: DeviceState = DeviceState.PENDING
    account: Account | None = None
    polled_ms: int = 0


@dataclass(slots=True)
class DeviceCodes:
    """All logins in progress, and those that expired within the last hour (a late poll is told why)."""

    _by_device: dict[str, DeviceCode] = field(default_factory=dict)
    _by_user: dict[str, DeviceCode] = field(default_factory=dict)

    def start(self, client_id: str, *, lifetime_s: int, now_ms: int) -> DeviceCode:
        self._forget(now_ms - _KEPT_MS)
        user_code = "".join(secrets.choice(_ALPHABET) for _ in range(_USER_CODE_LENGTH))
        code = DeviceCode(new_token(), user_code, client_id, now_ms + lifetime_s * 1000)
        self._by_device[code.device_code] = code
        self._by_user[user_code] = code
        return code

    def polled(self, device_code: str) -> DeviceCode | None:
        return self._by_device.get(device_code)

    def entered(self, user_code: str, now_ms: int) -> DeviceCode | None:
        """Return the login that a user may decide on by this code; None when there is none, or no longer."""
        code = self._by_user.get(user_code.strip().upper().replace("-", ""))
        if code is None or code.state is not DeviceState.PENDING or now_ms >= code.expires_ms:
            return None
        return code

    def decide(self, code: DeviceCode, account: Account | None) -> None:
        """Approve for an account, or deny (None)."""
        code.account = account
        code.state = DeviceState.APPROVED if account else DeviceState.DENIED

    def owner_of(self, device_code: str) -> Account | None:
        """Return who approved a login; None when nobody has, or it is unknown."""
        code = self._by_device.get(device_code)
        return code.account if code else None

    def _forget(self, before_ms: int) -> None:
        """Drop what expired before; without this a long run would keep them all."""
        self._by_device = {key: code for key, code in self._by_device.items() if code.expires_ms > before_ms}
        self._by_user = {key: code for key, code in self._by_user.items() if code.expires_ms > before_ms}

    def clear(self) -> None:
        self._by_device.clear()
        self._by_user.clear()
