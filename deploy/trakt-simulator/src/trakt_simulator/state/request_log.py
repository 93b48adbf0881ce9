"""The last requests with their responses, and counts of all."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

# Of all bodies together, whatever the number of entries.
MAX_TOTAL_BYTES = 32_000_000
MAX_RESPONSE_BYTES = 2_000


class Entry(NamedTuple):
    """One request. `account` is the caller's username, `response` the first 2,000 bytes of the response's body.

    `status` is 0 when the connection was closed without a response.
    """

    id: int
    at_ms: int
    account: str | None
    method: str
    path: str
    query: str
    status: int
    fault: str | None
    duration_ms: float
    body: bytes
    response: bytes


@dataclass(slots=True)
class RequestLog:
    """Keeps the last `size` requests. The counts include all."""

    size: int
    total: int = 0
    by_endpoint: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    _entries: deque[Entry] = field(default_factory=deque)
    _bytes: int = 0
    _last_id: int = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add(self, entry: Entry, endpoint: str) -> None:
        self.total += 1
        self.by_endpoint[endpoint] += 1
        self.by_status[str(entry.status)] += 1
        entry = entry._replace(response=entry.response[:MAX_RESPONSE_BYTES])
        self._entries.append(entry)
        self._bytes += len(entry.body) + len(entry.response)
        while self._entries and (len(self._entries) > self.size or self._bytes > MAX_TOTAL_BYTES):
            oldest = self._entries.popleft()
            self._bytes -= len(oldest.body) + len(oldest.response)

    def clear(self) -> None:
        """Forget all requests and counts. Ids go on, so that `since_id` stays valid."""
        self._entries.clear()
        self._bytes = self.total = 0
        self.by_endpoint.clear()
        self.by_status.clear()
