"""Device codes: the device shows a code, the user decides in the browser, the device polls for a token."""

import secrets
from dataclasses import dataclass, field
from enum import Enum

from trakt_simulator.state.account import Account
from trakt_simulator.state.tokens import new_token

# Without letters and digits that look alike.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_USER_CODE_LENGTH = 8
_RETENTION_MS = 3_600_000


class DeviceState(Enum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(slots=True)
class DeviceCode:
    """A login in progress. `polled_ms` is the last poll (0: none); `account` is who approved."""

    device_code: str
    user_code: str
    client_id: str
    expires_ms: int
    state: DeviceState = DeviceState.PENDING
    account: Account | None = None
    polled_ms: int = 0


@dataclass(slots=True)
class DeviceCodes:
    """Logins in progress, and those that expired within the last hour: a late poll gets 410, not 404."""

    _by_device: dict[str, DeviceCode] = field(default_factory=dict)
    _by_user: dict[str, DeviceCode] = field(default_factory=dict)

    def start(self, client_id: str, *, lifetime_s: int, now_ms: int) -> DeviceCode:
        self._forget(now_ms - _RETENTION_MS)
        user_code = "".join(secrets.choice(_ALPHABET) for _ in range(_USER_CODE_LENGTH))
        code = DeviceCode(new_token(), user_code, client_id, now_ms + lifetime_s * 1000)
        self._by_device[code.device_code] = code
        self._by_user[user_code] = code
        return code

    def by_device_code(self, device_code: str) -> DeviceCode | None:
        return self._by_device.get(device_code)

    def by_user_code(self, user_code: str, now_ms: int) -> DeviceCode | None:
        """Return the undecided login with this user code; None when it is unknown, decided or expired."""
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
        """Drop what expired before. Without this, a long run keeps them all."""
        self._by_device = {key: code for key, code in self._by_device.items() if code.expires_ms > before_ms}
        self._by_user = {key: code for key, code in self._by_user.items() if code.expires_ms > before_ms}
