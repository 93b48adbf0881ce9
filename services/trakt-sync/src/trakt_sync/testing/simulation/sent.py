"""What came to the simulated Trakt."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that came to Trakt.

    Args:
        account: whose token it had; None: nobody's.
        status: 0: its response was lost.
    """

    at: datetime
    account: str | None
    method: str
    path: str
    body: bytes
    status: int

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and not self.path.startswith("/oauth")

    def __str__(self) -> str:
        return (
            f"{self.at:%d %H:%M:%S.%f} {self.account} {self.method} {self.path} {self.body.decode()} -> {self.status}"
        )
