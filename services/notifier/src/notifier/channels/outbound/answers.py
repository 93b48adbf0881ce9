"""What came of sending one message, as one line of JSON between two processes."""

import json
from dataclasses import asdict, dataclass

from notifier.channels.attempts import Failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it.

    Args:
        failure: None: it was sent.
        status: the HTTP status, where there was one.
        retry_after: seconds.
    """

    failure: Failure | None
    status: int | None = None
    retry_after: float | None = None

    def line(self, job: int) -> bytes:
        """Return a line for the answer to a job; it is short enough to be written whole (PIPE_BUF)."""
        return json.dumps(asdict(self) | {"job": job}).encode() + b"\n"
