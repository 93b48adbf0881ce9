"""A response of Trakt, as it came."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """What Trakt answered.

    Args:
        headers: aiohttp's find a name in any case.
        content: decompressed.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of statuses

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")
