"""What the supervisor needs to know of a part of the system."""

from pathlib import Path
from typing import Protocol


class Part(Protocol):
    """What the supervisor needs to know of a part."""

    name: str
    log: Path | None

    @property
    def health_url(self) -> str | None:
        """Answers 200 when the part is ready; None: it has no HTTP."""

    @property
    def pid(self) -> int | None: ...

    def exit_status(self) -> int | None:
        """Return how it ended; None: it runs, or was never started."""

    async def start(self) -> None:
        """Return when it is ready; raise PartFailedError when it does not get there."""

    async def stop(self) -> None: ...

    async def kill(self) -> None: ...
